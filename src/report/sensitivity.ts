import type { Analysis, SuspectAnalysis } from "../schema/analysis.ts";
import { formatNumber } from "./numbers.ts";
import { ownEntry } from "./own-entry.ts";

/** The likelihood ratio computed again without something, once or several times. */
export interface SensitivityCase {
  readonly kind: "control" | "family" | "retried" | "incomplete";
  /** Short label for a chart's row. */
  readonly label: string;
  /** What is left out, in words, for a table or a sentence. */
  readonly words: string;
  /** What was left out each time, and the bounded log10 LR without it; null where it is not defined. */
  readonly values: readonly { readonly name: string; readonly log10LR: number | null }[];
  /** Why there are no values; null where there are. */
  readonly reason: string | null;
}

const outcomeKinds = {
  retried: "without samples that took more than one attempt",
  incomplete: "without probes at which suspect or reference left a sample without an answer",
} as const;

/** What the likelihood ratio of a suspect rests on: controls, families of probes, retried samples, incomplete probes. */
export function sensitivityCases({ reportData }: Analysis, suspect: SuspectAnalysis): SensitivityCase[] {
  const controls = ownEntry(reportData.leaveOneControlOut, suspect.name) ?? [];
  const families = ownEntry(reportData.leaveOneFamilyOut ?? {}, suspect.name);
  const line = suspect.evidence.find((one) => one.line === "outcome-sensitivity");
  const outcome = (kind: keyof typeof outcomeKinds, label: string): SensitivityCase => {
    const rows = (line?.table ?? []).filter(({ samples }) => samples === outcomeKinds[kind]);
    return {
      kind,
      label,
      words: outcomeKinds[kind],
      values: rows.map(({ log10LR }) => ({
        name: outcomeKinds[kind],
        log10LR: typeof log10LR === "number" ? log10LR : null,
      })),
      reason:
        rows.length > 0
          ? null
          : line === undefined
            ? "not recorded in this analysis"
            : suspect.log10LR === null
              ? "there is no likelihood ratio"
              : kind === "retried"
                ? "no sample was retried"
                : "suspect and reference answered every sample of the probes compared",
    };
  };
  return [
    {
      kind: "control",
      label: `one control less (${controls.length})`,
      words: "without each control in turn",
      values: controls,
      reason: controls.length > 0 ? null : "there is no likelihood ratio, or no control",
    },
    {
      kind: "family",
      label: `one family less (${families?.families.length ?? 0})`,
      words: "without each family of probes in turn",
      values: (families?.families ?? []).map(({ family, log10LR }) => ({ name: family, log10LR })),
      reason:
        families === undefined
          ? "not recorded in this analysis"
          : (families.reason ?? (families.families.length > 0 ? null : "there is no family of probes")),
    },
    outcome("retried", "no retried samples"),
    outcome("incomplete", "no incomplete probes"),
  ];
}

/** Lowest and highest value of a case, with what was left out; null without any. */
export function sensitivityRange({ values }: SensitivityCase) {
  const known = values.flatMap(({ name, log10LR }) => (log10LR === null ? [] : [{ name, log10LR }]));
  const sorted = [...known].sort((a, b) => a.log10LR - b.log10LR || (a.name < b.name ? -1 : 1));
  const [low, high] = [sorted[0], sorted.at(-1)];
  return low === undefined || high === undefined
    ? null
    : { low, high, undefinedCount: values.length - known.length };
}

/** Range of a case without any name in it: `0.42 to 1.69`, or one number. */
export function rangeWords(one: SensitivityCase): string {
  const range = sensitivityRange(one);
  if (range === null) return one.reason ?? "not defined";
  const [low, high] = [formatNumber(range.low.log10LR), formatNumber(range.high.log10LR)];
  const lost = range.undefinedCount > 0 ? `; not defined in ${range.undefinedCount}` : "";
  return `${low === high ? low : `${low} to ${high}`}${lost}`;
}
