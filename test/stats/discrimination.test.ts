import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { midranks } from "../../src/stats/midranks.ts";
import { quantile } from "../../src/stats/quantile.ts";
import { rocAuc } from "../../src/stats/roc-auc.ts";
import { tprAtFpr } from "../../src/stats/tpr-at-fpr.ts";
import { readFixture } from "./read-fixture.ts";

interface Case {
  readonly positive: number[];
  readonly negative: number[];
  readonly auc: number;
  readonly quantiles: [number, number][];
  readonly tprAtFpr: [number, number][];
}

const { cases } = readFixture<{ cases: Case[] }>("discrimination");

describe("discrimination", () => {
  it("agrees with scikit-learn and NumPy, ties included", () => {
    for (const { positive, negative, auc, quantiles, tprAtFpr: rates } of cases) {
      expect(rocAuc(Object.freeze(positive), Object.freeze(negative))).toBeCloseTo(auc, 12);
      for (const [p, value] of quantiles) expect(quantile(negative, p)).toBeCloseTo(value, 12);
      for (const [rate, value] of rates) expect(tprAtFpr(positive, negative, rate)).toBeCloseTo(value, 12);
    }
  });

  it("stays at one half under the null and rises with a shift", () => {
    const random = seededRandom(3);
    const means = [0, 0.3].map((shift) => {
      let sum = 0;
      for (let trial = 0; trial < 400; trial++)
        sum += rocAuc(
          Array.from({ length: 9 }, () => random() + shift),
          Array.from({ length: 31 }, () => random()),
        );
      return sum / 400;
    });
    // Standard deviation of one AUC at 9 and 31 is sqrt(41 / (12 * 9 * 31)) = 0.11; four standard errors of the mean.
    expect(Math.abs((means[0] ?? 0) - 0.5)).toBeLessThan((4 * 0.111) / 20);
    // P(U + 0.3 > V) = 1 - 0.7^2 / 2
    expect(Math.abs((means[1] ?? 0) - 0.755)).toBeLessThan((4 * 0.111) / 20);
  });

  it("counts ties one half, constants as chance, and nothing above a constant threshold", () => {
    expect(rocAuc([1, 1], [1, 1, 1])).toBe(0.5);
    expect(rocAuc([2, 1], [1, 0])).toBe(0.875);
    expect(tprAtFpr([1, 1], [1, 1, 1], 0.5)).toBe(0);
    expect([...midranks([5, 1, 5, 5, 0])]).toEqual([4, 2, 4, 4, 1]);
    expect(quantile([7], 0.3)).toBe(7);
  });

  it("refuses too little data and numbers that are not finite", () => {
    expect(() => rocAuc([], [1])).toThrow(InsufficientDataError);
    expect(() => tprAtFpr([1], [], 0.1)).toThrow(InsufficientDataError);
    expect(() => quantile([], 0.5)).toThrow(InsufficientDataError);
    expect(() => rocAuc([Number.NaN], [1])).toThrow(RangeError);
    expect(() => quantile([1, 2], 1.5)).toThrow(RangeError);
  });
});
