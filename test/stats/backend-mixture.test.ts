import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { dipStatistic, dipTest } from "../../src/stats/dip-test.ts";
import { exactRelabellingTest } from "../../src/stats/exact-relabelling-test.ts";
import { type LabelledStratum, labelDependenceTest } from "../../src/stats/label-dependence-test.ts";
import { normalQuantile } from "../../src/stats/normal-quantile.ts";
import { twoClusters } from "../../src/stats/two-clusters.ts";
import { readFixture } from "./read-fixture.ts";

interface Reference {
  readonly dip: { values: number[]; dip: number }[];
  readonly relabelling: {
    values: number[];
    labels: number[];
    weights: number[];
    statistic: number;
    pValue: number;
    relabellings: number;
  }[];
  readonly dependence: {
    strata: { features: number[][]; labels: number[] }[];
    statistic: number;
    exactP: number;
    share: number;
  }[];
  readonly clusters: { values: number[]; least: number; size: number; lowerMaximum: number; share: number }[];
}

const reference = readFixture<Reference>("backend-mixture");
const margin = (rate: number, trials: number) => 3 * Math.sqrt((rate * (1 - rate)) / trials);
const normal = (random: Random) => normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random())));
const similarityOf = (values: readonly number[]) =>
  values.map((a) => values.map((b) => Math.round(1e6 / (1 + Math.abs(a - b))) / 1e6));
const products = (features: readonly (readonly number[])[]) =>
  features.flatMap((a) =>
    features.map((b) => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)),
  );
/** Answers as categories: 1 where equal. */
const equality = (answers: readonly number[]) =>
  answers.flatMap((a) => answers.map((b) => (a === b ? 1 : 0)));

describe("dip test", () => {
  it("agrees with linear programming over all unimodal distributions", () => {
    for (const { values, dip } of reference.dip)
      expect(dipStatistic(Object.freeze(values))).toBeCloseTo(dip, 9);
  });

  it.each([
    ["normal", normal],
    ["exponential", (random: Random) => -Math.log(1 - random())],
    ["heavy-tailed", (random: Random) => Math.exp(2 * normal(random))],
  ])("keeps its level for one mode: %s", (_, draw) => {
    const random = seededRandom(5);
    const trials = 150;
    let rejected = 0;
    for (let trial = 0; trial < trials; trial++) {
      const values = Array.from({ length: 30 + (trial % 3) * 20 }, () => draw(random));
      if (dipTest(values, { draws: 99, random }).pValue <= 0.05) rejected++;
    }
    expect(rejected / trials).toBeLessThanOrEqual(0.05 + margin(0.05, trials));
  });

  it("keeps its level for uniform values, where it is exact", () => {
    const random = seededRandom(6);
    const trials = 400;
    let rejected = 0;
    for (let trial = 0; trial < trials; trial++)
      if (
        dipTest(
          Array.from({ length: 25 }, () => random()),
          { draws: 99, random },
        ).pValue <= 0.1
      )
        rejected++;
    expect(Math.abs(rejected / trials - 0.1)).toBeLessThan(margin(0.1, trials));
  });

  it("finds a second mode of 30 % ten standard deviations away", () => {
    const random = seededRandom(7);
    let found = 0;
    for (let trial = 0; trial < 40; trial++) {
      const values = Array.from({ length: 100 }, (_, i) => normal(random) + (i < 30 ? 10 : 0));
      if (dipTest(values, { draws: 199, random }).pValue <= 0.01) found++;
    }
    expect(found).toBeGreaterThanOrEqual(38);
  });

  it("is 1 / (2n) for equal values, and refuses too few or infinite ones", () => {
    expect(dipStatistic([4, 4, 4, 4])).toBe(1 / 8);
    expect(dipTest([4, 4, 4, 4], { draws: 19, random: seededRandom(1) }).pValue).toBe(1);
    expect(() => dipTest([1, 2, 3], { draws: 9, random: seededRandom(1) })).toThrow(InsufficientDataError);
    expect(() => dipStatistic([1, Number.NaN])).toThrow(RangeError);
  });
});

describe("exact relabelling test", () => {
  it("agrees with enumeration in Python", () => {
    for (const { values, labels, weights, ...expected } of reference.relabelling) {
      const result = exactRelabellingTest(
        similarityOf(values),
        Object.freeze(labels),
        Object.freeze(weights),
      );
      expect(result.statistic).toBeCloseTo(expected.statistic, 9);
      expect(result.pValue).toBeCloseTo(expected.pValue, 12);
      expect(result.relabellings).toBe(expected.relabellings);
    }
  });

  it("keeps its level at unequal n, and reaches 1 / 70 where four of eight repeat", () => {
    const random = seededRandom(8);
    const trials = 2000;
    let rejected = 0;
    for (let trial = 0; trial < trials; trial++) {
      const values = Array.from({ length: 7 }, () => Math.floor(random() * 4));
      const labels = [0, 0, 0, 1, 1, 1, 1];
      if (exactRelabellingTest(similarityOf(values), labels, [1, -1]).pValue <= 0.1) rejected++;
    }
    expect(rejected / trials).toBeLessThanOrEqual(0.1 + margin(0.1, trials));
    expect(rejected).toBeGreaterThan(0);
    const repeating = similarityOf([0, 0, 0, 0, 3, 9, 27, 81]);
    expect(exactRelabellingTest(repeating, [0, 0, 0, 0, 1, 1, 1, 1], [1, -1]).pValue).toBe(1 / 70);
  });

  it("is 1 for equal items, refuses lone members, wrong sizes and too much work", () => {
    const equal = similarityOf([1, 1, 1, 1]);
    expect(exactRelabellingTest(equal, [0, 0, 1, 1], [1, -1]).pValue).toBe(1);
    expect(() => exactRelabellingTest(equal, [0, 1, 1, 1], [1, -1])).toThrow(InsufficientDataError);
    expect(() => exactRelabellingTest(equal, [0, 1, 1], [0, 1])).toThrow(RangeError);
    expect(() => exactRelabellingTest(equal, [0, 1, 2, 1], [0, 1])).toThrow(RangeError);
    const many = Array.from({ length: 30 }, (_, i) => i);
    expect(() =>
      exactRelabellingTest(
        similarityOf(many),
        many.map((i) => i % 2),
        [1, -1],
      ),
    ).toThrow(RangeError);
  });
});

describe("label dependence", () => {
  it("agrees with sums of squares and full enumeration in Python", () => {
    for (const { strata, ...expected } of reference.dependence) {
      const result = labelDependenceTest(
        strata.map(({ features, labels }) => ({
          similarity: products(features),
          labels: Object.freeze(labels),
        })),
        { permutations: 20_000, random: seededRandom(9) },
      );
      expect(result.statistic).toBeCloseTo(expected.statistic, 9);
      expect(Math.abs(result.pValue - expected.exactP)).toBeLessThan(0.012);
      expect(result.share).toBeCloseTo(expected.share, 1);
    }
  });

  it("keeps its level at unequal n, where labels go with probes, and finds a label that moves answers", () => {
    const random = seededRandom(10);
    const draw = (shift: number): LabelledStratum[] =>
      Array.from({ length: 6 }, (_, probe) => {
        const labels = Array.from({ length: 14 }, () => (random() < (probe + 1) / 8 ? 1 : 0));
        // Probe 5 has other answers than probe 0 whatever the label.
        const answers = labels.map(
          (label) => Math.floor(random() * 4) + probe + (random() < shift * label ? 9 : 0),
        );
        return { similarity: equality(answers), labels };
      });
    const trials = 300;
    let falseAlarms = 0;
    let found = 0;
    for (let trial = 0; trial < trials; trial++) {
      if (labelDependenceTest(draw(0), { permutations: 99, random }).pValue <= 0.05) falseAlarms++;
      if (trial < 40 && labelDependenceTest(draw(0.9), { permutations: 99, random }).pValue <= 0.05) found++;
    }
    expect(Math.abs(falseAlarms / trials - 0.05)).toBeLessThan(margin(0.05, trials));
    expect(found).toBeGreaterThanOrEqual(38);
  });

  it("says 1 where all answers are alike, and refuses one label only", () => {
    const alike = { similarity: equality([1, 1, 1, 1]), labels: [0, 1, 0, 1] };
    const result = labelDependenceTest([alike], { permutations: 49, random: seededRandom(11) });
    expect(result).toMatchObject({ pValue: 1, share: 0, strata: 1, items: 4 });
    const one = { similarity: equality([1, 2]), labels: [3, 3] };
    expect(() => labelDependenceTest([one], { permutations: 9, random: seededRandom(1) })).toThrow(
      InsufficientDataError,
    );
    expect(() =>
      labelDependenceTest([{ similarity: [1, 0], labels: [0, 1] }], {
        permutations: 9,
        random: seededRandom(1),
      }),
    ).toThrow(RangeError);
  });
});

describe("two clusters", () => {
  it("agrees with a search over all splits in numpy", () => {
    for (const { values, least, size, lowerMaximum, share } of reference.clusters) {
      const result = twoClusters(Object.freeze(values), least);
      expect(result.sizes[0]).toBe(size);
      expect(result.lowerMaximum).toBe(lowerMaximum);
      expect(result.share).toBeCloseTo(share, 9);
    }
  });

  it("never parts ties and refuses equal values", () => {
    expect(twoClusters([1, 1, 1, 5], 0.25).sizes).toEqual([3, 1]);
    expect(() => twoClusters([2, 2, 2], 0.2)).toThrow(InsufficientDataError);
    expect(() => twoClusters([1, 1, 1, 5], 0.4)).toThrow(InsufficientDataError);
    expect(() => twoClusters([1, 2], 0)).toThrow(RangeError);
  });
});
