import type { Affinity, Finding, SuspectAnalysis } from "../schema/analysis.ts";
import { formatInterval, formatNumber, formatRatio, notAvailable } from "./numbers.ts";

/** Said wherever a run of the embedded zoo is shown. */
export const miniatureNotice = "Miniature simulation: it says nothing about any real model.";

/** How a finding is called in running text; never "same" for what was only not distinguished. */
export const findingWords: Readonly<Record<Finding, string>> = {
  "same-model": "same model",
  derived: "derived",
  "not-distinguished": "not distinguished",
  inconclusive: "inconclusive",
};

/** What each finding claims, and no more than that. */
export const findingMeanings: Readonly<Record<Finding, string>> = {
  "same-model": "The answers are equivalent to the reference's own, within the stated margin.",
  derived:
    "The answers are more than ten times as probable if the suspect was trained on the reference's answers as if it came about as the controls did, at the lower end of the interval too.",
  "not-distinguished":
    "The likelihood ratio stays below 10, at the upper end of its interval too, and a stated effect would have been seen with the stated power. A smaller effect is not excluded, and a ratio above 1 still counts for derivation, weakly.",
  inconclusive: "The evidence does not suffice for any of the other findings, for the stated reason.",
};

/** `at least ` or `at most ` where the ratio stands at a bound of its calibration: it was cut there, not measured. Else nothing. */
export function boundWords({ log10LR, log10LRBound, atUpperBound }: SuspectAnalysis): string {
  if (atUpperBound) return "at least ";
  return log10LR !== null && log10LRBound !== null && log10LR <= log10LRBound[0] ? "at most " : "";
}

/** Likelihood ratio in one phrase: `at least 12`, `3.1`, `at most 0.02`, or `n/a`. */
export function ratioWords(suspect: SuspectAnalysis): string {
  if (suspect.log10LR === null) return notAvailable;
  return `${boundWords(suspect)}${formatRatio(suspect.log10LR)}`;
}

/** Bounded log10 likelihood ratio with its interval: `log10 LR at least 1.08 (0.62 to 1.08)`. */
export function logRatioWords(suspect: SuspectAnalysis): string {
  if (suspect.log10LR === null) return `log10 LR ${notAvailable}`;
  return `log10 LR ${boundWords(suspect)}${formatNumber(suspect.log10LR)} (${formatInterval(suspect.log10LRInterval)})`;
}

/** Estimate with its interval, or `n/a`. */
export function affinityWords(affinity: Pick<Affinity, "estimate" | "interval">): string {
  if (affinity.estimate === null) return notAvailable;
  const interval = affinity.interval === null ? "" : ` (${formatInterval(affinity.interval)})`;
  return `${formatNumber(affinity.estimate)}${interval}`;
}

/** How many controls are at least as close to the reference as the suspect is: `0 of 12`, or `n/a`. */
export function closerControls(affinity: Affinity): string {
  const { estimate, controls } = affinity;
  if (estimate === null) return notAvailable;
  const known = controls.flatMap((control) => (control.estimate === null ? [] : [control.estimate]));
  return `${known.filter((value) => value >= estimate).length} of ${known.length}`;
}
