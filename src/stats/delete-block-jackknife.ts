import { InsufficientDataError } from "../errors.ts";
import { requireFinite, requireWithin } from "./check-values.ts";
import { studentTQuantile } from "./student-t-quantile.ts";

export interface JackknifeResult {
  /** The statistic of all the data. */
  readonly estimate: number;
  /** The estimate with the jackknife's bias correction; intervals are put around `estimate`. */
  readonly biasCorrected: number;
  /** At least 0, in the unit of the statistic. */
  readonly standardError: number;
  readonly blocks: number;
  /** blocks - 1. */
  readonly degreesOfFreedom: number;
  /** Two-sided interval at a level in (0, 1), by Student's t. */
  readonly interval: (level: number) => readonly [number, number];
  /** One-sided upper confidence bound at a level in (0, 1), by Student's t. */
  readonly upperBound: (level: number) => number;
}

/**
 * Weighted delete-one-block jackknife: standard error of a statistic whose items depend on each other within blocks.
 *
 * Blocks may differ in size. With equal sizes it is the ordinary delete-one-group jackknife. Under 10 blocks the
 * interval is wide and its coverage approximate: callers add a caveat.
 *
 * @param sizes - items (for example probes) in each of g >= 2 blocks, above 0; not modified
 * @param statistic - called with null for all the data, then with each block's index to leave that block out; must be
 *   smooth in the data (sums, ratios, correlations), not a maximum or a median
 * @returns standardError 0 where leaving out any block changes nothing
 * @throws InsufficientDataError with fewer than two blocks, or where the statistic is not finite without some block
 * @throws RangeError when a size is not a finite number above 0
 * @see Busing, Meijer & van der Leeden (1999), doi:10.1023/A:1008800423698
 */
export function deleteBlockJackknife(
  sizes: readonly number[],
  statistic: (leftOut: number | null) => number,
): JackknifeResult {
  requireFinite(sizes, "jackknife blocks", 2);
  for (const size of sizes) requireWithin(size, "block size", [Number.MIN_VALUE, Number.MAX_VALUE]);
  const blocks = sizes.length;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const estimate = finiteOrThrow(statistic(null), "with all blocks");
  const without = sizes.map((_, block) => finiteOrThrow(statistic(block), `without block ${block}`));
  const biasCorrected = without.reduce(
    (sum, value, block) => sum + (estimate - value) + ((sizes[block] as number) / total) * value,
    0,
  );
  const variance =
    without.reduce((sum, value, block) => {
      const ratio = total / (sizes[block] as number);
      const pseudoValue = ratio * estimate - (ratio - 1) * value;
      return sum + (pseudoValue - biasCorrected) ** 2 / (ratio - 1);
    }, 0) / blocks;
  const standardError = Math.sqrt(variance);
  return {
    estimate,
    biasCorrected,
    standardError,
    blocks,
    degreesOfFreedom: blocks - 1,
    interval: (level) => {
      const reach = studentTQuantile((1 + level) / 2, blocks - 1) * standardError;
      return [estimate - reach, estimate + reach];
    },
    upperBound: (level) => estimate + studentTQuantile(level, blocks - 1) * standardError,
  };
}

function finiteOrThrow(value: number, where: string): number {
  if (Number.isFinite(value)) return value;
  throw new InsufficientDataError(
    "stats.jackknife-undefined",
    `The statistic is ${value} ${where}: a finite number is needed; collect more probes.`,
  );
}
