import { describe, expect, it } from "vitest";
import { featureReliability } from "../../src/analysis/feature-reliability.ts";
import type { SparseRows } from "../../src/analysis/row-sums.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { readFixture } from "../stats/read-fixture.ts";
import { gaussian } from "./vector-models.ts";

interface Fixture {
  readonly cases: readonly {
    readonly models: number;
    readonly blockSizes: readonly number[];
    /** By feature: values of all models at the first probe, then at the second ... */
    readonly values: readonly (readonly number[])[];
    readonly reliability: readonly number[];
  }[];
}

/** Block sums of features from values by feature, probe and model. */
function blockSums(
  values: readonly (readonly number[])[],
  models: number,
  blockSizes: readonly number[],
): SparseRows[] {
  let first = 0;
  return blockSizes.map((size) => {
    const sums = values.map((ofFeature) =>
      Array.from({ length: models }, (_, m) =>
        Array.from({ length: size }, (_, i) => ofFeature[(first + i) * models + m] as number).reduce(
          (sum, value) => sum + value,
          0,
        ),
      ),
    );
    first += size;
    return {
      features: Int32Array.from(values.keys()),
      starts: Int32Array.from({ length: values.length + 1 }, (_, f) => f * models),
      models: Uint16Array.from(values.flatMap(() => Array.from({ length: models }, (_, m) => m))),
      sums: Float64Array.from(sums.flat()),
    };
  });
}

const everyModel = (models: number) => Array.from({ length: models }, (_, m) => m);
const reliabilityOf = (
  values: readonly (readonly number[])[],
  models: number,
  blockSizes: readonly number[],
  panel = everyModel(models),
) =>
  featureReliability(blockSums(values, models, blockSizes), {
    featureCount: values.length,
    panel,
    blockSizes,
  });

/** Values of one feature: a habit of each model, what a probe asks of all, and noise. */
const drawn = (random: () => number, options: { models: number; probes: number; habit: number }) => {
  const habits = Array.from({ length: options.models }, () => options.habit * gaussian(random));
  return Array.from({ length: options.probes }, () => {
    const common = 3 * gaussian(random);
    return habits.map((habit) => habit + common + gaussian(random));
  }).flat();
};

describe("reliability of features", () => {
  it("is R's: an intraclass correlation carried to 50 probes, and by pairs of probes for unequal blocks", () => {
    const { cases } = readFixture<Fixture>("feature-reliability");
    for (const { models, blockSizes, values, reliability } of cases)
      reliabilityOf(values, models, blockSizes).forEach((value, feature) => {
        expect(value).toBeCloseTo(reliability[feature] as number, 9);
      });
  });

  it("without any habit has a signal of mean 0 at unequal blocks, so that half of the features weigh nothing", () => {
    const random = seededRandom(41);
    const blockSizes = [12, 3, 1, 7, 2, 5, 10];
    const features = Array.from({ length: 400 }, () => drawn(random, { models: 8, probes: 40, habit: 0 }));
    const reliability = reliabilityOf(features, 8, blockSizes);
    const positive = reliability.filter((value) => value > 0).length / 400;
    expect(positive).toBeGreaterThan(0.35);
    expect(positive).toBeLessThan(0.52);
    // A signal estimated at chance level may weigh something, but seldom much: 40 probes tell little of 50 others.
    expect(reliability.filter((value) => value > 0.75).length / 400).toBeLessThan(0.05);
  });

  it("finds habits, on average what they are, from few blocks and from many", () => {
    const random = seededRandom(42);
    // Habits of variance .04 beside noise of variance 1: .04 / (.04 + 1 / 50) = 2 / 3.
    for (const blockSizes of [[30, 20, 10, 60], new Array<number>(120).fill(1)]) {
      const features = Array.from({ length: 300 }, () =>
        drawn(random, { models: 20, probes: 120, habit: 0.2 }),
      );
      const reliability = [...reliabilityOf(features, 20, blockSizes)];
      const average = reliability.reduce((sum, value) => sum + value, 0) / 300;
      expect(Math.abs(average - 2 / 3)).toBeLessThan(0.06);
    }
  });

  it("is 1 for a difference that every probe repeats, 0 for none, and never outside [0, 1]", () => {
    const [models, probes] = [3, 6];
    const at = (value: (p: number, m: number) => number) =>
      Array.from({ length: probes * models }, (_, i) => value(Math.floor(i / models), i % models));
    const features = [
      at((_, m) => m),
      at(() => 1),
      at(() => 0),
      at((p) => p),
      at((p, m) => (p % 2 === 0 ? m : -m)),
      at((p, m) => (p === 0 && m === 0 ? 1 : 0)),
    ];
    // A single answer has no habit: within its one probe everything is noise.
    expect([...reliabilityOf(features, models, [1, 1, 1, 1, 1, 1])]).toEqual([1, 0, 0, 0, 0, 0]);
    for (const value of reliabilityOf(features, models, [4, 2])) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
  });

  it("is 0 throughout for one block, one panel model or none, and ignores models that are not in the panel", () => {
    const random = seededRandom(43);
    const values = [drawn(random, { models: 5, probes: 10, habit: 1 })];
    expect([...reliabilityOf(values, 5, [10])]).toEqual([0]);
    expect([...reliabilityOf(values, 5, [4, 6], [2])]).toEqual([0]);
    expect([...reliabilityOf(values, 5, [4, 6], [])]).toEqual([0]);
    expect([...featureReliability([], { featureCount: 2, panel: [0, 1], blockSizes: [] })]).toEqual([0, 0]);
    const changed = values.map((ofFeature) =>
      ofFeature.map((value, i) => (i % 5 === 0 || i % 5 === 3 ? 1e3 * i : value)),
    );
    const panel = [1, 2, 4];
    expect(reliabilityOf(changed, 5, [4, 6], panel)).toEqual(reliabilityOf(values, 5, [4, 6], panel));
  });

  it("does not depend on the order of blocks, features or panel models, nor on a common factor", () => {
    const random = seededRandom(44);
    const values = Array.from({ length: 4 }, () => drawn(random, { models: 6, probes: 9, habit: 0.5 }));
    const blocks = blockSums(values, 6, [2, 3, 4]);
    const before = structuredClone(blocks);
    const of = (parts: SparseRows[], panel: number[], blockSizes: number[]) => [
      ...featureReliability(parts, { featureCount: 4, panel, blockSizes }),
    ];
    const plain = of(blocks, [0, 2, 3, 5], [2, 3, 4]);
    expect(plain.some((value) => value > 0.2)).toBe(true);
    const [a, b, c] = blocks as [SparseRows, SparseRows, SparseRows];
    of([c, a, b], [5, 3, 0, 2], [4, 2, 3]).forEach((value, f) => {
      expect(value).toBeCloseTo(plain[f] as number, 12);
    });
    const scaled = blocks.map((rows) => ({ ...rows, sums: rows.sums.map((value) => 7 * value) }));
    of(scaled, [0, 2, 3, 5], [2, 3, 4]).forEach((value, f) => {
      expect(value).toBeCloseTo(plain[f] as number, 12);
    });
    expect(blocks).toEqual(before);
  });
});
