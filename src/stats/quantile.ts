import { requireFinite, requireWithin } from "./check-values.ts";

/**
 * Sample quantile by linear interpolation of order statistics (type 7, the default of R and NumPy).
 *
 * @param values - n >= 1 finite numbers in any order; not modified
 * @param probability - in [0, 1]; 0 is the minimum, 1 the maximum
 * @returns in the unit of the values; with one value, that value
 * @throws InsufficientDataError when there is no value
 * @throws RangeError when a value is not finite or the probability is outside [0, 1]
 * @see Hyndman & Fan (1996), doi:10.1080/00031305.1996.10473566, definition 7
 */
export function quantile(values: ArrayLike<number>, probability: number): number {
  requireFinite(values, "quantile");
  requireWithin(probability, "probability", [0, 1]);
  const sorted = Float64Array.from(values).sort();
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (position - below) * (high - low);
}
