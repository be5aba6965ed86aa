import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { balancedWeights } from "../../src/stats/balanced-weights.ts";
import { logisticRegression } from "../../src/stats/logistic-regression.ts";
import { readFixture } from "./read-fixture.ts";

interface Case {
  readonly rows: number[][];
  readonly labels: boolean[];
  readonly ridge: number;
  readonly intercept: number;
  readonly coefficients: number[];
}

describe("logistic regression", () => {
  it("agrees with scikit-learn, class-balanced and penalised", () => {
    for (const { rows, labels, ridge, ...expected } of readFixture<{ cases: Case[] }>("logistic-regression")
      .cases) {
      rows.forEach(Object.freeze);
      const weights = balancedWeights(Object.freeze(labels));
      const fit = logisticRegression(Object.freeze(rows), labels, { weights: Object.freeze(weights), ridge });
      expect(fit.intercept).toBeCloseTo(expected.intercept, 7);
      expected.coefficients.forEach((value, index) => {
        expect(fit.coefficients[index]).toBeCloseTo(value, 7);
      });
    }
  });

  it("recovers a known effect, and none where labels are random", () => {
    const random = seededRandom(5);
    for (const effect of [0, 1.5]) {
      const estimates = Array.from({ length: 60 }, () => {
        const rows = Array.from({ length: 300 }, () => [4 * random() - 2]);
        const labels = rows.map(([x = 0]) => random() < 1 / (1 + Math.exp(-effect * x - 0.5)));
        return logisticRegression(rows, labels).coefficients[0] ?? Number.NaN;
      });
      const mean = estimates.reduce((sum, value) => sum + value, 0) / 60;
      const spread = Math.sqrt(estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 59);
      // 0.03 allows for the small-sample bias of maximum likelihood away from 0.
      expect(Math.abs(mean - effect)).toBeLessThan((4 * spread) / Math.sqrt(60) + 0.03 * Math.sign(effect));
      expect(spread).toBeLessThan(0.3);
    }
  });

  it("stays finite and says so under perfect separation", () => {
    const fit = logisticRegression([[1], [2], [3], [4]], [false, false, true, true]);
    expect(fit.separated).toBe(true);
    expect(Number.isFinite(fit.intercept)).toBe(true);
    expect(fit.coefficients[0]).toBeGreaterThan(5);
    expect((fit.coefficients[0] ?? 0) * 2.5 + fit.intercept).toBeCloseTo(0, 4);
    expect(logisticRegression([[1], [2], [3], [4]], [false, true, false, true]).separated).toBe(false);
    // The least ridge, and features far from 0 with a small spread.
    for (const scale of [1e-3, 1e3]) {
      const rows = [1, 2, 3, 4].map((value) => [1e4 + scale * value]);
      const extreme = logisticRegression(rows, [false, false, true, true], { ridge: 1e-12 });
      expect(extreme.separated).toBe(true);
      expect(-extreme.intercept / (extreme.coefficients[0] ?? 0)).toBeCloseTo(1e4 + scale * 2.5, 4);
    }
  });

  it("gives a constant feature nothing, ignores rows of weight 0 and counts weights as repeats", () => {
    const labels = [true, false, true, true, false];
    const constant = logisticRegression([[7], [7], [7], [7], [7]], labels);
    expect(constant.coefficients[0]).toBeCloseTo(0, 4);
    expect(constant.intercept + 7 * (constant.coefficients[0] ?? 0)).toBeCloseTo(Math.log(3 / 2), 6);
    const rows = [[1], [2], [3], [0.5], [2.5]];
    const repeated = logisticRegression([...rows, [3], [3]], [...labels, true, true]);
    const weighted = logisticRegression([...rows, [100]], [...labels, false], {
      weights: [1, 1, 3, 1, 1, 0],
    });
    expect(weighted.coefficients[0]).toBeCloseTo(repeated.coefficients[0] ?? 0, 8);
    expect(weighted.intercept).toBeCloseTo(repeated.intercept, 8);
  });

  it("refuses one class, uneven rows and values that are not finite", () => {
    expect(() => logisticRegression([[1], [2]], [true, true])).toThrow(InsufficientDataError);
    expect(() => logisticRegression([[1], [2]], [true, false], { weights: [1, 0] })).toThrow(
      InsufficientDataError,
    );
    expect(() => balancedWeights([true])).toThrow(InsufficientDataError);
    expect(() => logisticRegression([[1], [2, 3]], [true, false])).toThrow(RangeError);
    expect(() => logisticRegression([[1], [Number.NaN]], [true, false])).toThrow(RangeError);
    expect(() => logisticRegression([[1]], [true, false])).toThrow(RangeError);
    expect(() => logisticRegression([[1], [2]], [true, false], { ridge: 0 })).toThrow(RangeError);
  });
});
