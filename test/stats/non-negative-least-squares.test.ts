import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { nonNegativeLeastSquares } from "../../src/stats/non-negative-least-squares.ts";
import { positiveSemidefinitePart } from "../../src/stats/positive-semidefinite-part.ts";
import { readFixture } from "./read-fixture.ts";

interface Problem {
  readonly gram: number[][];
  readonly products: number[];
  readonly squaredNorm: number;
  readonly weights: number[];
  readonly squaredResidual: number;
}

const fixture = readFixture<{
  problems: Problem[];
  indefinite: { matrix: number[][]; part: number[][] }[];
}>("non-negative-least-squares");

const dot = (x: readonly number[], y: readonly number[]) =>
  x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
const times = (matrix: readonly (readonly number[])[], x: readonly number[]) =>
  matrix.map((row) => dot(row, x));

describe("non-negative least squares", () => {
  it("agrees with SciPy, whatever it starts from", () => {
    for (const { gram, products, squaredNorm, weights, squaredResidual } of fixture.problems) {
      const all = products.map((_, index) => index);
      for (const start of [[], all, all.filter((index) => index % 2 === 0), [-1, 999]]) {
        const found = nonNegativeLeastSquares(gram, products, start);
        found.forEach((weight, index) => {
          expect(weight).toBeCloseTo(weights[index] ?? Number.NaN, 10);
          if (weights[index] === 0) expect(weight).toBe(0);
        });
        // At the optimum w'Gw = w'h, so the squared residual is y'y - w'h.
        expect(squaredNorm - dot(found, products)).toBeCloseTo(squaredResidual, 8);
      }
    }
  });

  it("meets the conditions of an optimum on any positive definite problem", () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    const problem = fc
      .integer({ min: 1, max: 7 })
      .chain((k) =>
        fc.tuple(
          fc.array(fc.array(number, { minLength: k, maxLength: k }), { minLength: k, maxLength: k }),
          fc.array(number, { minLength: k, maxLength: k }),
        ),
      );
    fc.assert(
      fc.property(problem, ([factor, products]) => {
        const gram = factor.map((row, i) => factor.map((other, j) => dot(row, other) + (i === j ? 0.1 : 0)));
        const weights = nonNegativeLeastSquares(gram, products);
        const gradient = times(gram, weights).map((value, i) => value - (products[i] ?? 0));
        weights.forEach((weight, i) => {
          expect(weight).toBeGreaterThanOrEqual(0);
          if (weight > 0) expect(Math.abs(gradient[i] ?? 1)).toBeLessThan(1e-8);
          else expect(gradient[i]).toBeGreaterThan(-1e-8);
        });
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it("says 0 where nothing has a positive share, and nothing for nothing", () => {
    expect(
      nonNegativeLeastSquares(
        [
          [2, 0],
          [0, 3],
        ],
        [-1, 0],
      ),
    ).toEqual([0, 0]);
    expect(nonNegativeLeastSquares([[2]], [3], [0])[0]).toBeCloseTo(1.5, 12);
    expect(nonNegativeLeastSquares([], [])).toEqual([]);
  });

  it("refuses copies, sizes that do not fit and what is no number; changes no input", () => {
    expect(() =>
      nonNegativeLeastSquares(
        [
          [1, 1],
          [1, 1],
        ],
        [1, 1],
        [0, 1],
      ),
    ).toThrow(InsufficientDataError);
    expect(() => nonNegativeLeastSquares([[1, 0]], [1])).toThrow(RangeError);
    expect(() => nonNegativeLeastSquares([[1]], [Number.NaN])).toThrow(RangeError);
    expect(() => nonNegativeLeastSquares([[Number.POSITIVE_INFINITY]], [1])).toThrow(RangeError);
    const gram = Object.freeze([Object.freeze([2, 1]), Object.freeze([1, 2])]);
    const found = nonNegativeLeastSquares(gram, Object.freeze([3, 0]), Object.freeze([0]));
    expect(found).toEqual([expect.closeTo(1.5, 12), 0]);
  });
});

describe("positive semi-definite part", () => {
  it("agrees with numpy's eigenvalues", () => {
    for (const { matrix, part } of fixture.indefinite)
      positiveSemidefinitePart(matrix).forEach((row, i) => {
        row.forEach((value, j) => {
          expect(value).toBeCloseTo(part[i]?.[j] ?? Number.NaN, 10);
        });
      });
  });

  it("leaves a positive definite matrix as it is, as a copy, and a part as it is", () => {
    const gram = fixture.problems[2]?.gram ?? [];
    const part = positiveSemidefinitePart(gram);
    expect(part).toEqual(gram);
    expect(part[0]).not.toBe(gram[0]);
    const once = positiveSemidefinitePart([
      [0, 1],
      [1, 0],
    ]);
    expect(once.flat()).toEqual([0.5, 0.5, 0.5, 0.5].map((value) => expect.closeTo(value, 12)));
    expect(positiveSemidefinitePart(once).flat()).toEqual(
      once.flat().map((value) => expect.closeTo(value, 12)),
    );
    expect(positiveSemidefinitePart([])).toEqual([]);
  });

  it("refuses what is not square, symmetric or a number", () => {
    for (const bad of [
      [[1, 0]],
      [
        [1, 2],
        [0, 1],
      ],
      [[Number.NaN]],
    ])
      expect(() => positiveSemidefinitePart(bad)).toThrow(RangeError);
  });
});
