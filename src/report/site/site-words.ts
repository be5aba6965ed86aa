import type { SiteEntry, SiteSuspect } from "../../schema/site.ts";
import { findingWords } from "../finding-words.ts";
import { formatInterval, formatNumber, formatRatio, notAvailable } from "../numbers.ts";
import { visibleText } from "../visible-text.ts";

/** `2026-11-21 09:30 UTC`. */
export const timeWords = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

/** Likelihood ratio of one suspect: `LR at least 12, log10 1.08 (0.62 to 1.08)`, or `LR at most 0.02, ...`. */
export function siteRatioWords(suspect: SiteSuspect): string {
  const { log10LR, log10LRInterval, atUpperBound, atLowerBound } = suspect;
  if (log10LR === null) return `LR ${notAvailable}`;
  const interval = log10LRInterval === null ? "" : ` (${formatInterval(log10LRInterval)})`;
  const bound = atUpperBound ? "at least " : atLowerBound ? "at most " : "";
  return `LR ${bound}${formatRatio(log10LR)}, log10 ${formatNumber(log10LR)}${interval}`;
}

/** Every suspect with its finding, as plain visible text. */
export const findingsInWords = ({ suspects }: SiteEntry): string =>
  suspects
    .map(({ name, finding }) => `${visibleText(name, { maxLength: 80 })}: ${findingWords[finding]}`)
    .join("; ");

/** Bytes with two digits: `1.4 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 ? bytes : value.toFixed(value < 10 ? 1 : 0)} ${units[step]}`;
}

/** Why a run that was not finished may say other things later. */
export const unfinishedNotice =
  "The run was not finished when it was compared: samples were missing, and the finding may change.";
