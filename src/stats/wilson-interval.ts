import { requireHits, requireWithin } from "./check-values.ts";
import { normalQuantile } from "./normal-quantile.ts";

/**
 * Wilson score interval of a binomial proportion, two-sided.
 *
 * Covers at about its level on average; `clopperPearson` never covers less.
 *
 * @param hits - whole number in [0, trials]
 * @param trials - whole number, at least 1
 * @param level - in (0, 1), for example 0.95
 * @returns [low, high] in [0, 1], never empty: 0 hits give low 0 and high above 0
 * @throws InsufficientDataError when there is no trial
 * @throws RangeError when an argument is outside its range
 * @see Wilson (1927), doi:10.1080/01621459.1927.10502953
 */
export function wilsonInterval(hits: number, trials: number, level: number): readonly [number, number] {
  requireHits(hits, trials);
  requireWithin(level, "level", [Number.EPSILON, 1 - Number.EPSILON]);
  const z = normalQuantile((1 + level) / 2);
  const rate = hits / trials;
  const scale = 1 + z ** 2 / trials;
  const centre = (rate + z ** 2 / (2 * trials)) / scale;
  const reach = (z / scale) * Math.sqrt((rate * (1 - rate)) / trials + z ** 2 / (4 * trials ** 2));
  return [hits === 0 ? 0 : centre - reach, hits === trials ? 1 : centre + reach];
}
