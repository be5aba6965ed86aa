import { requireFinite } from "./check-values.ts";
import { poolAdjacentViolators } from "./pool-adjacent-violators.ts";

/**
 * Optimal monotone recalibration of scores to log10 likelihood ratios (isotonic regression, balanced classes).
 *
 * @param whenTrue - n1 >= 1 finite scores or log10 LRs where the numerator's hypothesis holds; not modified
 * @param whenFalse - n0 >= 1 finite scores of the other cases; not modified
 * @param addMisleading - pseudo-cases a side beyond both ends, labelled against the score, as `add_misleading` of
 *   `lir`'s IsotonicCalibrator: 0 (its default) lets the end LRs be 0 and infinite, 1 keeps them finite
 * @returns [score, log10 LR] of each distinct score, both non-decreasing; pseudo-cases are not among them
 * @throws InsufficientDataError when a hypothesis has no case
 * @see Brümmer & du Preez (2006), doi:10.1016/j.csl.2005.08.001, section 5
 */
export function pavLikelihoodRatios(
  whenTrue: readonly number[],
  whenFalse: readonly number[],
  addMisleading: number = 0,
): (readonly [score: number, log10LR: number])[] {
  requireFinite(whenTrue, "scores when true");
  requireFinite(whenFalse, "scores when false");
  const cases = [
    ...whenTrue.map((score) => ({ score, isTrue: true })),
    ...whenFalse.map((score) => ({ score, isTrue: false })),
  ].sort((first, second) => first.score - second.score);
  const lowest = cases[0]?.score ?? 0;
  const highest = cases.at(-1)?.score ?? 0;
  for (let added = 0; added < addMisleading; added++) {
    cases.unshift({ score: lowest - 1, isTrue: true });
    cases.push({ score: highest + 1, isTrue: false });
  }
  const trueWeight = 1 / (whenTrue.length + addMisleading);
  const falseWeight = 1 / (whenFalse.length + addMisleading);
  const merged: { score: number; isTrue: number; isFalse: number }[] = [];
  for (const { score, isTrue } of cases) {
    if (merged.at(-1)?.score !== score) merged.push({ score, isTrue: 0, isFalse: 0 });
    const point = merged.at(-1) as (typeof merged)[number];
    if (isTrue) point.isTrue += trueWeight;
    else point.isFalse += falseWeight;
  }
  const shares = poolAdjacentViolators(
    merged.map((point) => point.isTrue / (point.isTrue + point.isFalse)),
    merged.map((point) => point.isTrue + point.isFalse),
  );
  return merged
    .map((point, index) => [point.score, log10Odds(shares[index] as number)] as const)
    .filter(([score]) => score >= lowest && score <= highest);
}

function log10Odds(probability: number): number {
  return Math.log10(probability) - Math.log10(1 - probability);
}
