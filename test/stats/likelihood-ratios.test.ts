import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { cllr } from "../../src/stats/cllr.ts";
import { cllrMin } from "../../src/stats/cllr-min.ts";
import { elubBounds } from "../../src/stats/elub-bounds.ts";
import { nSourceBound } from "../../src/stats/n-source-bound.ts";
import { normalQuantile } from "../../src/stats/normal-quantile.ts";
import { pavLikelihoodRatios } from "../../src/stats/pav-likelihood-ratios.ts";
import { poolAdjacentViolators } from "../../src/stats/pool-adjacent-violators.ts";
import { tippett } from "../../src/stats/tippett.ts";
import { readFixture } from "./read-fixture.ts";

interface Reference {
  readonly cases: {
    readonly whenTrue: number[];
    readonly whenFalse: number[];
    readonly cllr: number;
    readonly cllrMin: number;
    readonly elub: [number, number];
    readonly pavOneMisleading: number[];
  }[];
  readonly isotonic: { readonly values: number[]; readonly weights: number[]; readonly fitted: number[] };
}

const reference = readFixture<Reference>("likelihood-ratios");

/** Log10 LRs that are exactly right for two unit normals `separation` apart. */
function trueRatios(count: number, separation: number, isTrue: boolean, random: () => number): number[] {
  return Array.from({ length: count }, () => {
    const draw = normalQuantile(random()) + (isTrue ? separation : 0);
    return (separation * (draw - separation / 2)) / Math.LN10;
  });
}

describe("likelihood ratios", () => {
  it("agrees with the definitions of lir", () => {
    for (const { whenTrue, whenFalse, ...expected } of reference.cases) {
      Object.freeze(whenTrue);
      Object.freeze(whenFalse);
      expect(cllr(whenTrue, whenFalse)).toBeCloseTo(expected.cllr, 10);
      expect(cllrMin(whenTrue, whenFalse)).toBeCloseTo(expected.cllrMin, 10);
      const bounds = elubBounds(whenTrue, whenFalse);
      expect(bounds[0]).toBeCloseTo(expected.elub[0], 10);
      expect(bounds[1]).toBeCloseTo(expected.elub[1], 10);
      const mapping = new Map(pavLikelihoodRatios(whenTrue, whenFalse, 1));
      [...whenTrue, ...whenFalse].forEach((score, index) => {
        expect(mapping.get(score)).toBeCloseTo(expected.pavOneMisleading[index] ?? Number.NaN, 8);
      });
    }
  });

  it("agrees with scikit-learn's isotonic regression", () => {
    const { values, weights, fitted } = reference.isotonic;
    const got = poolAdjacentViolators(Object.freeze(values), Object.freeze(weights));
    for (const [index, value] of fitted.entries()) expect(got[index]).toBeCloseTo(value, 10);
  });

  it("pools to a non-decreasing, mean-preserving and idempotent fit", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 40 }), (values) => {
        const fitted = poolAdjacentViolators(values);
        const sum = (numbers: number[]) => numbers.reduce((total, value) => total + value, 0);
        expect(sum(fitted)).toBeCloseTo(sum(values), 8);
        fitted.forEach((value, index) => {
          if (index > 0) expect(value).toBeGreaterThanOrEqual(fitted[index - 1] ?? Number.NaN);
        });
        const again = poolAdjacentViolators(fitted);
        for (const [index, value] of again.entries())
          expect(value).toBeCloseTo(fitted[index] ?? Number.NaN, 9);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("is 1 for LRs that say nothing, near 1 for noise, low for a strong system, above 1 for a reversed one", () => {
    expect(cllr([0, 0, 0], [0])).toBe(1);
    const random = seededRandom(9);
    const strong = [trueRatios(60, 3, true, random), trueRatios(500, 3, false, random)] as const;
    expect(cllr(...strong)).toBeLessThan(0.35);
    expect(cllrMin(...strong)).toBeLessThanOrEqual(cllr(...strong));
    expect(cllr(strong[1], strong[0])).toBeGreaterThan(1);
    // Recalibration of pure noise overfits a little below 1.
    const noise = [trueRatios(400, 0, true, random), trueRatios(900, 0, false, random)].map((values) =>
      values.map(() => random()),
    );
    const minimal = cllrMin(noise[0] ?? [], noise[1] ?? []);
    expect(minimal).toBeGreaterThan(0.95);
    expect(minimal).toBeLessThan(1);
  });

  it("bounds a system by its size and lets a better one say more", () => {
    const random = seededRandom(21);
    const weak = elubBounds(trueRatios(200, 1, true, random), trueRatios(200, 1, false, random));
    const strong = elubBounds(trueRatios(200, 4, true, random), trueRatios(200, 4, false, random));
    expect(strong[1]).toBeGreaterThan(weak[1]);
    expect(strong[1]).toBeLessThanOrEqual(Math.log10(201) + 0.01);
    expect(strong[0]).toBeGreaterThanOrEqual(-Math.log10(201) - 0.01);
    // Values of noise claim nothing: reversed LRs have no useful range at all.
    const reversed = elubBounds(trueRatios(200, 2, false, random), trueRatios(200, 2, true, random));
    expect(reversed).toEqual([0, 0]);
  });

  it("bounds LRs that lie on the grid of thresholds alike, however they were rounded", () => {
    const random = seededRandom(22);
    const onGrid = (count: number, shift: number) =>
      Array.from({ length: count }, () => Math.round(100 * (2 * random() - 1 + shift)) / 100);
    for (let trial = 0; trial < 100; trial++) {
      const [ones, zeros] = [onGrid(12, 0.5), onGrid(15, -0.5)];
      const bounds = elubBounds(ones, zeros);
      for (const rounding of [1e-15, -1e-15]) {
        const moved = [ones, zeros].map((values) => values.map((value) => value + rounding));
        const again = elubBounds(moved[0] ?? [], moved[1] ?? []);
        expect(again[0]).toBeCloseTo(bounds[0], 9);
        expect(again[1]).toBeCloseTo(bounds[1], 9);
      }
    }
  });

  it("takes infinite LRs, constants and single cases", () => {
    expect(cllr([Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY])).toBe(0);
    expect(cllr([Number.NEGATIVE_INFINITY], [0])).toBe(Number.POSITIVE_INFINITY);
    expect(cllrMin([1, 1], [1, 1, 1])).toBeCloseTo(1, 12);
    expect(cllrMin([5, 6], [1, 2])).toBe(0);
    expect(pavLikelihoodRatios([5], [1])).toEqual([
      [1, Number.NEGATIVE_INFINITY],
      [5, Number.POSITIVE_INFINITY],
    ]);
    expect(elubBounds([Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY])[1]).toBeLessThanOrEqual(
      Math.log10(2) + 0.01,
    );
    const curves = tippett([2, -1, 2, 0], [-3, -3, 1]);
    expect(curves.whenTrue.points).toEqual([
      [-1, 1],
      [0, 0.75],
      [2, 0.5],
    ]);
    expect(curves.whenTrue.misleading).toBe(0.25);
    expect(curves.whenFalse.misleading).toBeCloseTo(1 / 3, 12);
    expect(nSourceBound(12, 40)).toBeCloseTo(Math.log10(13), 12);
    expect(nSourceBound(0, 40)).toBe(0);
  });

  it("refuses a missing hypothesis and NaN", () => {
    for (const statistic of [cllr, cllrMin, elubBounds, tippett, pavLikelihoodRatios]) {
      expect(() => statistic([], [1])).toThrow(InsufficientDataError);
      expect(() => statistic([1], [])).toThrow(InsufficientDataError);
      expect(() => statistic([Number.NaN], [1])).toThrow(RangeError);
    }
    expect(() => poolAdjacentViolators([])).toThrow(InsufficientDataError);
    expect(() => poolAdjacentViolators([1, 2], [1])).toThrow(RangeError);
    expect(() => nSourceBound(1.5, 2)).toThrow(RangeError);
  });
});
