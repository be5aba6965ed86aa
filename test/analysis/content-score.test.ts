import { describe, expect, it } from "vitest";
import { agreementOf, type CentredSums, centredSums } from "../../src/analysis/content-affinity.ts";
import {
  type Background,
  backgroundOf,
  cohortsOf,
  contentScore,
  controlsOf,
  excludedFor,
  habitScore,
} from "../../src/analysis/content-score.ts";
import { habitAffinity } from "../../src/analysis/habit-affinity.ts";
import { kernelOf } from "../../src/analysis/kernel-chunks.ts";
import { createKernelStack } from "../../src/analysis/kernel-stack.ts";
import { affinityJackknife } from "../../src/analysis/likelihood-ratio.ts";
import type { MeasuredAnswers } from "../../src/analysis/measured-answers.ts";
import { packed } from "../../src/analysis/sparse-gram.ts";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { readFixture } from "../stats/read-fixture.ts";
import { denseMeasure } from "./dense-measure.ts";
import { measure, randomAnswer, type SmallCorpus, smallCorpus } from "./small-corpus.ts";
import { gaussian, gaussianVector, measuredFromVectors } from "./vector-models.ts";

/** Sums of one probe in one block whose agreement is the given number. */
const withAgreement = (agreement: number): CentredSums => ({
  between: Float64Array.of(-9),
  agreement: Float64Array.of(agreement),
  first: Float64Array.of(1),
  second: Float64Array.of(1),
  firstNorm: Float64Array.of(1),
  secondNorm: Float64Array.of(1),
  probes: Int32Array.of(1),
});
const cohort = (...agreements: number[]) =>
  new Map(agreements.map((agreement, i) => [i + 2, withAgreement(agreement)] as const));
const background: Background = { contentMean: 0.2, contentStandardDeviation: 0.1, habitSpread: 0.4 };
const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

interface Fixture {
  readonly cases: readonly {
    readonly labs: readonly (string | null)[];
    readonly panel: readonly number[];
    readonly kernels: readonly (readonly number[])[];
    readonly present: readonly (readonly number[])[];
    readonly contentMean: number;
    readonly contentStandardDeviation: number;
    readonly agreement: number;
    readonly score: number;
    readonly withoutProbe2: number;
    readonly withoutControl4: number;
  }[];
}

/** Every probe is a block; no habits. */
function measuredFromKernels({ labs, panel, kernels, present }: Fixture["cases"][number]): MeasuredAnswers {
  const blockOf = Int32Array.from(kernels.keys());
  const flat = Uint8Array.from(present.flat());
  const blockCount = kernels.length;
  return {
    models: labs.map((lab, m) => ({ name: `model-${m}`, lab })),
    probes: kernels.map((_, p) => ({ id: `probe-${p}`, family: `family-${p}` })),
    blocks: { blockOf, blockCount, kind: "families" },
    stack: createKernelStack({
      modelCount: labs.length,
      panel,
      kernels: kernels.map((kernel) => Float32Array.from(kernel)),
      present: flat,
      blockOf,
      blockCount,
    }),
    habits: [],
    sampleCounts: Uint16Array.from(flat),
    grams: [],
  };
}

const letters = ["reference", "suspect", "one", "two", "two", "three", null, "suspect", "four"];
const panelOfLetters = [2, 3, 4, 5, 6, 7, 8];

describe("content score", () => {
  it("is NumPy's, with its background, without a probe and without a control", () => {
    for (const expected of readFixture<Fixture>("content-score").cases) {
      const measured = measuredFromKernels(expected);
      const unrelated = backgroundOf(measured) as Background;
      expect(unrelated.contentMean).toBeCloseTo(expected.contentMean, 9);
      expect(unrelated.contentStandardDeviation).toBeCloseTo(expected.contentStandardDeviation, 9);
      expect(unrelated.habitSpread).toBe(0);
      const cohorts = cohortsOf(measured, 1, 0);
      expect(agreementOf(cohorts.pair)).toBeCloseTo(expected.agreement, 9);
      expect(contentScore(cohorts, unrelated)).toBeCloseTo(expected.score, 9);
      expect(contentScore(cohorts, unrelated, 2)).toBeCloseTo(expected.withoutProbe2, 9);
      expect(contentScore(cohorts, unrelated, -1, new Set([4]))).toBeCloseTo(expected.withoutControl4, 9);
    }
  });

  it("equals the shrinkage done by hand", () => {
    // Reference's cohort .1 .2 .3: mean (.6 + 6 * .2) / 9, variance (.02 + 20 * .01) / 22 = .01, factor sqrt(10/9).
    const first = (0.5 - 1.8 / 9) / (0.1 * Math.sqrt(10 / 9));
    // Suspect's cohort 0 .1: mean (.1 + 1.2) / 8, variance (.005 + .2) / 21, factor sqrt(9/8).
    const second = (0.5 - 1.3 / 8) / (Math.sqrt(0.205 / 21) * Math.sqrt(9 / 8));
    const cohorts = {
      pair: withAgreement(0.5),
      withReference: cohort(0.1, 0.2, 0.3),
      withSuspect: cohort(0, 0.1),
    };
    expect(contentScore(cohorts, background)).toBeCloseTo((first + second) / 2, 12);
  });

  it.each([
    ["one sample a probe", smallCorpus({ seed: 31, labs: [...letters], panel: panelOfLetters, probes: 9 })],
    [
      "unequal samples and missing answers",
      smallCorpus({
        seed: 32,
        labs: [...letters],
        panel: panelOfLetters,
        probes: 12,
        samples: [1, 4],
        missing: 0.25,
      }),
    ],
    [
      "a panel that holds both and their siblings",
      smallCorpus({
        seed: 33,
        labs: [...letters],
        panel: [0, 1, ...panelOfLetters],
        probes: 9,
        missing: 0.1,
      }),
    ],
  ] satisfies [string, SmallCorpus][])(
    "agrees with explicit loops over all answers: %s",
    async (_, corpus) => {
      const measured = await measure(corpus);
      const dense = denseMeasure(corpus, measured.blocks.blockOf);
      const unrelated = backgroundOf(measured) as Background;
      for (const [a, b] of [
        [1, 0],
        [0, 1],
        [3, 0],
        [5, 2],
      ] as const) {
        expect(agreementOf(centredSums(measured.stack, a, b, excludedFor(measured, [a, b])))).toBeCloseTo(
          dense.agreement(a, b),
          9,
        );
        expect(contentScore(cohortsOf(measured, a, b), unrelated)).toBeCloseTo(dense.contentScore(a, b), 6);
      }
      expect(unrelated.habitSpread).toBeCloseTo(dense.habitSpread, 9);
    },
  );

  it("leaves out the controls named, and is null with fewer than two or without the pair's own agreement", () => {
    const cohorts = {
      pair: withAgreement(0.5),
      withReference: cohort(0.1, 0.2, 0.3),
      withSuspect: cohort(0, 0.1, 9),
    };
    const two = { pair: withAgreement(0.5), withReference: cohort(0.1, 0.2), withSuspect: cohort(0, 0.1) };
    expect(contentScore(cohorts, background, -1, new Set([4]))).toBe(contentScore(two, background));
    expect(contentScore(two, background, -1, new Set([2]))).toBeNull();
    expect(contentScore({ ...two, withSuspect: new Map() }, background)).toBeNull();
    expect(
      contentScore({ ...two, pair: { ...withAgreement(1), firstNorm: Float64Array.of(-1) } }, background),
    ).toBeNull();
    // Without the only block nothing is left.
    expect(contentScore(two, background, 0)).toBeNull();
    // Two controls of one agreement, as everywhere: there is nothing to measure by.
    const alike = {
      pair: withAgreement(0.5),
      withReference: cohort(0.1, 0.1),
      withSuspect: cohort(0.1, 0.1),
    };
    expect(contentScore(alike, { ...background, contentStandardDeviation: 0 })).toBeNull();
    expect(contentScore(alike, background)).toBeGreaterThan(0);
  });

  it("grows with the pair's agreement and is small for a pair like its controls", () => {
    const score = (agreement: number) =>
      contentScore(
        {
          pair: withAgreement(agreement),
          withReference: cohort(0.1, 0.2, 0.3),
          withSuspect: cohort(0.25, 0.15),
        },
        background,
      ) as number;
    expect(score(0.2)).toBeCloseTo(0, 12);
    expect(score(0.4)).toBeGreaterThan(score(0.3));
    expect(Math.abs(score(0.3))).toBeLessThan(1.5);
  });

  it("takes c_p below 0 for 0 in the agreement and keeps it in the affinity's sum", () => {
    const stack = createKernelStack({
      modelCount: 4,
      panel: [2, 3],
      // Controls that share nothing with anybody: the centred kernel is the kernel.
      kernels: [0.5, -0.25].map((shared) => Float32Array.of(1, shared, 1, 0, 0, 1, 0, 0, 0, 1)),
      present: new Uint8Array(8).fill(1),
      blockOf: Int32Array.of(0, 0),
      blockCount: 1,
    });
    const sums = centredSums(stack, 1, 0, []);
    expect([...sums.agreement]).toEqual([0.5]);
    expect([...sums.between]).toEqual([0.25]);
    expect(agreementOf(sums)).toBe(0.25);
  });

  it("takes a control's whole lab out of the panel of the control's own affinity", async () => {
    const labs = ["reference", "suspect", "one", "one", "two", "three", "four"];
    const corpus = smallCorpus({ seed: 21, labs, panel: [2, 3, 4, 5, 6], probes: 6 });
    const measured = await measure(corpus);
    const withoutSibling = await measure(
      { ...corpus, panel: [2, 4, 5, 6] },
      // The same weights of features: only who centres is at stake.
      { documentFrequency: { voteOf: [0, 0, 0.5, 0.5, 1, 1, 1], added: 2, minVotes: 0 } },
    );
    const of = (answers: typeof measured) => cohortsOf(answers, 1, 0).withReference.get(2)?.between;
    expect(of(measured)).toEqual(of(withoutSibling));
  });

  it("counts no control that did not answer", async () => {
    const labs = ["reference", "suspect", "one", "two", "three", null];
    const corpus = smallCorpus({ seed: 22, labs, panel: [2, 3, 4, 5], probes: 6 });
    const probes = corpus.probes.map((probe, p) => ({
      ...probe,
      answers: new Map(
        [...probe.answers].filter(([name]) => name !== "model-3" && (name !== "model-4" || p === 0)),
      ),
    }));
    expect(controlsOf(await measure(corpus), 1, 0)).toEqual([2, 3, 4, 5]);
    expect(controlsOf(await measure({ ...corpus, probes }), 1, 0)).toEqual([2, 5]);
  });

  it("adding a suspect moves no other pair's content score by a bit", async () => {
    const corpus = smallCorpus({
      seed: 34,
      labs: ["reference", "suspect", "one", "two", "two", "three", null, "four"],
      panel: [2, 3, 4, 5, 6, 7],
      probes: 14,
    });
    const random = seededRandom(35);
    const more = {
      models: [
        ...corpus.models,
        { name: "more-1", lab: "suspect" },
        { name: "more-2", lab: "elsewhere" },
        { name: "more-3", lab: null },
      ],
      panel: corpus.panel,
      probes: corpus.probes.map(
        (probe): ProbeAnswers => ({
          ...probe,
          answers: new Map([
            ...probe.answers,
            ...["more-1", "more-2", "more-3"].map((name) => [name, [randomAnswer(random)]] as const),
          ]),
        }),
      ),
    };
    const [alone, together] = [await measure(corpus), await measure(more)];
    const of = (measured: MeasuredAnswers) => {
      const unrelated = backgroundOf(measured) as Background;
      return {
        content: contentScore(cohortsOf(measured, 1, 0), unrelated),
        unrelated,
      };
    };
    const [before, after] = [of(alone), of(together)];
    expect(after.content).toBe(before.content);
    expect(before.content).not.toBeNull();
    for (const key of ["contentMean", "contentStandardDeviation"] as const)
      expect(after.unrelated[key]).toBe(before.unrelated[key]);
  });

  it("does not depend on the order of probes, models or samples, and leaves its input as it was", async () => {
    const corpus = smallCorpus({
      seed: 36,
      labs: [...letters],
      panel: panelOfLetters,
      probes: 12,
      samples: [1, 3],
      missing: 0.2,
    });
    const order = [5, 0, 8, 3, 7, 1, 6, 2, 4];
    const measured = await measure(corpus);
    const copy = structuredClone(measured);
    const shuffled = await measure({
      models: order.map((m) => corpus.models[m] as SmallCorpus["models"][number]),
      panel: corpus.panel.map((m) => order.indexOf(m)).reverse(),
      probes: [...corpus.probes].reverse().map((probe) => ({
        ...probe,
        answers: new Map([...probe.answers].reverse().map(([name, texts]) => [name, [...texts].reverse()])),
      })),
    });
    const place = (m: number) => order.indexOf(m);
    const [first, second] = [backgroundOf(measured) as Background, backgroundOf(shuffled) as Background];
    for (const key of ["contentMean", "contentStandardDeviation", "habitSpread"] as const)
      expect(second[key]).toBeCloseTo(first[key], 6);
    for (const [a, b] of [
      [1, 0],
      [5, 0],
    ] as const) {
      expect(contentScore(cohortsOf(shuffled, place(a), place(b)), second)).toBeCloseTo(
        contentScore(cohortsOf(measured, a, b), first) as number,
        4,
      );
      expect(
        habitAffinity(shuffled, place(a), place(b), controlsOf(shuffled, place(a), place(b))),
      ).toBeCloseTo(habitAffinity(measured, a, b, controlsOf(measured, a, b)) as number, 9);
      // Symmetric to the last bits: cohorts change places.
      expect(contentScore(cohortsOf(measured, b, a), first)).toBeCloseTo(
        contentScore(cohortsOf(measured, a, b), first) as number,
        12,
      );
    }
    expect(measured).toEqual(copy);
  });
});

describe("background", () => {
  it("is null for a panel of one lab, for one pair, and says 0 where no habit is measurable", async () => {
    const of = async (labs: readonly (string | null)[], panel: readonly number[], probes = 5) =>
      backgroundOf(await measure(smallCorpus({ seed: 23, labs, panel, probes })));
    expect(await of(["reference", "suspect", "one", "one", "one"], [2, 3, 4])).toBeNull();
    expect(await of(["reference", "suspect"], [])).toBeNull();
    // Two controls: a pair has nobody left to be centred on.
    expect(await of(["reference", "suspect", "one", "two"], [2, 3])).toBeNull();
    const oneProbe = await of(["reference", "suspect", "one", "two", "three", "four"], [2, 3, 4, 5], 1);
    expect(oneProbe?.habitSpread).toBe(0);
    expect(oneProbe?.contentStandardDeviation).toBeGreaterThan(0);
  });

  it("gives nothing, and no NaN, where all answers are equal or empty", async () => {
    const corpus = smallCorpus({ seed: 24, labs: [...letters], panel: panelOfLetters, probes: 6 });
    for (const text of ["The same answer of everyone.", "", " \n "]) {
      const measured = await measure({
        ...corpus,
        probes: corpus.probes.map((probe) => ({
          ...probe,
          answers: new Map(corpus.models.map(({ name }) => [name, [text]])),
        })),
      });
      expect(backgroundOf(measured)).toBeNull();
      expect(contentScore(cohortsOf(measured, 1, 0), background)).toBeNull();
      expect(habitAffinity(measured, 1, 0, controlsOf(measured, 1, 0))).toBeNull();
    }
    expect(habitScore(null, background)).toBeNull();
    expect(habitScore(0.8, background)).toBe(2);
    expect(habitScore(0.8, { ...background, habitSpread: 0 })).toBeNull();
  });
});

describe("content score of simulated models", () => {
  /** Models whose answers have a direction of their own at each probe; a student takes its teacher's at a share of them. */
  function study(
    random: () => number,
    options: { controls: number; probes: number; share: number; noise: (model: number) => number },
  ) {
    const { controls, probes, share, noise } = options;
    const models = controls + 2;
    const vectors = Array.from({ length: probes }, () => {
      const common = gaussianVector(16, random);
      const own = Array.from({ length: models }, () => gaussianVector(16, random));
      const copied = random() < share;
      return own.map((plain, m) => {
        const tendency = m === 1 && copied ? (own[0] as Float64Array) : plain;
        return tendency.map((value, i) => value + (common[i] as number) + noise(m) * gaussian(random));
      });
    });
    return measuredFromVectors({
      labs: Array.from({ length: models }, (_, m) => `lab ${m}`),
      panel: Array.from({ length: controls }, (_, i) => i + 2),
      vectors,
    });
  }
  const scoreOf = (measured: MeasuredAnswers) =>
    contentScore(cohortsOf(measured, 1, 0), backgroundOf(measured) as Background) as number;
  const trials = 150;

  it.each([
    ["6 controls", { controls: 6, probes: 30, noise: () => 0.5 }],
    ["12 controls, 15 probes", { controls: 12, probes: 15, noise: () => 0.5 }],
    ["a noisy suspect", { controls: 12, probes: 30, noise: (m: number) => (m === 1 ? 1.5 : 0.5) }],
    ["a noisy panel", { controls: 12, probes: 15, noise: (m: number) => (m > 1 ? 1.5 : 0.5) }],
  ])("is near 0 on average and seldom large for unrelated models of one sample a probe: %s", (_, options) => {
    const random = seededRandom(51);
    const scores = Array.from({ length: trials }, () => scoreOf(study(random, { ...options, share: 0 })));
    expect(Math.abs(average(scores))).toBeLessThan(0.5);
    // 1 % nominal; a panel noisier than the pair brings 3.5 %.
    expect(scores.filter((score) => score > 2.33).length / trials).toBeLessThan(0.06);
  });

  it("is on the safe side with four controls: pairs are centred on more models than their controls are", () => {
    const random = seededRandom(53);
    const scores = Array.from({ length: trials }, () =>
      scoreOf(study(random, { controls: 4, probes: 30, share: 0, noise: () => 0.5 })),
    );
    expect(average(scores)).toBeLessThan(0);
    expect(scores.filter((score) => score > 2.33).length / trials).toBeLessThan(0.04);
  });

  // The agreement keeps the noise of both models' answers; squared norms do too, self terms over distinct samples do not.
  it("is near 0 for unrelated models noisier than the panel where self terms run over distinct samples", () => {
    const random = seededRandom(54);
    const noise = (m: number) => (m < 2 ? 1.5 : 0.5);
    const scores = Array.from({ length: 40 }, () => {
      const measured = study(random, { controls: 12, probes: 60, share: 0, noise });
      // Squared norms stay as they are: of vectors with all their noise.
      const { stack } = measured;
      const kernels = measured.probes.map((_, p) => {
        const kernel = kernelOf(stack.kernels, p);
        for (const m of measured.models.keys())
          kernel[packed(m, m)] = (kernel[packed(m, m)] as number) - noise(m) ** 2;
        return kernel;
      });
      return scoreOf({ ...measured, stack: createKernelStack({ ...stack, kernels }) });
    });
    expect(Math.abs(average(scores))).toBeLessThan(1);
  });

  it("finds a student that takes a quarter of its answers from its teacher", () => {
    const random = seededRandom(52);
    const scores = Array.from({ length: 40 }, () =>
      scoreOf(study(random, { controls: 10, probes: 60, share: 0.25, noise: () => 0.5 })),
    );
    expect(scores.filter((score) => score > 2.33).length / 40).toBeGreaterThan(0.9);
  });
});

describe("interval of the content affinity", () => {
  it("covers the population's value at about its level", () => {
    // Mean vectors are drawn anew at each probe, so the affinity of the population is the correlation built in.
    const random = seededRandom(24);
    const [correlation, dimension, trials] = [0.3, 12, 300];
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const vectors = Array.from({ length: 40 }, () => {
        const all = Array.from({ length: 8 }, () => gaussianVector(dimension, random));
        const reference = all[0] as Float64Array;
        all[1] = (all[1] as Float64Array).map(
          (own, i) => correlation * (reference[i] as number) + Math.sqrt(1 - correlation ** 2) * own,
        );
        return all;
      });
      const measured = measuredFromVectors({
        labs: ["r", "s", "1", "2", "3", "4", "5", "6"],
        panel: [2, 3, 4, 5, 6, 7],
        vectors,
      });
      const [low, high] = affinityJackknife(cohortsOf(measured, 1, 0).pair)?.interval(0.95) ?? [1, -1];
      if (low <= correlation && correlation <= high) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.91);
    expect(covered / trials).toBeLessThan(0.985);
  });
});
