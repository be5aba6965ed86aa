import { describe, expect, it } from "vitest";
import { chunksOf, kernelOf } from "../../src/analysis/kernel-chunks.ts";
import { createKernelStack } from "../../src/analysis/kernel-stack.ts";
import type { RankedAnswers } from "../../src/analysis/probe-dispersion.ts";
import { rankProbes } from "../../src/analysis/rank-probes.ts";
import { InsufficientDataError } from "../../src/errors.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { normalQuantile } from "../../src/stats/normal-quantile.ts";

const normal = (random: Random) => normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random())));
const dimensions = 30;

/**
 * Answers as vectors: what all say, a lab's own part, a model's own part. Kernels are inner products of model means, self
 * terms over distinct samples, 1 with one sample.
 */
function answersOf(
  random: Random,
  { labs, own, samples = 1 }: { labs: readonly (string | null)[]; own: readonly number[]; samples?: number },
): RankedAnswers {
  const draw = (scale: number) =>
    Array.from({ length: dimensions }, () => (scale * normal(random)) / Math.sqrt(dimensions));
  const plus = (...parts: number[][]) =>
    parts.reduce((sum, part) => sum.map((x, i) => x + (part[i] as number)));
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
  const kernels = own.map((strength) => {
    const common = draw(1);
    const parts = new Map(labs.map((lab, m) => [lab ?? m, draw(strength)]));
    const models = labs.map((lab, m) =>
      Array.from({ length: samples }, () => plus(common, parts.get(lab ?? m) as number[], draw(0.7))),
    );
    const means = models.map((drawn) => plus(...drawn).map((x) => x / samples));
    const packed: number[] = [];
    for (const [a, first] of means.entries())
      for (const [b, second] of means.slice(0, a + 1).entries()) {
        const drawn = models[a] as number[][];
        const distinct = drawn.flatMap((x, i) => drawn.slice(0, i).map((y) => dot(x, y)));
        if (a !== b) packed.push(dot(first, second));
        else packed.push(samples === 1 ? 1 : distinct.reduce((sum, x) => sum + x, 0) / distinct.length);
      }
    return Float32Array.from(packed);
  });
  const modelCount = labs.length;
  return {
    models: labs.map((lab, m) => ({ name: `model-${m}`, lab })),
    probes: own.map((_, p) => ({ id: `probe-${String(p).padStart(3, "0")}`, family: "taste" })),
    sampleCounts: new Uint16Array(own.length * modelCount).fill(samples),
    stack: createKernelStack({
      modelCount,
      panel: labs.map((_, m) => m),
      kernels,
      present: new Uint8Array(own.length * modelCount).fill(1),
      blockOf: new Int32Array(own.length),
      blockCount: 1,
    }),
  };
}

const pairsOfLabs = (labs: number) => Array.from({ length: 2 * labs }, (_, m) => `lab-${m >> 1}`);
const singles = (labs: number) => Array.from({ length: labs }, (_, m) => `lab-${m}`);

describe("ranking of probes", () => {
  it.each([
    ["models of a lab, one sample each", pairsOfLabs(8), 1],
    ["samples of a lab's one model", singles(10), 4],
    ["models of unknown lab, each one of its own", singles(10).map(() => null), 4],
  ] as const)("puts telling probes first by %s", (_, labs, samples) => {
    const own = Array.from({ length: 60 }, (_, p) => (p % 4 === 0 ? 1.2 : 0.1));
    const { probes } = rankProbes(answersOf(seededRandom(5), { labs, own, samples }));
    const strong = probes.slice(0, 15).filter(({ probe }) => Number(probe.slice(-3)) % 4 === 0);
    expect(strong.length).toBeGreaterThanOrEqual(13);
    expect(probes[0]?.interval[0]).toBeGreaterThan(0);
    expect(probes.map(({ telling }) => telling)).toEqual(
      probes.map(({ telling }) => telling).sort((a, b) => b - a),
    );
  });

  it("gives the mean difference of within and between by hand", () => {
    // Two labs of two models and one of one: kernels 3 within labs, 1 between them.
    const labs = ["a", "a", "b", "b", "c"];
    const one = answersOf(seededRandom(1), { labs, own: [0, 0] });
    const kernels = [1, 2].map((scale) =>
      Float32Array.from(labs.flatMap((x, i) => labs.slice(0, i + 1).map((y) => scale * (x === y ? 3 : 1)))),
    );
    (kernels[1] as Float32Array)[3] = 2.5;
    const { probes } = rankProbes({ ...one, stack: { ...one.stack, kernels: chunksOf(kernels) } });
    expect(probes.find(({ probe }) => probe === "probe-000")?.separation).toBeCloseTo(2, 6);
  });

  it.each([
    ["unequal numbers of models, one sample", [..."aaaabbbccdefgh"], 1, 0],
    ["unequal numbers of models, four samples", [..."aaaabbbccdefgh"], 4, 0],
    ["one model a lab", singles(10), 4, 0],
    ["one model a lab, a third of the answers missing", singles(10), 4, 0.33],
    ["pairs, a third of the answers missing", pairsOfLabs(8), 1, 0.33],
  ] as const)("covers 0 on unrelated answers: %s", (_, labs, samples, missing) => {
    let covered = 0;
    let all = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const random = seededRandom(seed);
      const answers = answersOf(random, { labs, own: Array<number>(40).fill(0), samples });
      for (const i of answers.stack.present.keys()) if (random() < missing) answers.stack.present[i] = 0;
      for (const { interval } of rankProbes(answers).probes) {
        all++;
        if (interval[0] <= 0 && interval[1] >= 0) covered++;
      }
    }
    expect(covered / all).toBeGreaterThan(0.93);
  });

  it("shrinks to the regression where probes do not differ", () => {
    const found = rankProbes(
      answersOf(seededRandom(8), { labs: pairsOfLabs(8), own: Array<number>(40).fill(0.6) }),
    );
    const spread = (values: number[]) => Math.max(...values) - Math.min(...values);
    const raw = found.probes.map(({ separation, noise }) => separation / Math.sqrt(noise));
    expect(spread(found.probes.map(({ telling }) => telling))).toBeLessThan(0.7 * spread(raw));
    expect(found.probes.every(({ ownShare }) => ownShare < 0.5)).toBe(true);
  });

  it("leaves out what too few labs answered, and changes nothing", () => {
    const answers = answersOf(seededRandom(9), { labs: pairsOfLabs(4), own: [1, 1, 1] });
    answers.stack.present.fill(0, 8, 12);
    const before = [...kernelOf(answers.stack.kernels, 0)];
    const { probes, unranked } = rankProbes(answers);
    expect(unranked).toEqual(["probe-001"]);
    expect(probes).toHaveLength(2);
    expect([...kernelOf(answers.stack.kernels, 0)]).toEqual(before);
  });

  it.each([
    ["two labs", { labs: ["a", "a", "b", "b"], own: [1, 1] }],
    ["labs of one model with one sample", { labs: singles(9), own: [1, 1] }],
  ])("refuses %s", (_, shape) => {
    expect(() => rankProbes(answersOf(seededRandom(2), shape))).toThrow(InsufficientDataError);
  });

  it("refuses answers that are all the same", () => {
    const same = answersOf(seededRandom(2), { labs: pairsOfLabs(4), own: [0, 0] });
    for (const chunk of same.stack.kernels.chunks) chunk.fill(1);
    expect(() => rankProbes(same)).toThrow(/nothing separates them/);
  });
});
