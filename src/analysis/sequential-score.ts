import { mean } from "simple-statistics";
import type { Calibration } from "../schema/calibration.ts";
import { createBettingConfidenceSequence } from "../stats/betting-confidence-sequence.ts";
import { clamp } from "./calibrate.ts";
import { findingThreshold } from "./finding.ts";
import { contributionRange, type FrozenScore } from "./freeze-score.ts";

/** Level of the interval of the likelihood ratio at any moment; it is split between the two parts. */
export const sequentialLevel = 0.95;
/** Error left to the habit affinity, which is looked at once; the confidence sequence has the rest. */
const habitError = 0.01;
/** Level of the habit affinity's interval on the pilot. */
export const habitLevel = 1 - habitError;

/** What a sequence says: the likelihood ratio on all probes is above 10, below 1, or not known to be either. */
export type Decision = "above-ten" | "below-one";

/** What is known of the whole suite's likelihood ratio after some of its probes. */
export interface SequentialState {
  /** Probes of the order that were taken in, the pilot's included. */
  readonly probes: number;
  /** Bounded, from the mean contribution so far. */
  readonly log10LR: number;
  /**
   * Bounded; holds the likelihood ratio on all probes, with the frozen scales, at every moment at once. It is the wider
   * of two: one with the pilot's scales and one with those of all probes so far.
   */
  readonly interval: readonly [number, number];
  readonly decision: Decision | null;
}

export interface SequentialScore {
  /**
   * Takes the next probe of the order.
   * @param contribution - null for a probe that does not count
   * @param slope - with the scales of all probes so far, this one included
   */
  add(contribution: number | null, slope: number): SequentialState;
  state(): SequentialState;
}

/**
 * Follows the likelihood ratio of one suspect and one reference through a random order of a suite's probes.
 *
 * What is followed is the log odds on the whole suite with the pilot's scales. Because a pilot knows them badly (a
 * standard error of a fifth of the score on 20 probes of the miniature), the interval is widened to hold besides what the
 * scales of all probes so far make of the same contributions. The pilot's own contributions are known;
 * the mean of the rest is caught by a betting confidence sequence for sampling without replacement, which needs nothing
 * but that the order is random and contributions bounded. A probe that does not count stands at the pilot's mean. The
 * habit affinity enters with its interval on the pilot (error 0.01 of the 0.05; by the union bound the two hold
 * together).
 *
 * It guards the sampling of probes only: not the choice of controls, the calibration, nor whether other probes would say
 * the same.
 *
 * @param probes - all probes of the order, at least the pilot's
 */
export function createSequentialScore(
  frozen: FrozenScore,
  options: { readonly calibration: Calibration; readonly probes: number },
): SequentialScore {
  const { probes, calibration } = options;
  const { bounds } = calibration;
  const [least, most] = contributionRange;
  const counted = frozen.pilot.filter((value) => value !== null);
  const pilotMean = counted.length === 0 ? 0 : mean(counted);
  let sum = frozen.pilot.reduce<number>((total, value) => total + (value ?? pilotMean), 0);
  const pilotSum = sum;
  let taken = frozen.pilot.length;
  const rest = probes - taken;
  const sequence =
    rest === 0
      ? null
      : createBettingConfidenceSequence({
          level: sequentialLevel + habitError,
          populationSize: rest,
        });

  let slopeNow = frozen.slope;

  const state = (): SequentialState => {
    const bounded = (contribution: number, reach: number, slope: number) =>
      clamp((frozen.intercept + slope * contribution + reach) / Math.LN10, bounds.log10LR);
    const slopes = [frozen.slope, slopeNow];
    const [low, high] = sequence?.interval() ?? [0, 0];
    const overall = (unit: number) => (pilotSum + rest * (least + (most - least) * unit)) / probes;
    const interval = [
      Math.min(...slopes.map((slope) => bounded(overall(low), -frozen.habitReach, slope))),
      Math.max(...slopes.map((slope) => bounded(overall(high), frozen.habitReach, slope))),
    ] as const;
    return {
      probes: taken,
      log10LR: bounded(sum / taken, 0, slopeNow),
      interval,
      decision: decide(interval),
    };
  };
  return {
    add(contribution, slope) {
      const value = contribution ?? pilotMean;
      sequence?.add((value - least) / (most - least));
      sum += value;
      taken++;
      slopeNow = slope;
      return state();
    },
    state,
  };
}

function decide([low, high]: readonly [number, number]): Decision | null {
  if (low > findingThreshold) return "above-ten";
  return high < 0 ? "below-one" : null;
}
