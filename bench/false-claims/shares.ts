import type { Random } from "../../src/schema/random.ts";
import { clopperPearson } from "../../src/stats/clopper-pearson.ts";
import { clusterBootstrap } from "../../src/stats/cluster-bootstrap.ts";

/** One comparison of unrelated models, and the share of its repetitions (panels drawn) with a false claim, in [0, 1]. */
export interface Trial {
  readonly clusters: readonly string[];
  readonly claimed: number;
}

/** Share of false claims with two intervals of 95 %. */
export interface FalseShare {
  readonly trials: number;
  /** Sum of `claimed`: a count where nothing was repeated. */
  readonly claims: number;
  readonly share: number;
  /** As if trials were independent; claims are rounded up. */
  readonly exact: readonly [number, number];
  /** Clusters drawn with replacement; null with fewer than two. */
  readonly clustered: readonly [number, number] | null;
}

const replicates = 2000;

/**
 * Share of trials with a false claim. Trials depend on each other through their clusters (labs, worlds): these are
 * drawn with replacement, and a trial weighs the product of its clusters' multiplicities, so that a pair of labs is
 * resampled by both.
 *
 * @see Owen (2007), doi:10.1214/07-AOAS122, the pigeonhole bootstrap
 */
export function falseShare(trials: readonly Trial[], random: Random): FalseShare {
  const claims = trials.reduce((sum, { claimed }) => sum + claimed, 0);
  const clusters = [...new Set(trials.flatMap((trial) => trial.clusters))];
  return {
    trials: trials.length,
    claims,
    share: claims / trials.length,
    exact: clopperPearson(Math.min(trials.length, Math.ceil(claims - 1e-9)), trials.length, 0.95),
    clustered:
      clusters.length < 2
        ? null
        : clusterBootstrap(
            clusters,
            (resample) => {
              const times = new Map<string, number>();
              for (const cluster of resample) times.set(cluster, (times.get(cluster) ?? 0) + 1);
              let weights = 0;
              let sum = 0;
              for (const trial of trials) {
                const weight = trial.clusters.reduce((product, name) => product * (times.get(name) ?? 0), 1);
                weights += weight;
                sum += weight * trial.claimed;
              }
              return sum / weights;
            },
            { random, replicates },
          ).interval,
  };
}
