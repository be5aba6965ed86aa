import { requireHits, requireWithin } from "./check-values.ts";
import { regularizedIncompleteBeta } from "./regularized-incomplete-beta.ts";

/**
 * Clopper-Pearson exact interval of a binomial proportion, two-sided.
 *
 * Its coverage is never below the level, whatever the proportion.
 *
 * @param hits - whole number in [0, trials]
 * @param trials - whole number, at least 1
 * @param level - in (0, 1), for example 0.95
 * @returns [low, high] in [0, 1], to about 1e-14
 * @throws InsufficientDataError when there is no trial
 * @throws RangeError when an argument is outside its range
 * @see Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404
 */
export function clopperPearson(hits: number, trials: number, level: number): readonly [number, number] {
  requireHits(hits, trials);
  requireWithin(level, "level", [Number.EPSILON, 1 - Number.EPSILON]);
  const tail = (1 - level) / 2;
  const low = hits === 0 ? 0 : betaQuantile(tail, hits, trials - hits + 1);
  const high = hits === trials ? 1 : 1 - betaQuantile(tail, trials - hits, hits + 1);
  return [low, high];
}

/** Bisection: the function is monotone, and the intervals are few. */
function betaQuantile(probability: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 200 && high - low > 1e-16 * high; step++) {
    const middle = (low + high) / 2;
    if (regularizedIncompleteBeta(middle, a, b) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
