import { InsufficientDataError } from "../errors.ts";
import type { Random } from "../schema/random.ts";
import { requireCount, requireWithin } from "./check-values.ts";
import { quantile } from "./quantile.ts";

export interface BootstrapResult {
  /** The statistic of the clusters as given. */
  readonly estimate: number;
  /** Two-sided percentile interval. */
  readonly interval: readonly [number, number];
  /** Standard deviation over the replicates that are defined. */
  readonly standardError: number;
  readonly level: number;
  readonly clusters: number;
  readonly replicates: number;
  /** Replicates whose statistic could not be said, for example because one class was not drawn; left out. */
  readonly undefinedReplicates: number;
}

export interface BootstrapOptions {
  readonly random: Random;
  /** At least 20, which the outermost percentiles of a 90 % interval need. */
  readonly replicates: number;
  /** In (0, 1), 0.95 by default. */
  readonly level?: number;
}

/**
 * Cluster bootstrap with percentile intervals: whole clusters are drawn with replacement.
 *
 * For data that depend on each other within clusters (students of one lineage, probes of one family). With under 10
 * clusters the interval is too narrow.
 *
 * @param clusters - n >= 2 clusters of whatever the statistic reads; not modified
 * @param statistic - of a list of n clusters, some of them repeated; may throw InsufficientDataError or return a number
 *   that is not finite where a replicate has no answer
 * @throws InsufficientDataError with fewer than two clusters, without an answer for the data as given, or when more
 *   than a tenth of the replicates have none (an interval of the rest would be of luckier data)
 * @throws RangeError when an option is outside its range
 * @see Davison & Hinkley (1997), doi:10.1017/CBO9780511802843, sections 2.4, 3.8 and 5.3
 */
export function clusterBootstrap<T>(
  clusters: readonly T[],
  statistic: (resample: readonly T[]) => number,
  options: BootstrapOptions,
): BootstrapResult {
  const { random, replicates, level = 0.95 } = options;
  requireCount(replicates, "replicates", 20);
  requireWithin(level, "level", [Number.EPSILON, 1 - Number.EPSILON]);
  if (clusters.length < 2)
    throw new InsufficientDataError(
      "stats.too-few-clusters",
      `The cluster bootstrap needs at least 2 clusters, got ${clusters.length}; add clusters.`,
    );
  const estimate = statistic(clusters);
  const values: number[] = [];
  for (let replicate = 0; replicate < replicates; replicate++) {
    const resample = clusters.map(() => clusters[Math.floor(random() * clusters.length)] as T);
    const value = valueOrUndefined(() => statistic(resample));
    if (value !== undefined) values.push(value);
  }
  if (!Number.isFinite(estimate) || values.length < 0.9 * replicates)
    throw new InsufficientDataError(
      "stats.bootstrap-undefined",
      `The statistic is defined in ${values.length} of ${replicates} replicates, at least nine tenths are needed; add clusters.`,
    );
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    estimate,
    interval: [quantile(values, (1 - level) / 2), quantile(values, (1 + level) / 2)],
    standardError: Math.sqrt(squares / (values.length - 1)),
    level,
    clusters: clusters.length,
    replicates,
    undefinedReplicates: replicates - values.length,
  };
}

function valueOrUndefined(compute: () => number): number | undefined {
  try {
    const value = compute();
    return Number.isFinite(value) ? value : undefined;
  } catch (error) {
    if (error instanceof InsufficientDataError) return undefined;
    throw error;
  }
}
