import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { deleteBlockJackknife } from "../../src/stats/delete-block-jackknife.ts";
import { jackknifeOfSums } from "../../src/stats/jackknife-of-sums.ts";
import { normalQuantile } from "../../src/stats/normal-quantile.ts";
import { readFixture } from "./read-fixture.ts";

interface Case {
  readonly sizes: number[];
  readonly x: number[];
  readonly y: number[];
  readonly estimate: [number];
  readonly biasCorrected: [number];
  readonly standardError: [number];
  readonly interval: [number, number];
}

const ratio = ([y = 0, x = 0]: readonly number[]) => y / x;

describe("block jackknife", () => {
  it("agrees with R for equal and unequal blocks", () => {
    for (const { sizes, x, y, ...expected } of readFixture<{ cases: Case[] }>("jackknife").cases) {
      const blocks = sizes.map((size, block) =>
        Object.freeze({ size, sums: Object.freeze([y[block] ?? 0, x[block] ?? 0]) }),
      );
      const result = jackknifeOfSums(Object.freeze(blocks), ratio);
      expect(result.estimate).toBeCloseTo(expected.estimate[0], 12);
      expect(result.biasCorrected).toBeCloseTo(expected.biasCorrected[0], 12);
      expect(result.standardError).toBeCloseTo(expected.standardError[0], 12);
      const [low, high] = result.interval(0.95);
      expect(low).toBeCloseTo(expected.interval[0], 10);
      expect(high).toBeCloseTo(expected.interval[1], 10);
      // One side of a 95 % interval leaves out 2.5 %.
      expect(result.upperBound(0.975)).toBeCloseTo(high, 12);
      expect([result.blocks, result.degreesOfFreedom]).toEqual([sizes.length, sizes.length - 1]);
    }
  });

  it("is the standard error of the mean for blocks of one", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const mean = values.reduce((sum, value) => sum + value, 0) / 8;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 7;
    const result = deleteBlockJackknife(
      values.map(() => 1),
      (leftOut) => {
        const kept = values.filter((_, index) => index !== leftOut);
        return kept.reduce((sum, value) => sum + value, 0) / kept.length;
      },
    );
    expect(result.standardError).toBeCloseTo(Math.sqrt(variance / 8), 12);
    expect(result.biasCorrected).toBeCloseTo(mean, 12);
  });

  it("covers the truth at its level with unequal, internally correlated blocks, and finds a known effect", () => {
    const random = seededRandom(11);
    const normal = () => normalQuantile(random());
    const sizes = [3, 12, 5, 8, 20, 4, 9, 6, 14, 7, 5, 10];
    const trials = 600;
    let missesTruth = 0;
    let excludesZero = 0;
    for (let trial = 0; trial < trials; trial++) {
      const blocks = sizes.map((size) => {
        const shared = normal();
        const sums = [0, 0];
        for (let item = 0; item < size; item++) {
          const x = 1 + random();
          sums[0] = (sums[0] ?? 0) + x + shared + normal();
          sums[1] = (sums[1] ?? 0) + x;
        }
        return { size, sums };
      });
      const [low, high] = jackknifeOfSums(blocks, ratio).interval(0.95);
      if (low > 1 || high < 1) missesTruth++;
      if (low > 0) excludesZero++;
    }
    // Nominal 5 %, seven points allowed for unequal blocks and the jackknife's approximation, plus 4 standard errors;
    // items taken as independent would miss in some 50 % of trials.
    expect(missesTruth / trials).toBeLessThan(0.07 + 4 * Math.sqrt((0.07 * 0.93) / trials));
    expect(missesTruth / trials).toBeGreaterThan(0.05 - 4 * Math.sqrt((0.05 * 0.95) / trials));
    expect(excludesZero / trials).toBeGreaterThan(0.9);
  });

  it("says zero for constants and refuses what has no answer", () => {
    const constant = jackknifeOfSums(
      [1, 2, 5].map((size) => ({ size, sums: [3 * size, size] })),
      ratio,
    );
    expect(constant.standardError).toBeCloseTo(0, 12);
    expect(() => jackknifeOfSums([{ size: 2, sums: [1, 1] }], ratio)).toThrow(InsufficientDataError);
    const onlyOneCounts = [1, 0, 0].map((x) => ({ size: 1, sums: [x, x] }));
    expect(() => jackknifeOfSums(onlyOneCounts, ratio)).toThrow(InsufficientDataError);
    expect(() =>
      jackknifeOfSums(
        [
          { size: 0, sums: [1] },
          { size: 1, sums: [1] },
        ],
        () => 1,
      ),
    ).toThrow(RangeError);
    expect(() =>
      jackknifeOfSums(
        [
          { size: 1, sums: [1] },
          { size: 1, sums: [] },
        ],
        () => 1,
      ),
    ).toThrow(RangeError);
  });
});
