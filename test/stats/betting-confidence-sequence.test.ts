import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { createBettingConfidenceSequence } from "../../src/stats/betting-confidence-sequence.ts";
import { readFixture } from "./read-fixture.ts";

interface Case {
  readonly name: string;
  readonly level: number;
  readonly populationSize: number | null;
  readonly values: number[];
  readonly after: { readonly values: number; readonly interval: [number, number] | null }[];
}

const gridStep = 1e-4;

/** Intervals after every value. */
function path(values: readonly number[], level: number, populationSize: number | null) {
  const sequence = createBettingConfidenceSequence({ level, populationSize });
  return values.map((value) => {
    sequence.add(value);
    return sequence.interval();
  });
}

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function shuffled(values: readonly number[], random: Random): number[] {
  return values
    .map((value) => ({ value, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

describe("confidence sequence by betting", () => {
  it("agrees with an independent implementation on a grid of means", () => {
    for (const { name, level, populationSize, values, after } of readFixture<{ cases: Case[] }>(
      "confidence-sequence",
    ).cases) {
      const intervals = path(Object.freeze(values), level, populationSize);
      for (const { values: taken, interval } of after) {
        const where = `${name}, level ${level}, of ${populationSize}, after ${taken}`;
        const [low, high] = intervals[taken - 1] as readonly [number, number];
        const [expectedLow, expectedHigh] = interval as [number, number];
        expect(Math.abs(low - expectedLow), where).toBeLessThanOrEqual(gridStep + 1e-9);
        expect(Math.abs(high - expectedHigh), where).toBeLessThanOrEqual(gridStep + 1e-9);
      }
    }
  });

  it.each([
    ["uniform", (random: Random) => random()],
    ["rare ones", (random: Random) => (random() < 0.05 ? 1 : 0)],
    ["skewed low", (random: Random) => random() ** 6],
    ["skewed high", (random: Random) => 1 - random() ** 6],
  ])(
    "looked at after every value, holds the mean of %s at its level, with and without replacement",
    (_, draw) => {
      const random = seededRandom(3);
      const trials = 1_000;
      const length = 40;
      const truth = average(Array.from({ length: 40_000 }, () => draw(random)));
      let missed = 0;
      let missedOfPopulation = 0;
      for (let trial = 0; trial < trials; trial++) {
        const values = Array.from({ length }, () => draw(random));
        if (path(values, 0.9, null).some(([low, high]) => truth < low - 0.005 || truth > high + 0.005))
          missed++;
        // The population is fixed and only its order random: as probes of a suite are.
        const mean = average(values);
        const order = shuffled(values, random).slice(0, 30);
        if (path(order, 0.9, length).some(([low, high]) => mean < low - 1e-9 || mean > high + 1e-9))
          missedOfPopulation++;
      }
      // Ville's inequality allows 10 %; three standard errors for chance.
      const allowed = trials * 0.1 + 3 * Math.sqrt(trials * 0.1 * 0.9);
      expect(missed).toBeLessThan(allowed);
      expect(missedOfPopulation).toBeLessThan(allowed);
    },
  );

  it("is not so wide as to miss a known effect, and narrower where the variance is small or the population ends", () => {
    const random = seededRandom(4);
    const stops = Array.from({ length: 101 }, () => {
      const values = Array.from({ length: 30 }, () => 0.6 + 0.2 * (random() - 0.5));
      return path(values, 0.95, null).findIndex(([low]) => low > 0.4) + 1;
    }).sort((a, b) => a - b);
    // The largest safe bet wins 1.475 a value: log(40 * 4) / log(1.475) is 13.1.
    expect(stops[50]).toBeGreaterThanOrEqual(9);
    expect(stops[50]).toBeLessThanOrEqual(14);

    const width = (values: readonly number[], size: number | null) => {
      const [low, high] = path(values, 0.95, size).at(-1) as readonly [number, number];
      return high - low;
    };
    const spread = Array.from({ length: 50 }, () => random());
    const narrow = spread.map((value) => 0.45 + 0.1 * value);
    expect(width(narrow, null)).toBeLessThan(0.6 * width(spread, null));
    expect(width(spread, 60)).toBeLessThan(0.6 * width(spread, null));
  });

  it("only ever narrows, stays in [0, 1], and ends at the mean of the whole population", () => {
    const random = seededRandom(5);
    const values = Array.from({ length: 40 }, () => random());
    let before: readonly [number, number] = [0, 1];
    for (const interval of path(values, 0.95, 40)) {
      expect(interval[0]).toBeGreaterThanOrEqual(before[0]);
      expect(interval[1]).toBeLessThanOrEqual(before[1]);
      before = interval;
    }
    expect(before[0]).toBeCloseTo(average(values), 12);
    expect(before[1]).toBeCloseTo(average(values), 12);
  });

  it("takes constants at and between the bounds, and knows nothing before the first value", () => {
    expect(createBettingConfidenceSequence({ level: 0.95, populationSize: null }).interval()).toEqual([0, 1]);
    for (const [constant, size] of [
      [0, null],
      [0, 30],
      [0.5, null],
      [1, null],
      [1, 30],
    ] as const) {
      const [low, high] = path(new Array<number>(25).fill(constant), 0.95, size).at(-1) as readonly [
        number,
        number,
      ];
      expect(low).toBeLessThanOrEqual(constant);
      expect(high).toBeGreaterThanOrEqual(constant);
      expect(high - low).toBeLessThan(constant === 0.5 ? 0.5 : 0.25);
    }
  });

  it("refuses values outside [0, 1], more of them than there are, and levels that are none", () => {
    const sequence = createBettingConfidenceSequence({ level: 0.95, populationSize: 1 });
    for (const value of [-0.01, 1.01, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => sequence.add(value)).toThrow(RangeError);
    expect(sequence.interval()).toEqual([0, 1]);
    sequence.add(0.25);
    expect(sequence.interval()).toEqual([0.25, 0.25]);
    expect(() => sequence.add(0.25)).toThrow(InsufficientDataError);
    for (const level of [0, 1, Number.NaN])
      expect(() => createBettingConfidenceSequence({ level, populationSize: null })).toThrow(RangeError);
    for (const populationSize of [0, 2.5])
      expect(() => createBettingConfidenceSequence({ level: 0.9, populationSize })).toThrow(RangeError);
  });
});
