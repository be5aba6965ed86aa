import { InsufficientDataError } from "../errors.ts";
import { requireFinite, requireWithin } from "./check-values.ts";

export interface TwoClusters {
  /** Values up to and including this one are of the lower cluster. */
  readonly lowerMaximum: number;
  readonly sizes: readonly [number, number];
  readonly means: readonly [number, number];
  /** Share of the variance that lies between the clusters, in [0, 1]; 0 for equal values. */
  readonly share: number;
}

/**
 * The split of numbers in two with the least sum of squares within (exact one-dimensional 2-means, Otsu's threshold).
 * It always finds two clusters: whether there are two is for a test to say.
 *
 * @param values - n finite numbers in any order; not modified. Equal values are never parted
 * @param smallestShare - each cluster holds at least so much of the values, in (0, 0.5]; against lone outliers
 * @throws InsufficientDataError when no split keeps the share, as where all values are equal
 * @see Fisher (1958), doi:10.1080/01621459.1958.10501479
 */
export function twoClusters(values: ArrayLike<number>, smallestShare: number): TwoClusters {
  requireFinite(values, "values");
  requireWithin(smallestShare, "smallestShare", [Number.MIN_VALUE, 0.5]);
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const fewest = Math.max(1, Math.ceil(smallestShare * n));
  const total = sorted.reduce((sum, value) => sum + value, 0);
  const middle = total / n;
  const spread = sorted.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  let best: TwoClusters | null = null;
  let lower = 0;
  for (let size = 1; size <= n - fewest; size++) {
    lower += sorted[size - 1] as number;
    if (size < fewest || sorted[size - 1] === sorted[size]) continue;
    const means = [lower / size, (total - lower) / (n - size)] as const;
    const between = ((size * (n - size)) / n) * (means[1] - means[0]) ** 2;
    const share = Math.min(1, between / spread);
    if (best === null || share > best.share)
      best = { lowerMaximum: sorted[size - 1] as number, sizes: [size, n - size], means, share };
  }
  if (best === null)
    throw new InsufficientDataError(
      "stats.no-split",
      `No split of ${n} values leaves ${fewest} different ones on either side.`,
    );
  return best;
}
