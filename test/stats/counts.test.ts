import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { clopperPearson } from "../../src/stats/clopper-pearson.ts";
import { type Alternative, fisherExact } from "../../src/stats/fisher-exact.ts";
import { gTest } from "../../src/stats/g-test.ts";
import { type OutcomeStratum, rateHomogeneityTest } from "../../src/stats/rate-homogeneity-test.ts";
import { wilsonInterval } from "../../src/stats/wilson-interval.ts";
import { readFixture } from "./read-fixture.ts";

interface Reference {
  readonly fisher: { table: [number, number, number, number]; alternative: Alternative; pValue: number }[];
  readonly intervals: {
    hits: number;
    trials: number;
    level: number;
    wilson: [number, number];
    clopperPearson: [number, number];
  }[];
  readonly gTest: { table: number[][]; statistic: number; degreesOfFreedom: number; pValue: number }[];
  readonly strata: { strata: OutcomeStratum[]; statistic: number; exactP: number }[];
}

const reference = readFixture<Reference>("counts");
const margin = (rate: number, trials: number) => 4 * Math.sqrt((rate * (1 - rate)) / trials);
const hitsOf = (trials: number, rate: number, random: Random) => {
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) if (random() < rate) hits++;
  return hits;
};

describe("Fisher's exact test", () => {
  it("agrees with R to 1e-10 relative, one- and two-sided", () => {
    for (const { table, alternative, pValue } of reference.fisher) {
      const [a, b, c, d] = table;
      const result = fisherExact(Object.freeze([a, b] as const), Object.freeze([c, d] as const), alternative);
      expect(Math.abs(result.pValue / pValue - 1)).toBeLessThan(1e-10);
      expect(result.rates).toEqual([a / (a + b), c / (c + d)]);
    }
  });

  it("keeps its level at unequal n and finds a known difference", () => {
    const random = seededRandom(14);
    const trials = 1500;
    let falseAlarms = 0;
    let found = 0;
    for (let trial = 0; trial < trials; trial++) {
      const second = hitsOf(140, 0.3, random);
      for (const [rate, isNull] of [
        [0.3, true],
        [0.6, false],
      ] as const) {
        const first = hitsOf(35, rate, random);
        const { pValue } = fisherExact([first, 35 - first], [second, 140 - second], "greater");
        if (pValue <= 0.05) isNull ? falseAlarms++ : found++;
      }
    }
    expect(falseAlarms / trials).toBeLessThan(0.05 + margin(0.05, trials));
    expect(falseAlarms / trials).toBeGreaterThan(0.005);
    expect(found / trials).toBeGreaterThan(0.9);
  });

  it("says 1 for empty margins, never 0, and refuses empty rows", () => {
    expect(fisherExact([0, 3], [0, 9]).pValue).toBe(1);
    expect(fisherExact([3000, 0], [0, 3000]).pValue).toBeGreaterThan(0);
    expect(() => fisherExact([0, 0], [1, 2])).toThrow(InsufficientDataError);
    expect(() => fisherExact([1.5, 0], [1, 2])).toThrow(RangeError);
    expect(() => fisherExact([-1, 2], [1, 2])).toThrow(RangeError);
  });
});

describe("binomial intervals", () => {
  it("agree with R", () => {
    for (const { hits, trials, level, ...expected } of reference.intervals) {
      const wilson = wilsonInterval(hits, trials, level);
      const exact = clopperPearson(hits, trials, level);
      for (const side of [0, 1] as const) {
        expect(wilson[side]).toBeCloseTo(expected.wilson[side], 9);
        expect(exact[side]).toBeCloseTo(expected.clopperPearson[side], 9);
      }
    }
  });

  it("cover: the exact one never less than its level, Wilson's about it", () => {
    const random = seededRandom(15);
    const trials = 1000;
    for (const [n, rate] of [
      [12, 0.1],
      [60, 0.45],
    ] as const) {
      let exact = 0;
      let wilson = 0;
      for (let trial = 0; trial < trials; trial++) {
        const hits = hitsOf(n, rate, random);
        const within = ([low, high]: readonly [number, number]) => low <= rate && rate <= high;
        if (within(clopperPearson(hits, n, 0.9))) exact++;
        if (within(wilsonInterval(hits, n, 0.9))) wilson++;
      }
      expect(exact / trials).toBeGreaterThan(0.9 - margin(0.9, trials));
      expect(Math.abs(wilson / trials - 0.9)).toBeLessThan(0.05 + margin(0.9, trials));
    }
  });

  it("end at 0 and 1 and refuse no trials", () => {
    for (const interval of [wilsonInterval, clopperPearson]) {
      expect(interval(0, 8, 0.95)[0]).toBe(0);
      expect(interval(8, 8, 0.95)[1]).toBe(1);
      expect(() => interval(0, 0, 0.95)).toThrow(InsufficientDataError);
      expect(() => interval(3, 2, 0.95)).toThrow(RangeError);
      expect(() => interval(1, 2, 1)).toThrow(RangeError);
    }
  });
});

describe("G-test", () => {
  it("agrees with R, empty columns left out", () => {
    for (const { table, ...expected } of reference.gTest) {
      table.forEach(Object.freeze);
      const result = gTest(Object.freeze(table));
      expect(result.statistic).toBeCloseTo(expected.statistic, 10);
      expect(result.degreesOfFreedom).toBe(expected.degreesOfFreedom);
      expect(result.pValue).toBeCloseTo(expected.pValue, 12);
    }
  });

  it("keeps its level at unequal n and finds a known difference", () => {
    const random = seededRandom(16);
    const trials = 1500;
    const rejects = (rate: number) => {
      const first = hitsOf(80, rate, random);
      const second = hitsOf(300, 0.3, random);
      return (
        gTest([
          [first, 80 - first],
          [second, 300 - second],
        ]).pValue <= 0.05
      );
    };
    const rate = (chance: number) =>
      Array.from({ length: trials }, () => rejects(chance)).filter(Boolean).length / trials;
    // The chi-squared law is asymptotic: one point is allowed for it.
    expect(Math.abs(rate(0.3) - 0.05)).toBeLessThan(0.01 + margin(0.05, trials));
    expect(rate(0.5)).toBeGreaterThan(0.85);
  });

  it("says p = 1 for equal shares and refuses a single row", () => {
    expect(
      gTest([
        [2, 4],
        [3, 6],
      ]),
    ).toMatchObject({ statistic: 0, pValue: 1, leastExpected: 2 });
    expect(() => gTest([[2, 4]])).toThrow(InsufficientDataError);
    expect(() =>
      gTest([
        [2, 4],
        [0, 0],
      ]),
    ).toThrow(InsufficientDataError);
    expect(() =>
      gTest([
        [2, 0],
        [3, 0],
      ]),
    ).toThrow(InsufficientDataError);
    expect(() => gTest([[2, 0], [3]])).toThrow(RangeError);
  });
});

describe("rate homogeneity within probes", () => {
  it("agrees with R's Mantel-Haenszel statistic, and with its exact p-value", () => {
    for (const { strata, statistic, exactP } of reference.strata) {
      for (const { first, second } of strata) [first, second].forEach(Object.freeze);
      const result = rateHomogeneityTest(Object.freeze(strata), {
        permutations: 5000,
        random: seededRandom(17),
      });
      expect(result.statistic).toBeCloseTo(statistic, 8);
      // R sums tables by probability, this test by the statistic: nearly the same order.
      if (exactP > 0) expect(Math.abs(result.pValue - exactP)).toBeLessThan(0.02 + margin(exactP, 5000));
      expect(result.rateDifferences.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
    }
  });

  it("keeps its level where probes and numbers of answers differ, and finds a known difference", () => {
    const random = seededRandom(18);
    const draw = (n: number, refusal: number) => {
      const refused = hitsOf(n, refusal, random);
      const truncated = hitsOf(n - refused, 0.1, random);
      return [n - refused - truncated, refused, truncated];
    };
    const trials = 400;
    const rate = (shift: number) => {
      let rejected = 0;
      for (let trial = 0; trial < trials; trial++) {
        // The probes the first model is asked most are refused most, by both.
        const strata = [
          [12, 3, 0.7],
          [9, 2, 0.6],
          [2, 11, 0.05],
          [3, 14, 0.1],
          [4, 4, 0.3],
        ].map(([n1 = 0, n2 = 0, refusal = 0]) => ({
          first: draw(n1, Math.min(1, refusal + shift)),
          second: draw(n2, refusal),
        }));
        if (rateHomogeneityTest(strata, { permutations: 99, random }).pValue <= 0.05) rejected++;
      }
      return rejected / trials;
    };
    expect(Math.abs(rate(0) - 0.05)).toBeLessThan(margin(0.05, trials));
    expect(rate(0.5)).toBeGreaterThan(0.85);
  });

  it("counts relabellings that tie with the observed one on the other side, however they were rounded", () => {
    // At 7 probes the first model's one answer hits with probability 1/3, at 7 with 2/3: symmetric about 7 hits.
    const rare = (hit: boolean) =>
      hit ? { first: [1, 0], second: [0, 2] } : { first: [0, 1], second: [1, 1] };
    const common = (hit: boolean) =>
      hit ? { first: [1, 0], second: [1, 1] } : { first: [0, 1], second: [2, 0] };
    for (const [rareHits, commonHits] of [
      [1, 4],
      [3, 6],
    ] as const) {
      const strata = Array.from({ length: 7 }, (_, probe) => [
        rare(probe < rareHits),
        common(probe < commonHits),
      ]);
      const weight = (hits: number, rate: number) => {
        let ways = 1;
        for (let k = 0; k < hits; k++) ways *= (7 - k) / (k + 1);
        return ways * rate ** hits * (1 - rate) ** (7 - hits);
      };
      let exact = 0;
      for (let first = 0; first <= 7; first++)
        for (let second = 0; second <= 7; second++)
          if (Math.abs(first + second - 7) >= 2) exact += weight(first, 1 / 3) * weight(second, 2 / 3);
      const ordered = [...strata.map(([stratum]) => stratum), ...strata.map(([, stratum]) => stratum)];
      const { pValue } = rateHomogeneityTest(
        ordered.flatMap((stratum) => stratum ?? []),
        { permutations: 4000, random: seededRandom(20) },
      );
      expect(Math.abs(pValue - exact)).toBeLessThan(margin(exact, 4000));
    }
  });

  it("says p = 1 for one outcome only, and refuses what cannot be compared", () => {
    const random = seededRandom(19);
    const one = rateHomogeneityTest([{ first: [3, 0], second: [5, 0] }], { permutations: 20, random });
    expect(one).toMatchObject({ statistic: 0, pValue: 1, rateDifferences: [0, 0], strata: 1 });
    const apart = [1, 2, 3, 4].map(() => ({ first: [5, 0], second: [0, 5] }));
    const result = rateHomogeneityTest(apart, { permutations: 100, random });
    expect(result.pValue).toBe(1 / 101);
    expect(result.rateDifferences).toEqual([1, -1]);
    expect(() =>
      rateHomogeneityTest([{ first: [1, 0], second: [0, 0] }], { permutations: 9, random }),
    ).toThrow(InsufficientDataError);
    expect(() => rateHomogeneityTest([{ first: [1, 0], second: [1] }], { permutations: 9, random })).toThrow(
      RangeError,
    );
  });
});
