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
    "The answers are more than ten times more probable if the suspect was trained on the reference's answers than if it came about as the controls did.",
  "not-distinguished":
    "The evidence does not favour derivation, and a stated effect would have been seen with the stated power. A smaller effect is not excluded.",
  inconclusive: "The evidence does not suffice for any of the other findings, for the stated reason.",
};

/** Likelihood ratio in one phrase: `at least 12`, `3.1`, or `n/a`. */
export function ratioWords(suspect: SuspectAnalysis): string {
  if (suspect.log10LR === null) return notAvailable;
  return `${suspect.atUpperBound ? "at least " : ""}${formatRatio(suspect.log10LR)}`;
}

/** Bounded log10 likelihood ratio with its interval: `log10 LR at least 1.08 (0.62 to 1.08)`. */
export function logRatioWords(suspect: SuspectAnalysis): string {
  if (suspect.log10LR === null) return `log10 LR ${notAvailable}`;
  const least = suspect.atUpperBound ? "at least " : "";
  return `log10 LR ${least}${formatNumber(suspect.log10LR)} (${formatInterval(suspect.log10LRInterval)})`;
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
