import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { chiSquaredUpperTail } from "../../src/stats/chi-squared-upper-tail.ts";
import { fayHerriot } from "../../src/stats/fay-herriot.ts";
import { normalQuantile } from "../../src/stats/normal-quantile.ts";
import { readFixture } from "./read-fixture.ts";

interface Problem {
  readonly estimates: number[];
  readonly variances: number[];
  readonly covariates: number[][];
  readonly variance: number;
  readonly coefficients: number[];
  readonly predictions: number[];
  readonly standardErrors: number[];
  readonly statistic: number;
}

const { problems } = readFixture<{ problems: Problem[] }>("fay-herriot");
const normal = (random: Random) => normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random())));

/** True values around 2 + x with a spread, seen through noise of unequal size. */
function simulated(random: Random, n: number, spread: number) {
  const covariates = Array.from({ length: n }, () => [normal(random)]);
  const variances = Array.from({ length: n }, (_, i) => 0.2 + (i % 5));
  const truth = covariates.map(([x = 0]) => 2 + x + spread * normal(random));
  const estimates = truth.map((value, i) => value + Math.sqrt(variances[i] as number) * normal(random));
  return { covariates, variances, truth, estimates };
}

describe("Fay-Herriot", () => {
  it("agrees with NumPy and SciPy", () => {
    expect(problems.some(({ variance }) => variance === 0)).toBe(true);
    for (const problem of problems) {
      const result = fayHerriot(problem.estimates, problem.variances, problem.covariates);
      expect(result.variance).toBeCloseTo(problem.variance, 9);
      expect(result.heterogeneity.statistic).toBeCloseTo(problem.statistic, 8);
      for (const [got, expected] of [
        [result.coefficients, problem.coefficients],
        [result.predictions, problem.predictions],
        [result.standardErrors, problem.standardErrors],
      ] as const)
        expected.forEach((value, i) => {
          expect(got[i]).toBeCloseTo(value, 8);
        });
    }
  });

  it("finds heterogeneity where there is none as often as it says", () => {
    const random = seededRandom(3);
    let rejected = 0;
    for (let round = 0; round < 400; round++) {
      const { estimates, variances, covariates } = simulated(random, 23, 0);
      const { statistic, degreesOfFreedom } = fayHerriot(estimates, variances, covariates).heterogeneity;
      if (chiSquaredUpperTail(statistic, degreesOfFreedom) < 0.05) rejected++;
    }
    expect(rejected / 400).toBeGreaterThan(0.025);
    expect(rejected / 400).toBeLessThan(0.08);
  });

  it("comes nearer to the truth than the estimates do, and its errors say about how near", () => {
    const random = seededRandom(4);
    let raw = 0;
    let shrunk = 0;
    let within = 0;
    for (let round = 0; round < 100; round++) {
      const { estimates, variances, covariates, truth } = simulated(random, 40, 0.7);
      const { predictions, standardErrors } = fayHerriot(estimates, variances, covariates);
      truth.forEach((value, i) => {
        raw += ((estimates[i] as number) - value) ** 2;
        shrunk += ((predictions[i] as number) - value) ** 2;
        if (Math.abs((predictions[i] as number) - value) < 1.96 * (standardErrors[i] as number)) within++;
      });
    }
    expect(shrunk).toBeLessThan(0.5 * raw);
    expect(within / 4000).toBeGreaterThan(0.85);
    expect(within / 4000).toBeLessThan(0.98);
  });

  it("takes equal values, a constant covariate and no covariate, and changes nothing", () => {
    const equal = fayHerriot([2, 2, 2, 2], [1, 1, 1, 1], [[5], [5], [5], [5]]);
    for (const value of equal.predictions) expect(value).toBeCloseTo(2, 10);
    expect(equal.variance).toBe(0);
    const given = [1, 4, 2];
    expect(fayHerriot(given, [1, 1, 1], [[], [], []]).coefficients[0]).toBeCloseTo(7 / 3, 10);
    expect(given).toEqual([1, 4, 2]);
  });

  it("refuses too few estimates and variances that are none", () => {
    expect(() => fayHerriot([1, 2], [1, 1], [[1], [2]])).toThrow(InsufficientDataError);
    expect(() => fayHerriot([1, 2, 3], [1, 0, 1], [[], [], []])).toThrow(RangeError);
    expect(() => fayHerriot([1, Number.NaN, 3], [1, 1, 1], [[], [], []])).toThrow(RangeError);
  });
});
