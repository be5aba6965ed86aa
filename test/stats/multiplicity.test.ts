import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { benjaminiHochberg } from "../../src/stats/benjamini-hochberg.ts";
import { holm } from "../../src/stats/holm.ts";
import { logSumExp } from "../../src/stats/log-sum-exp.ts";
import { partialConjunction } from "../../src/stats/partial-conjunction.ts";
import { readFixture } from "./read-fixture.ts";

interface Reference {
  readonly adjusted: { pValues: number[]; holm: number[]; benjaminiHochberg: number[] }[];
  readonly conjunction: { pValues: number[]; atLeast: number; bonferroni: number; simes: number }[];
}

const reference = readFixture<Reference>("counts");
const margin = (rate: number, trials: number) => 4 * Math.sqrt((rate * (1 - rate)) / trials);

describe("corrections for multiplicity", () => {
  it("agree with R, ties included", () => {
    for (const { pValues, ...expected } of reference.adjusted) {
      Object.freeze(pValues);
      for (const [correct, values] of [
        [holm, expected.holm],
        [benjaminiHochberg, expected.benjaminiHochberg],
      ] as const)
        for (const [index, value] of correct(pValues).entries())
          expect(value).toBeCloseTo(values[index] ?? Number.NaN, 12);
    }
    for (const { pValues, atLeast, bonferroni, simes } of reference.conjunction) {
      Object.freeze(pValues);
      expect(partialConjunction(pValues, atLeast)).toBeCloseTo(bonferroni, 12);
      expect(partialConjunction(pValues, atLeast, "simes")).toBeCloseTo(simes, 12);
    }
  });

  it("keep their error rates under the null and find what is there", () => {
    const random = seededRandom(12);
    const trials = 2000;
    const errors = { holm: 0, benjaminiHochberg: 0, conjunction: 0, found: 0 };
    for (let trial = 0; trial < trials; trial++) {
      const nulls = Array.from({ length: 6 }, () => random());
      if (Math.min(...holm(nulls)) <= 0.05) errors.holm++;
      if (Math.min(...benjaminiHochberg(nulls)) <= 0.05) errors.benjaminiHochberg++;
      // 17 of 20 false, the claim is 18: just short of true, so it must err in at most 5 % of trials.
      const short = [...new Array<number>(17).fill(1e-9), random(), random(), random()];
      if (partialConjunction(short, 18) <= 0.05) errors.conjunction++;
      const enough = [...new Array<number>(19).fill(0).map(() => random() * 1e-3), random()];
      if (partialConjunction(enough, 19) <= 0.05) errors.found++;
    }
    for (const count of [errors.holm, errors.benjaminiHochberg, errors.conjunction])
      expect(count / trials).toBeLessThan(0.05 + margin(0.05, trials));
    // 1 - (1 - 0.05 / 6)^6 for Holm; Bonferroni within the conjunction is as sharp.
    expect(errors.holm / trials).toBeGreaterThan(0.049 - margin(0.05, trials));
    expect(errors.conjunction / trials).toBeGreaterThan(0.049 - margin(0.05, trials));
    expect(errors.found / trials).toBe(1);
  });

  it("take constants and single values, and refuse none", () => {
    expect(holm([0.2])).toEqual([0.2]);
    expect(holm([1, 1])).toEqual([1, 1]);
    expect(benjaminiHochberg([0, 0, 1])).toEqual([0, 0, 1]);
    expect(partialConjunction([0.3, 0.1, 0.2], 3)).toBe(0.3);
    for (const correct of [holm, benjaminiHochberg, (p: number[]) => partialConjunction(p, 1)]) {
      expect(() => correct([])).toThrow(InsufficientDataError);
      expect(() => correct([1.2])).toThrow(RangeError);
    }
    expect(() => partialConjunction([0.1], 2)).toThrow(RangeError);
    expect(() => partialConjunction([0.1], 0)).toThrow(RangeError);
  });
});

describe("logSumExp", () => {
  it("neither overflows nor loses small terms", () => {
    expect(logSumExp(Object.freeze([1000, 1000]))).toBeCloseTo(1000 + Math.LN2, 12);
    expect(logSumExp([-1000, -1000, -1000])).toBeCloseTo(-1000 + Math.log(3), 12);
    expect(logSumExp([0, -40])).toBeCloseTo(Math.log1p(Math.exp(-40)), 15);
    expect(logSumExp([])).toBe(Number.NEGATIVE_INFINITY);
    expect(logSumExp([Number.NEGATIVE_INFINITY, 2])).toBe(2);
    expect(logSumExp([Number.POSITIVE_INFINITY, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(() => logSumExp([0, Number.NaN])).toThrow(RangeError);
  });
});
