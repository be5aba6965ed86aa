import type { Finding, SuspectAnalysis } from "../schema/analysis.ts";
import type { Calibration } from "../schema/calibration.ts";

/** log10 LR that the interval's low end must exceed for `derived`, and its high end stay below for `not-distinguished`. */
export const findingThreshold = 1;
export const enoughControlLabs = 10;
const enoughSources = 10;
const enoughPower = 0.8;

export interface FindingInput {
  readonly suspect: string;
  readonly reference: string;
  readonly sameModel: boolean;
  readonly log10LR: number | null;
  readonly interval: readonly [number, number] | null;
  readonly atUpperBound: boolean;
  /** Why there is no LR: a code and a clause. */
  readonly missing: { readonly code: string; readonly clause: string } | null;
  readonly controlLabs: number;
  readonly calibration: Calibration | null;
  /** True when the calibration speaks for another population than the run's models. */
  readonly outOfDomain: boolean;
  readonly power: SuspectAnalysis["power"];
}

export interface FindingResult {
  readonly finding: Finding;
  readonly reason: string;
  readonly sentence: string;
  readonly notExcluded: string[];
}

/**
 * What the evidence says about one suspect and one reference (docs/method.md).
 *
 * `same-model` first, because it pre-empts the rest. `derived`: the bounded LR interval's low end above 10, at least 10
 * control labs, at least 10 sources under each hypothesis. `not-distinguished`: its high end below 10 and power of at
 * least 0.8 against the stated effect. Neither with a calibration of another population. All else is `inconclusive`, with a reason.
 */
export function decideFinding(input: FindingInput): FindingResult {
  const { suspect, reference, log10LR, interval, calibration, controlLabs, power } = input;
  const inconclusive = (reason: string, why: string): FindingResult => ({
    finding: "inconclusive",
    reason,
    sentence: `The evidence on whether ${suspect} was trained on the outputs of ${reference} is inconclusive: ${why}.`,
    notExcluded: [
      `that ${suspect} was trained on the outputs of ${reference}`,
      "that it came about independently",
    ],
  });
  if (input.sameModel)
    return {
      finding: "same-model",
      reason: "equivalent-answers",
      sentence: `The answers of ${suspect} are equivalent to those of ${reference}: by the stated margin they cannot be told from what the reference itself would give under another name. Whether one was distilled from the other does not arise.`,
      notExcluded: ["a copy so close that these probes do not tell it apart, such as light quantisation"],
    };
  if (log10LR === null || interval === null || calibration === null)
    return inconclusive(
      input.missing?.code ?? "no-likelihood-ratio",
      input.missing?.clause ?? "no likelihood ratio could be computed",
    );
  const [low, high] = interval;
  const [floor, cap] = calibration.bounds.log10LR;
  // At a bound the ratio was cut, not measured.
  const least = input.atUpperBound ? "at least " : log10LR <= floor ? "at most " : "";
  if (cap <= findingThreshold)
    return inconclusive(
      "calibration-cannot-reach",
      `the likelihood ratio is ${least}${times(log10LR)} (95 % interval ${times(low)} to ${times(high)}), and this calibration cannot report more than ${times(cap)}, because it has only ${calibration.sources.distilledClusters} distilled and ${calibration.sources.unrelatedPairs} unrelated sources that overlap`,
    );
  const ratio = `${least || "about "}${times(log10LR)} as probable if ${suspect} was trained on the outputs of ${reference} as if it came about as the ${controlLabs} control labs' models did`;
  const range = `(95 % interval ${times(low)} to ${times(high)})`;
  if (low > findingThreshold) {
    if (controlLabs < enoughControlLabs)
      return inconclusive(
        "few-control-labs",
        `the likelihood ratio is high, but only ${controlLabs} control labs stand behind it, and ${enoughControlLabs} are needed`,
      );
    const { distilledClusters, unrelatedPairs } = calibration.sources;
    if (Math.min(distilledClusters, unrelatedPairs) < enoughSources)
      return inconclusive(
        "few-sources",
        `the likelihood ratio is high, but its calibration has only ${distilledClusters} distilled and ${unrelatedPairs} unrelated sources, and ${enoughSources} of each are needed`,
      );
    if (input.outOfDomain)
      return inconclusive(
        "calibration-domain",
        "the likelihood ratio is high, but its calibration was fitted on another population of models",
      );
    return {
      finding: "derived",
      reason: "lr-above-ten",
      sentence: `The answers are ${ratio} ${range}.`,
      notExcluded: [
        `a third model that taught both ${suspect} and ${reference}`,
        `text by ${reference} that ${suspect} learnt from the public web rather than from harvested answers`,
        `the other direction: that ${reference} learnt from ${suspect} (the measure is symmetric; release dates and canaries decide)`,
        "a shared base model, unless a baseline was given",
      ],
    };
  }
  if (high < findingThreshold) {
    if (input.outOfDomain)
      return inconclusive(
        "calibration-domain",
        "the likelihood ratio is below 10, but its calibration was fitted on another population of models",
      );
    if (power.power === null)
      return inconclusive(
        "power-unknown",
        `no likelihood ratio above 10 was found, but the chance of finding a student is not known (${power.reason ?? "no reason given"})`,
      );
    if (power.power < enoughPower)
      return inconclusive(
        "low-power",
        `no likelihood ratio above 10 was found, but ${power.effect} would have got one with a probability of only ${power.power.toFixed(2)}`,
      );
    return {
      finding: "not-distinguished",
      reason: "lr-below-ten-with-power",
      sentence: `${suspect} was not distinguished from models that came about independently of ${reference}: the answers are ${ratio} ${range}; ${power.effect} would have got a likelihood ratio above 10 with probability ${power.power >= 0.995 ? "above 0.99" : power.power.toFixed(2)}.`,
      notExcluded: [
        `that ${suspect} was trained on the outputs of ${reference} to a smaller extent than the stated effect`,
        "that it was trained on kinds of answers that these probes do not ask for",
      ],
    };
  }
  return inconclusive(
    "lr-interval-includes-ten",
    `the likelihood ratio is ${least}${times(log10LR)} with a 95 % interval of ${times(low)} to ${times(high)}, which includes 10`,
  );
}

/** A likelihood ratio in words for a sentence: two significant digits. */
function times(log10LR: number): string {
  const value = 10 ** log10LR;
  return value >= 1
    ? `${Number(value.toPrecision(2))} times`
    : `1/${Number((1 / value).toPrecision(2))} times`;
}
