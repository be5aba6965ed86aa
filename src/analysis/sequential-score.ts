import type { Calibration } from "../schema/calibration.ts";
import { createBettingConfidenceSequence } from "../stats/betting-confidence-sequence.ts";
import { clamp } from "./calibrate.ts";
import { findingThreshold } from "./finding.ts";
import { type FrozenContributions, mostContribution } from "./frozen-contributions.ts";
import type { Remainder } from "./remainder-interval.ts";

/** Level of the interval of the likelihood ratio at all moments together. */
export const sequentialLevel = 0.95;
/** Error left to the confidence sequence of the contributions; the looks share the rest. */
const contributionError = 0.01;
/** Level of the remainder's interval at each of so many looks. */
export const lookLevel = (looks: number): number => 1 - (1 - sequentialLevel - contributionError) / looks;

/** What a sequence says: the likelihood ratio on all probes is above 10, below 1, or not known to be either. */
export type Decision = "above-ten" | "below-one";

/** What is known of the whole suite's likelihood ratio after some of its probes. */
export interface SequentialState {
  /** Probes of the order that were taken in, the pilot's included. */
  readonly probes: number;
  /** Bounded. */
  readonly log10LR: number;
  /** Bounded; holds the likelihood ratio on all probes at every moment at once. */
  readonly interval: readonly [number, number];
  readonly decision: Decision | null;
}

export interface SequentialScore {
  /** Takes the next probe of the order. @param contribution - null for a probe that does not count */
  add(contribution: number | null): void;
  /** Contributions of all probes so far; those that do not count stand at the pilot's mean. */
  contributions(): readonly number[];
  /** Takes what a look at all probes so far tells of the remainder; null where it tells nothing. */
  look(remainder: Remainder | null): void;
  state(): SequentialState;
}

/**
 * Follows the likelihood ratio of one suspect and one reference through a random order of a suite's probes.
 *
 * The log odds on all probes are slope times the mean contribution plus a remainder, whatever scales were frozen. The
 * pilot's contributions are known; the mean of the rest is caught by a betting confidence sequence for sampling without
 * replacement, which needs nothing but that the order is random and contributions bounded. The remainder, mostly habits,
 * is caught at each of a fixed number of looks by a jackknife interval, which is approximate. Errors add up (union
 * bound): 0.01 for the contributions at all moments, 0.04 shared by the looks. Between looks the last one counts; before
 * the first that tells anything, nothing is known.
 *
 * It guards the sampling of probes only: not the choice of controls, the calibration, nor whether other probes would say
 * the same.
 *
 * @param options.probes - all probes of the order, at least the pilot's
 */
export function createSequentialScore(
  frozen: FrozenContributions,
  options: { readonly calibration: Calibration; readonly probes: number },
): SequentialScore {
  const { probes, calibration } = options;
  const values = [...frozen.pilot];
  const pilotSum = values.reduce((total, value) => total + value, 0);
  let sum = pilotSum;
  const rest = probes - values.length;
  const sequence =
    rest === 0
      ? null
      : createBettingConfidenceSequence({ level: 1 - contributionError, populationSize: rest });
  let remainder: Remainder | null = null;
  const bounded = (logOdds: number) => clamp(logOdds / Math.LN10, calibration.bounds.log10LR);

  return {
    add(contribution) {
      const value = contribution ?? frozen.pilotMean;
      sequence?.add(value / mostContribution);
      values.push(value);
      sum += value;
    },
    contributions: () => values,
    look(told) {
      remainder = told ?? remainder;
    },
    state() {
      const overall = (share: number) =>
        (frozen.slope * (pilotSum + rest * mostContribution * share)) / probes;
      const known = (frozen.slope * sum) / values.length;
      // A sequence that missed does not find back; when all contributions are known, nothing is left to catch.
      const [low, high] =
        values.length === probes ? [known, known] : (sequence?.interval() ?? [0, 1]).map(overall);
      const ends = remainder?.interval ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      const interval = [bounded(ends[0] + (low as number)), bounded(ends[1] + (high as number))] as const;
      return {
        probes: values.length,
        log10LR: bounded((remainder?.estimate ?? 0) + known),
        interval,
        decision: decide(interval),
      };
    },
  };
}

function decide([low, high]: readonly [number, number]): Decision | null {
  if (low > findingThreshold) return "above-ten";
  return high < 0 ? "below-one" : null;
}
