import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { clusterBootstrap } from "../../src/stats/cluster-bootstrap.ts";
import { normalQuantile } from "../../src/stats/normal-quantile.ts";

const meanOfAll = (clusters: readonly (readonly number[])[]) => {
  const values = clusters.flat();
  return values.reduce((sum, value) => sum + value, 0) / values.length;
};

/** Clusters of unequal size that share an offset, around `mean`. */
function drawClusters(count: number, mean: number, random: Random): number[][] {
  return Array.from({ length: count }, () => {
    const shared = mean + normalQuantile(random());
    return Array.from(
      { length: 1 + Math.floor(random() * 6) },
      () => shared + 0.5 * normalQuantile(random()),
    );
  });
}

describe("cluster bootstrap", () => {
  it("has the closed-form standard error of a mean of singletons", () => {
    const values = [2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5];
    const result = clusterBootstrap(Object.freeze(values.map((value) => Object.freeze([value]))), meanOfAll, {
      random: seededRandom(1),
      replicates: 20_000,
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / 12;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 12;
    expect(result.estimate).toBeCloseTo(mean, 12);
    // The relative error of a standard deviation over 20,000 replicates is 0.5 %.
    expect(Math.abs(result.standardError / Math.sqrt(variance / 12) - 1)).toBeLessThan(0.02);
  });

  it("covers the truth at about its level, and excludes 0 for a known effect", () => {
    const random = seededRandom(2);
    const trials = 300;
    let covered = 0;
    let excludesZero = 0;
    for (let trial = 0; trial < trials; trial++) {
      const { interval } = clusterBootstrap(drawClusters(30, 1, random), meanOfAll, {
        random,
        replicates: 200,
        level: 0.9,
      });
      if (interval[0] <= 1 && interval[1] >= 1) covered++;
      if (interval[0] > 0) excludesZero++;
    }
    // Percentile intervals of 30 clusters fall a few points short of their level.
    expect(covered / trials).toBeGreaterThan(0.85 - 4 * Math.sqrt((0.85 * 0.15) / trials));
    expect(covered / trials).toBeLessThan(0.9 + 4 * Math.sqrt((0.9 * 0.1) / trials));
    expect(excludesZero / trials).toBeGreaterThan(0.95);
  });

  it("repeats with its seed and gives constants no width", () => {
    const clusters = [[1], [4, 2], [9]];
    const run = (seed: number) =>
      clusterBootstrap(clusters, meanOfAll, { random: seededRandom(seed), replicates: 50 }).interval;
    expect(run(3)).toEqual(run(3));
    const constant = clusterBootstrap([[5], [5], [5]], meanOfAll, {
      random: seededRandom(3),
      replicates: 50,
    });
    expect(constant).toMatchObject({ interval: [5, 5], standardError: 0, undefinedReplicates: 0 });
  });

  it("counts replicates without an answer, refuses too many of them, and passes other errors on", () => {
    const random = seededRandom(4);
    // Undefined unless a cluster of 1 is drawn.
    const share = (clusters: readonly number[]) => {
      if (!clusters.includes(1)) throw new InsufficientDataError("test.none", "none");
      return clusters.filter((value) => value === 1).length;
    };
    const some = clusterBootstrap([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], share, { random, replicates: 1000 });
    // (7 / 10)^10 = 2.8 % of replicates have none.
    expect(some.undefinedReplicates).toBeGreaterThan(5);
    expect(some.undefinedReplicates).toBeLessThan(60);
    expect(() => clusterBootstrap([1, 0, 0], share, { random, replicates: 100 })).toThrow(
      InsufficientDataError,
    );
    expect(() => clusterBootstrap([1], share, { random, replicates: 100 })).toThrow(InsufficientDataError);
    expect(() => clusterBootstrap([1, 0], share, { random, replicates: 5 })).toThrow(RangeError);
    const broken = () => {
      throw new TypeError("a defect");
    };
    expect(() => clusterBootstrap([1, 0], broken, { random, replicates: 20 })).toThrow(TypeError);
  });
});
