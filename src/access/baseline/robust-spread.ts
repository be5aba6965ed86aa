import { quantile } from "../../stats/quantile.ts";

/** Median, and a spread that is the standard deviation of normal values. */
export interface Centre {
  readonly median: number;
  /** At least 0; 0 only where all values are equal. */
  readonly spread: number;
}

/**
 * Median and median absolute deviation (times 1.4826). Where more than half of the values are equal that deviation is 0;
 * then it is taken over the values that differ from the median.
 *
 * @param values - finite, at least one; not modified
 * @see Rousseeuw & Croux (1993), doi:10.1080/01621459.1993.10476408
 */
export function robustCentre(values: Float64Array): Centre {
  const median = quantile(values, 0.5);
  const distances = values.map((value) => Math.abs(value - median));
  const usual = quantile(distances, 0.5);
  if (usual > 0) return { median, spread: 1.4826 * usual };
  const others = distances.filter((distance) => distance > 0);
  return { median, spread: others.length === 0 ? 0 : 1.4826 * quantile(others, 0.5) };
}
