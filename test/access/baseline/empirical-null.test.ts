import { describe, expect, it } from "vitest";
import {
  centralShare,
  fitEmpiricalNull,
  likeliestShape,
  nullUpperTail,
} from "../../../src/access/baseline/empirical-null.ts";
import { fitSkewedT } from "../../../src/access/baseline/fit-skewed-t.ts";
import { skewedTUpperTail } from "../../../src/access/baseline/skewed-t.ts";
import { benjaminiHochberg } from "../../../src/stats/benjamini-hochberg.ts";
import { readFixture } from "../../stats/read-fixture.ts";
import { draws } from "./draws.ts";

interface Shape {
  readonly centre: number;
  readonly spread: number;
  readonly skew: number;
  readonly degreesOfFreedom: number;
}
const reference = readFixture<{
  tails: (Shape & { x: number; tail: number })[];
  fits: (Shape & { name: string; values: number[] })[];
}>("access-baseline");

const pValues = (values: Float64Array) => {
  const fitted = fitEmpiricalNull(values, centralShare);
  return Array.from(values, (value) => nullUpperTail(fitted, value));
};

describe("skewed t", () => {
  it("agrees with SciPy near and far", () => {
    for (const { x, tail, ...shape } of reference.tails) {
      const found = skewedTUpperTail(shape, x);
      if (tail === 0) expect(found).toBe(0);
      else expect(found / tail).toBeCloseTo(1, 6);
    }
  });

  it("is fitted as by truncated maximum likelihood, but for the bins", () => {
    for (const { name, values, centre, spread, skew, degreesOfFreedom } of reference.fits) {
      const found = fitSkewedT(Float64Array.from(values).sort(), centralShare).find(
        (shape) => shape.skew === skew && shape.degreesOfFreedom === degreesOfFreedom,
      );
      expect(found, name).toBeDefined();
      expect(Math.abs((found?.centre ?? 9) - centre)).toBeLessThan(0.05 * spread);
      expect((found?.spread ?? 0) / spread).toBeCloseTo(1, 1);
    }
  });
});

describe("empirical null", () => {
  it("keeps the false discovery rate on shapes it does not know", { timeout: 30_000 }, () => {
    const from = draws(3);
    for (const shape of ["normal", "t3", "twoKinds", "fewCounts", "manyZeros"] as const)
      for (const [n, contaminated] of [
        [150, 0],
        [150, 0.04],
        [1000, 0],
        [1000, 0.04],
      ] as const) {
        let proportions = 0;
        const repeats = 15;
        for (let repeat = 0; repeat < repeats; repeat++) {
          const odd = Math.round(contaminated * n);
          const values = Float64Array.from({ length: n }, (_, index) =>
            index < odd ? 8 + 8 * from.random() : from[shape](),
          );
          const found = benjaminiHochberg(pValues(values)).flatMap((q, index) => (q <= 0.05 ? [index] : []));
          proportions += found.filter((index) => index >= odd).length / Math.max(1, found.length);
        }
        expect(proportions / repeats, `${shape}, n = ${n}, ${contaminated}`).toBeLessThan(0.12);
      }
  });

  it("finds a few accounts far from a thousand others", () => {
    const from = draws(5);
    const values = Float64Array.from({ length: 1000 }, (_, index) =>
      index < 30 ? 12 + from.normal() : from.normal(),
    );
    const q = benjaminiHochberg(pValues(values));
    expect(q.slice(0, 30).filter((value) => value <= 0.05)).toHaveLength(30);
  });

  it("finds what ranks among the accounts cannot", () => {
    const from = draws(6);
    const values = Float64Array.from({ length: 400 }, (_, index) => (index < 2 ? 40 : from.normal()));
    const ranks = Array.from(values, (value) => values.filter((other) => other >= value).length / 400);
    expect(Math.min(...benjaminiHochberg(ranks))).toBeGreaterThan(0.9);
    expect(benjaminiHochberg(pValues(values))[0]).toBeLessThan(0.05);
  });

  it("does not rest on the order, never falls for a higher value, and leaves its input alone", () => {
    const from = draws(7);
    for (const shape of ["normal", "fewCounts", "manyZeros"] as const) {
      const values = Float64Array.from({ length: 500 }, from[shape]);
      const before = [...values];
      const fitted = fitEmpiricalNull(values, centralShare);
      expect([...values]).toEqual(before);
      expect(fitEmpiricalNull(values.toReversed(), centralShare)).toEqual(fitted);
      let last = 1;
      for (let x = -5; x < 60; x += 0.05) {
        const tail = nullUpperTail(fitted, x);
        expect(tail).toBeLessThanOrEqual(last + 1e-12);
        expect(tail).toBeGreaterThan(0);
        last = tail;
      }
    }
  });

  it("says nothing where there is nothing to say", () => {
    const equal = fitEmpiricalNull(new Float64Array(300).fill(0.4), centralShare);
    expect(likeliestShape(equal)).toBeNull();
    expect(nullUpperTail(equal, 0.4)).toBe(1);
    expect(nullUpperTail(equal, 0.9)).toBeCloseTo(1 / 301, 12);
    const one = fitEmpiricalNull(Float64Array.of(3), centralShare);
    expect(nullUpperTail(one, 3)).toBe(1);
    // Ten that differ from 290 equal ones have no shape: none of them can be rejected.
    const few = Float64Array.from({ length: 300 }, (_, index) => (index < 10 ? index + 1 : 0));
    expect(Math.min(...benjaminiHochberg(pValues(few)))).toBeGreaterThan(0.9);
  });
});
