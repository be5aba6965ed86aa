import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { fisherExact } from "../../src/stats/fisher-exact.ts";
import { stratifiedFisherExact } from "../../src/stats/stratified-fisher-exact.ts";
import { readFixture } from "./read-fixture.ts";

const reference = readFixture<{
  cases: { strata: [number, number, number, number][]; pValue: number }[];
}>("stratified-fisher");

const table = (a: number, b: number, c: number, d: number) =>
  Object.freeze({ first: Object.freeze([a, b] as const), second: Object.freeze([c, d] as const) });

describe("exact test of 2 x 2 tables in strata", () => {
  it("agrees with R's mantelhaen.test to 1e-9 relative, far out too", () => {
    for (const { strata, pValue } of reference.cases) {
      const result = stratifiedFisherExact(Object.freeze(strata.map((row) => table(...row))));
      expect(Math.abs(result.pValue / pValue - 1)).toBeLessThan(1e-9);
      expect(result.strata).toBe(strata.length);
    }
  });

  it("is Fisher's exact test with one stratum", () => {
    expect(stratifiedFisherExact([table(7, 3, 4, 18)]).pValue).toBeCloseTo(
      fisherExact([7, 3], [4, 18], "greater").pValue,
      14,
    );
  });

  it("holds its level at unequal sizes and rates that differ between strata, and has power", () => {
    const random = seededRandom(11);
    const hits = (trials: number, rate: number) =>
      Array.from({ length: trials }, () => random() < rate).filter(Boolean).length;
    const rejected = (more: number) => {
      const trials = 1000;
      let count = 0;
      for (let trial = 0; trial < trials; trial++) {
        const strata = [0.05, 0.3, 0.8].map((rate, i) => {
          const a = hits(6, Math.min(1, rate + more));
          const b = hits(30 + 10 * i, rate);
          return table(a, 6 - a, b, 30 + 10 * i - b);
        });
        if (stratifiedFisherExact(strata).pValue <= 0.05) count++;
      }
      return count / trials;
    };
    expect(rejected(0)).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 1000));
    expect(rejected(0.35)).toBeGreaterThan(0.8);
  });

  it("is 1 where nobody hits, leaves out empty strata and refuses only such", () => {
    expect(stratifiedFisherExact([table(0, 4, 0, 9)]).pValue).toBe(1);
    expect(stratifiedFisherExact([table(3, 0, 9, 0)]).pValue).toBe(1);
    const one = stratifiedFisherExact([table(3, 1, 1, 9)]);
    expect(stratifiedFisherExact([table(3, 1, 1, 9), table(0, 0, 2, 2)])).toEqual(one);
    expect(() => stratifiedFisherExact([table(0, 0, 2, 2)])).toThrow(InsufficientDataError);
    expect(() => stratifiedFisherExact([table(0.5, 0, 2, 2)])).toThrow(RangeError);
  });
});
