import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { meanShiftTest, type ProbeVectors } from "../../src/stats/mean-shift-test.ts";
import { sequentialPValue } from "../../src/stats/sequential-p-value.ts";
import { readFixture } from "./read-fixture.ts";

type Vectors = number[][];
interface Reference {
  readonly probes: [Vectors, Vectors][];
  readonly statistic: number;
  readonly exactP: number;
}
const reference = readFixture<{ oneEach: Reference; several: Reference }>("history");

const strataOf = (probes: Reference["probes"]): ProbeVectors[] =>
  probes.map(([first, second]) => ({
    firstCount: first.length,
    secondCount: second.length,
    values: Float32Array.from([...first, ...second].flat()),
  }));

/** Uniform noise of unit variance, and for the second sample a shift along the first axis. */
function simulated(
  counts: readonly (readonly [number, number])[],
  shift: number,
  random: Random,
): ProbeVectors[] {
  return counts.map(([firstCount, secondCount]) => ({
    firstCount,
    secondCount,
    values: Float32Array.from({ length: 2 * (firstCount + secondCount) }, (_, at) => {
      const moved = at % 2 === 0 && at >= 2 * firstCount ? shift : 0;
      return (random() - 0.5) * Math.sqrt(12) + moved;
    }),
  }));
}
const margin = (rate: number, trials: number) => 4 * Math.sqrt((rate * (1 - rate)) / trials);

describe("mean shift over probes", () => {
  it.each(["oneEach", "several"] as const)("is what NumPy says by enumeration: %s", (name) => {
    const { probes, statistic, exactP } = reference[name];
    const permutations = 4999;
    const result = meanShiftTest(strataOf(probes), { dimensions: 3, permutations, random: seededRandom(3) });
    expect(result.statistic).toBeCloseTo(statistic, 5);
    expect(Math.abs(result.pValue - exactP)).toBeLessThan(margin(exactP, permutations) + 1e-3);
  });

  it("rejects a true null as often as it says, at unequal numbers of answers, stopped early or not", () => {
    const random = seededRandom(11);
    const counts = Array.from({ length: 9 }, (_, p) => [1 + (p % 2), 1 + (p % 3)] as const);
    const trials = 600;
    for (const enough of [undefined, 10]) {
      const pValues = Array.from(
        { length: trials },
        () =>
          meanShiftTest(simulated(counts, 0, random), {
            dimensions: 2,
            permutations: 99,
            random,
            ...(enough === undefined ? {} : { enough }),
          }).pValue,
      );
      for (const level of [0.05, 0.2, 0.5])
        expect(
          Math.abs(pValues.filter((p) => p <= level).length / trials - level),
          `level ${level}, enough ${enough}`,
        ).toBeLessThan(margin(level, trials));
    }
  });

  it("finds a shift common to the probes with one answer each, and the error shrinks with them", () => {
    const random = seededRandom(12);
    const rate = (probes: number) => {
      const counts = Array.from({ length: probes }, () => [1, 1] as const);
      const rejected = Array.from(
        { length: 60 },
        () =>
          meanShiftTest(simulated(counts, 0.8, random), { dimensions: 2, permutations: 199, random }).pValue,
      ).filter((p) => p <= 0.05).length;
      return rejected / 60;
    };
    expect(rate(60)).toBeGreaterThan(0.95);
    expect(rate(60)).toBeGreaterThan(rate(8));
  });

  it("says 1 where all answers are alike, leaves its input as it is, and refuses too little", () => {
    const alike = [1, 2, 3].map(() => ({
      firstCount: 1,
      secondCount: 1,
      values: Float32Array.of(0.3, 0.1, 0.3, 0.1),
    }));
    const before = structuredClone(alike);
    const options = { dimensions: 2, permutations: 49, random: seededRandom(1) };
    const result = meanShiftTest(alike, options);
    expect(result).toMatchObject({ statistic: 0, pValue: 1 });
    expect(result.without((probe) => probe === 0)).toBe(0);
    expect(alike).toEqual(before);
    expect(() => meanShiftTest(alike.slice(0, 1), options)).toThrow(InsufficientDataError);
    expect(() => meanShiftTest([{ ...(alike[0] as ProbeVectors), firstCount: 2 }], options)).toThrow(
      RangeError,
    );
  });

  it("leaves out the probes it is told to", () => {
    const { probes } = reference.oneEach;
    const random = seededRandom(4);
    const options = { dimensions: 3, permutations: 9, random };
    const all = meanShiftTest(strataOf(probes), options);
    const fewer = meanShiftTest(strataOf(probes.slice(2)), options);
    expect(all.without((probe) => probe < 2)).toBeCloseTo(fewer.statistic, 10);
  });
});

it("a sequential p-value is never 0, and is the share of relabellings where it stopped", () => {
  expect(sequentialPValue(0, 999, 10)).toBe(0.001);
  expect(sequentialPValue(9, 999, 10)).toBe(0.01);
  expect(sequentialPValue(10, 40, 10)).toBe(0.25);
});
