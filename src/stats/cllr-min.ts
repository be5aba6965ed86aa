import { cllr } from "./cllr.ts";
import { pavLikelihoodRatios } from "./pav-likelihood-ratios.ts";

/**
 * Cllr after the best possible monotone recalibration: what is lost to discrimination alone, in bits.
 *
 * Cllr - Cllr_min is the loss to calibration. No pseudo-cases are added, as in `lir`, so that separated cases give 0.
 *
 * @param whenTrue - n1 >= 1 finite scores or log10 LRs where the numerator's hypothesis holds; not modified
 * @param whenFalse - n0 >= 1 finite scores of the other cases; not modified
 * @returns in [0, 1]; 1 when all scores are equal
 * @throws InsufficientDataError when a hypothesis has no case
 * @see Brümmer & du Preez (2006), doi:10.1016/j.csl.2005.08.001
 */
export function cllrMin(whenTrue: readonly number[], whenFalse: readonly number[]): number {
  const recalibrated = new Map(pavLikelihoodRatios(whenTrue, whenFalse));
  const map = (scores: readonly number[]) => scores.map((score) => recalibrated.get(score) as number);
  return cllr(map(whenTrue), map(whenFalse));
}
