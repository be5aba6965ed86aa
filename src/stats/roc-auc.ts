import { requireFinite } from "./check-values.ts";
import { midranks } from "./midranks.ts";

/**
 * Area under the receiver operating characteristic curve (Mann-Whitney U over n1 n0, ties by midranks).
 *
 * The probability that a random positive scores above a random negative, ties counting one half.
 *
 * @param positive - n1 >= 1 finite scores of the class that should score high; not modified
 * @param negative - n0 >= 1 finite scores; n0 may differ from n1; not modified
 * @returns in [0, 1]; 0.5 when all scores are equal
 * @throws InsufficientDataError when a class has no score
 * @throws RangeError when a score is not finite
 * @see Hanley & McNeil (1982), doi:10.1148/radiology.143.1.7063747
 */
export function rocAuc(positive: readonly number[], negative: readonly number[]): number {
  requireFinite(positive, "positive scores");
  requireFinite(negative, "negative scores");
  const ranks = midranks([...positive, ...negative]);
  let rankSum = 0;
  for (let index = 0; index < positive.length; index++) rankSum += ranks[index] as number;
  const smallest = (positive.length * (positive.length + 1)) / 2;
  return (rankSum - smallest) / (positive.length * negative.length);
}
