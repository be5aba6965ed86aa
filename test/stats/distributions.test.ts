import { describe, expect, it } from "vitest";
import { binomialUpperTail } from "../../src/stats/binomial-upper-tail.ts";
import { chiSquaredUpperTail } from "../../src/stats/chi-squared-upper-tail.ts";
import { normalQuantile } from "../../src/stats/normal-quantile.ts";
import { normalUpperTail } from "../../src/stats/normal-upper-tail.ts";
import { betaUpperTail, regularizedIncompleteBeta } from "../../src/stats/regularized-incomplete-beta.ts";
import { regularizedUpperGamma } from "../../src/stats/regularized-upper-gamma.ts";
import { studentTQuantile } from "../../src/stats/student-t-quantile.ts";
import { studentTUpperTail } from "../../src/stats/student-t-upper-tail.ts";
import { readFixture } from "./read-fixture.ts";

interface Row {
  readonly function: string;
  readonly arguments: readonly number[];
  readonly value: number;
}

const reference = readFixture<{ rows: Row[] }>("distributions");

const functions: Record<string, (...parameters: number[]) => number> = {
  binomialUpperTail: (hits = 0, trials = 0, p = 0) => binomialUpperTail(hits, trials, p),
  chiSquaredUpperTail: (x = 0, df = 0) => chiSquaredUpperTail(x, df),
  normalQuantile: (p = 0) => normalQuantile(p),
  normalUpperTail: (z = 0) => normalUpperTail(z),
  betaUpperTail: (x = 0, a = 0, b = 0) => betaUpperTail(x, a, b),
  regularizedIncompleteBeta: (x = 0, a = 0, b = 0) => regularizedIncompleteBeta(x, a, b),
  studentTQuantile: (p = 0, df = 0) => studentTQuantile(p, df),
  studentTUpperTail: (t = 0, df = 0) => studentTUpperTail(t, df),
};

describe("distributions against R", () => {
  for (const name of Object.keys(functions)) {
    it(`${name} is right to 1e-10 relative, far out too`, () => {
      const rows = reference.rows.filter((row) => row.function === name);
      expect(rows.length).toBeGreaterThan(5);
      for (const row of rows) {
        const got = functions[name]?.(...row.arguments) ?? Number.NaN;
        const error = row.value === 0 ? Math.abs(got) : Math.abs(got / row.value - 1);
        expect(error, `${name}(${row.arguments.join(", ")}) = ${got}, R has ${row.value}`).toBeLessThan(
          1e-10,
        );
      }
    });
  }

  it("sums the binomial tail term by term to the same number at p = 1e-15", () => {
    // Direct sum of C(30, k) (1/16)^k (15/16)^(30 - k), all terms positive.
    let term = (1 / 16) ** 15 * (15 / 16) ** 15 * 155117520;
    let sum = 0;
    for (let k = 15; k <= 30; k++) {
      sum += term;
      term *= (30 - k) / (k + 1) / 15;
    }
    expect(sum).toBeLessThan(1e-10);
    expect(Math.abs(binomialUpperTail(15, 30, 1 / 16) / sum - 1)).toBeLessThan(1e-12);
  });

  it("inverts its own tails", () => {
    for (const p of [1e-12, 0.01, 0.2, 0.5, 0.77, 0.999]) {
      expect(1 - normalUpperTail(normalQuantile(p))).toBeCloseTo(p, 12);
      for (const df of [0.8, 4, 33])
        expect(1 - studentTUpperTail(studentTQuantile(p, df), df)).toBeCloseTo(p, 12);
    }
  });

  it("answers at the ends of its ranges", () => {
    expect(studentTUpperTail(Number.POSITIVE_INFINITY, 3)).toBe(0);
    expect(studentTUpperTail(Number.NEGATIVE_INFINITY, 3)).toBe(1);
    expect(studentTQuantile(0.5, 3)).toBe(0);
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(binomialUpperTail(0, 0, 0.5)).toBe(1);
    expect(binomialUpperTail(3, 5, 0)).toBe(0);
    expect(binomialUpperTail(5, 5, 1)).toBe(1);
    expect(regularizedUpperGamma(2, 0)).toBe(1);
    expect(regularizedUpperGamma(2, Number.POSITIVE_INFINITY)).toBe(0);
    expect(betaUpperTail(0, 2, 3)).toBe(1);
    expect(betaUpperTail(1, 2, 3)).toBe(0);
  });

  it("refuses arguments out of range", () => {
    expect(() => binomialUpperTail(6, 5, 0.5)).toThrow(/hits/);
    expect(() => binomialUpperTail(1, 2.5, 0.5)).toThrow(/trials/);
    expect(() => binomialUpperTail(1, 2, 1.5)).toThrow(/p must/);
    expect(() => studentTUpperTail(1, 0)).toThrow(/degreesOfFreedom/);
    expect(() => studentTUpperTail(Number.NaN, 5)).toThrow(RangeError);
    expect(() => studentTQuantile(0, 5)).toThrow(RangeError);
    expect(() => normalQuantile(1.1)).toThrow(RangeError);
    expect(() => chiSquaredUpperTail(-1, 2)).toThrow(RangeError);
  });
});
