import { requireFinite, requireWithin } from "./check-values.ts";
import { quantile } from "./quantile.ts";

/**
 * True-positive rate at a fixed false-positive rate.
 *
 * The threshold is the (1 - fpr) quantile of the negatives (type 7), and a positive counts when it lies strictly
 * above it, so that with constant scores nothing is detected. With few negatives the threshold is an interpolation
 * between the largest of them: at fpr = 0.01 and n0 < 100 it hangs on one or two scores.
 *
 * @param positive - n1 >= 1 finite scores; not modified
 * @param negative - n0 >= 1 finite scores; not modified
 * @param falsePositiveRate - in [0, 1]
 * @returns share of positives above the threshold, in [0, 1]
 * @throws InsufficientDataError when a class has no score
 * @throws RangeError when a score is not finite or the rate is outside [0, 1]
 */
export function tprAtFpr(
  positive: readonly number[],
  negative: readonly number[],
  falsePositiveRate: number,
): number {
  requireFinite(positive, "positive scores");
  requireWithin(falsePositiveRate, "falsePositiveRate", [0, 1]);
  const threshold = quantile(negative, 1 - falsePositiveRate);
  let above = 0;
  for (const score of positive) if (score > threshold) above++;
  return above / positive.length;
}
