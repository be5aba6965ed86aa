import { describe, expect, it } from "vitest";
import { affinityOf, centredSums } from "../../src/analysis/content-affinity.ts";
import { excludedFor } from "../../src/analysis/content-score.ts";
import { kernelOf } from "../../src/analysis/kernel-chunks.ts";
import { createKernelStack } from "../../src/analysis/kernel-stack.ts";
import type { MeasuredAnswers } from "../../src/analysis/measured-answers.ts";
import { packed } from "../../src/analysis/sparse-gram.ts";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { denseMeasure } from "./dense-measure.ts";
import { measure, randomAnswer, type SmallCorpus, smallCorpus } from "./small-corpus.ts";

const affinity = (measured: MeasuredAnswers, a: number, b: number) =>
  affinityOf(centredSums(measured.stack, a, b, excludedFor(measured, [a, b])));

const everyPair = (count: number) =>
  Array.from({ length: count }, (_, a) => Array.from({ length: a }, (_, b) => [a, b] as const)).flat();

const labs = ["reference", "suspect", "one", "two", "two", "three", "four", null, "suspect"];
const corpora: [string, SmallCorpus][] = [
  ["one sample a probe", smallCorpus({ seed: 1, labs, panel: [2, 3, 4, 5, 6, 7], probes: 9 })],
  [
    "unequal samples and missing answers",
    smallCorpus({ seed: 2, labs, panel: [2, 3, 4, 5, 6, 7], probes: 12, samples: [1, 4], missing: 0.3 }),
  ],
  [
    "a panel that holds reference, suspect and their siblings",
    smallCorpus({
      seed: 3,
      labs,
      panel: [0, 1, 2, 3, 5, 6, 7, 8],
      probes: 8,
      samples: [2, 3],
      missing: 0.15,
    }),
  ],
];

describe("content affinity", () => {
  it.each(corpora)("agrees with explicit loops over dense vectors: %s", async (_, corpus) => {
    const measured = await measure(corpus);
    const dense = denseMeasure(corpus);
    let compared = 0;
    for (const [a, b] of everyPair(corpus.models.length)) {
      const expected = dense.contentAffinity(a, b);
      const got = affinity(measured, a, b);
      if (got === null) {
        expect(expected).toBeNaN();
        continue;
      }
      expect(got, `${a} ${b}`).toBeCloseTo(expected, 9);
      compared++;
    }
    expect(compared).toBeGreaterThan(25);
  });

  it.each(corpora)("keeps the kernels of every probe: %s", async (_, corpus) => {
    const { stack } = await measure(corpus);
    const dense = denseMeasure(corpus);
    for (const p of corpus.probes.keys()) {
      const kernel = kernelOf(stack.kernels, p);
      for (const [a, b] of everyPair(corpus.models.length)) {
        if (!dense.has(p, a) || !dense.has(p, b)) continue;
        expect(kernel[packed(a, b)]).toBeCloseTo(dense.kernel(p, a, b), 12);
        expect(kernel[packed(a, a)]).toBeCloseTo(dense.kernel(p, a, a), 12);
      }
    }
  });

  it("centres as the formula says, term by term", () => {
    // Multiples of 1/1024 are exact in single precision, so only the algebra is at stake.
    const random = seededRandom(4);
    const modelCount = 7;
    const panel = [2, 3, 4, 5];
    const probeCount = 6;
    const kernels = Array.from({ length: probeCount }, () =>
      Float32Array.from({ length: 28 }, () => Math.floor(random() * 1024) / 1024),
    );
    const present = Uint8Array.from({ length: probeCount * modelCount }, () => (random() < 0.85 ? 1 : 0));
    const blockOf = Int32Array.from([0, 0, 1, 1, 2, 2]);
    const stack = createKernelStack({ modelCount, panel, kernels, present, blockOf, blockCount: 3 });
    const [a, b, out] = [0, 6, 4];
    const sums = centredSums(stack, a, b, [out]);
    const expected = [0, 0, 0];
    const counted = [0, 0, 0];
    kernels.forEach((kernel, p) => {
      const has = (m: number) => present[p * modelCount + m] === 1;
      const here = panel.filter((m) => m !== out && has(m));
      if (!has(a) || !has(b) || here.length < 2) return;
      const k = (x: number, y: number) => kernel[packed(x, y)] as number;
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const block = blockOf[p] as number;
      expected[block] =
        (expected[block] as number) +
        k(a, b) -
        mean(here.map((i) => k(a, i))) -
        mean(here.map((i) => k(i, b))) +
        mean(here.flatMap((i) => here.flatMap((j) => (i === j ? [] : [k(i, j)]))));
      counted[block] = (counted[block] as number) + 1;
    });
    expect([...sums.probes]).toEqual(counted);
    expect(counted.reduce((sum, count) => sum + count)).toBeGreaterThan(2);
    for (const block of [0, 1, 2]) expect(sums.between[block]).toBeCloseTo(expected[block] as number, 12);
  });

  it("leaves the labs of both models out of the panel, whichever list they stand in", async () => {
    const corpus = corpora[2]?.[1] as SmallCorpus;
    const inPanel = await measure(corpus);
    expect(excludedFor(inPanel, [0, 1])).toEqual([0, 1, 8]);
    // A model of unknown lab leaves with nobody; one of a lab of two takes its sibling along.
    expect(excludedFor(inPanel, [7, 5])).toEqual([5, 7]);
  });

  it("does not let a model into its own mean: its own answers elsewhere in the panel change nothing", async () => {
    const { models, probes } = smallCorpus({ seed: 5, labs, panel: [], probes: 6 });
    const without = await measure({ models, probes, panel: [2, 3, 5, 6, 7] });
    const listed = await measure(
      { models, probes, panel: [1, 2, 3, 5, 6, 7] },
      { documentFrequency: { voteOf: [0, 0, 1, 1, 0, 1, 1, 1, 0], added: 2, minVotes: 0 } },
    );
    expect(affinity(listed, 1, 0)).toBeCloseTo(affinity(without, 1, 0) as number, 12);
  });

  it("is not moved by further suspects or by siblings of the suspect", async () => {
    const corpus = smallCorpus({ seed: 6, labs, panel: [2, 3, 4, 5, 6, 7], probes: 8, missing: 0.1 });
    const alone = await measure({ ...corpus, models: corpus.models.slice(0, 8) });
    const random = seededRandom(7);
    const copies = corpus.probes.map((probe): ProbeAnswers => {
      const answers = new Map(probe.answers);
      for (const name of ["more-1", "more-2", "more-3"]) answers.set(name, [randomAnswer(random)]);
      return { ...probe, answers };
    });
    const more = await measure({
      models: [
        ...corpus.models,
        { name: "more-1", lab: "suspect" },
        { name: "more-2", lab: "elsewhere" },
        { name: "more-3", lab: null },
      ],
      panel: corpus.panel,
      probes: copies,
    });
    expect(affinity(more, 1, 0)).toBe(affinity(alone, 1, 0));
  });

  it("does not depend on the order of models, probes or rows", async () => {
    const corpus = corpora[1]?.[1] as SmallCorpus;
    const measured = await measure(corpus);
    const order = [5, 0, 8, 3, 7, 1, 6, 2, 4];
    const shuffled = await measure({
      models: order.map((m) => corpus.models[m] as SmallCorpus["models"][number]),
      panel: corpus.panel.map((m) => order.indexOf(m)).reverse(),
      probes: [...corpus.probes].reverse().map((probe) => ({
        ...probe,
        answers: new Map([...probe.answers].reverse().map(([name, texts]) => [name, [...texts].reverse()])),
      })),
    });
    for (const [a, b] of everyPair(corpus.models.length)) {
      const before = affinity(measured, a, b);
      const after = affinity(shuffled, order.indexOf(a), order.indexOf(b));
      // Single-precision kernels may round the other way when terms are added in another order.
      if (before === null) expect(after).toBeNull();
      else expect(after).toBeCloseTo(before, 6);
    }
    expect(affinity(measured, 1, 0)).not.toBeNull();
  });

  it.each([1, 2])(
    "stays a number where controls and suspect give the reference's very answers: %i samples",
    async (samples) => {
      const corpus = smallCorpus({
        seed: 8,
        labs,
        panel: [2, 3, 4, 5, 6, 7],
        probes: 6,
        samples: [samples, samples],
      });
      const probes = corpus.probes.map((probe) => {
        const ofReference = probe.answers.get("model-0") ?? [];
        return {
          ...probe,
          answers: new Map(probe.answers).set("model-2", ofReference).set("model-1", ofReference),
        };
      });
      const measured = await measure({ ...corpus, probes });
      const values = everyPair(corpus.models.length).flatMap(([a, b]) => affinity(measured, a, b) ?? []);
      expect(values.filter((value) => !Number.isFinite(value))).toEqual([]);
      expect(values.length).toBeGreaterThan(8);
      if (samples === 1) expect(affinity(measured, 1, 0)).toBeCloseTo(1, 6);
    },
  );

  it("is null, not noise, where everybody gives the same answers", async () => {
    const corpus = smallCorpus({ seed: 9, labs, panel: [2, 3, 4, 5, 6, 7], probes: 5, samples: [3, 3] });
    const probes = corpus.probes.map((probe) => {
      const texts = [...probe.answers.values()][0] ?? [];
      return { ...probe, answers: new Map(corpus.models.map(({ name }) => [name, [...texts, ...texts]])) };
    });
    const measured = await measure({ ...corpus, probes });
    for (const [a, b] of everyPair(corpus.models.length)) {
      const value = affinity(measured, a, b);
      if (value !== null) expect(Math.abs(value)).toBeLessThan(2);
    }
    const single = await measure({
      ...corpus,
      probes: probes.map((probe) => ({
        ...probe,
        answers: new Map([...probe.answers].map(([name, texts]) => [name, texts.slice(0, 1)])),
      })),
    });
    for (const [a, b] of everyPair(corpus.models.length)) expect(affinity(single, a, b)).toBeNull();
  });
});
