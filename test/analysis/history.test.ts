import { describe, expect, it } from "vitest";
import {
  answerTestFor,
  smallestP,
  testAnswers,
  testKernels,
} from "../../src/analysis/history/answer-change.ts";
import type { SharedAnswers } from "../../src/analysis/history/answer-geometry.ts";
import { judgeEndpoints, type TestedEndpoint } from "../../src/analysis/history/judge-endpoints.ts";
import { levelOfLook, mostPermutations, permutationsFor } from "../../src/analysis/history/look-levels.ts";
import { outcomesDiffer, testOutcomes } from "../../src/analysis/history/outcome-change.ts";
import { scoreChange } from "../../src/analysis/history/score-change.ts";
import { type ChangeTest, changeTestSchema } from "../../src/schema/history.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import type { ProbeKernel } from "../../src/stats/probe-kernel.ts";
import { answerPrompt } from "../../src/zoo/answer-prompt.ts";
import { drawOtherLab, layCommonGround, trainLab } from "../../src/zoo/population.ts";
import { readFixture } from "../stats/read-fixture.ts";
import { gaussian, gaussianVector, measuredFromVectors } from "./vector-models.ts";

const reference = readFixture<{
  lacking: {
    kernels: { firstCount: number; secondCount: number; values: number[]; block: number }[];
    effect: number;
    reach: number;
  };
  levels: number[];
  pValues: number[];
  adjusted: number[];
}>("history");
const margin = (rate: number, trials: number) => 4 * Math.sqrt((rate * (1 - rate)) / trials);
const design = (random: Random, level = 0.05, tests = 1) => ({
  level,
  tests,
  permutations: permutationsFor(level, tests),
  random,
});

/** Similarities of points on a line: `shift` moves those of the later run. */
function kernels(
  counts: readonly (readonly [number, number])[],
  shift: number,
  random: Random,
): ProbeKernel[] {
  return counts.map(([firstCount, secondCount]) => {
    const points = Array.from(
      { length: firstCount + secondCount },
      (_, at) => gaussian(random) + (at < firstCount ? 0 : shift),
    );
    return {
      firstCount,
      secondCount,
      values: Float32Array.from(points.flatMap((x) => points.map((y) => Math.exp(-((x - y) ** 2) / 2)))),
    };
  });
}

const probesFor = (count: number) =>
  Array.from({ length: count }, (_, p) => ({ id: `p${p}`, family: `f${p % 10}` }));

function endpoint(target: string, tests: readonly ChangeTest[]): TestedEndpoint {
  const none = { earlier: { median: null, n: 0 }, later: { median: null, n: 0 } };
  return {
    target,
    model: { earlier: "m", later: "m" },
    configuration: [],
    tests: [...tests],
    description: {
      outcomes: { earlier: {}, later: {} },
      latencyMs: none,
      characters: none,
      servedModels: { earlier: [], later: [] },
      fingerprints: { earlier: [], later: [] },
      answered: { earlier: null, later: null },
    },
    caveats: [],
  };
}

describe("false alarms over time", () => {
  it("spends levels that add up to alpha, however many looks there will be", () => {
    expect([1, 2, 10].map((look) => levelOfLook(0.05, look))).toEqual(
      reference.levels.map((level) => expect.closeTo(level, 14)),
    );
    const spent = Array.from({ length: 100_000 }, (_, at) => levelOfLook(0.05, at + 1));
    expect(spent.reduce((sum, level) => sum + level, 0)).toBeLessThan(0.05);
    expect(spent.reduce((sum, level) => sum + level, 0)).toBeGreaterThan(0.0499);
  });

  it("draws enough relabellings for the corrected level to be reached", () => {
    for (const [look, tests] of [
      [1, 1],
      [5, 20],
      [10, 10],
    ] as const) {
      const level = levelOfLook(0.05, look);
      expect(1 / (permutationsFor(level, tests) + 1)).toBeLessThan(level / tests);
    }
    expect(permutationsFor(1e-12, 50)).toBe(mostPermutations);
    expect(
      smallestP(
        [
          [1, 1],
          [1, 1],
          [1, 1],
        ],
        999,
      ),
    ).toBeCloseTo(1 / 4, 12);
    expect(smallestP([[2, 3]], 999)).toBeCloseTo(1 / 10, 12);
  });

  it("corrects as NumPy's Holm does and raises an alarm at the level", () => {
    const test = testKernels(
      kernels(
        [
          [2, 2],
          [2, 2],
        ],
        0,
        seededRandom(1),
      ),
      probesFor(2),
      design(seededRandom(1)),
    );
    const judged = judgeEndpoints(
      reference.pValues.map((pValue, at) => endpoint(`t${at}`, [{ ...test, pValue }])),
      0.02,
    );
    expect(judged.map(({ tests }) => tests[0]?.adjustedP)).toEqual(
      reference.adjusted.map((p) => expect.closeTo(p, 12)),
    );
    expect(judged.map(({ verdict }) => verdict === "endpoint-changed")).toEqual(
      reference.adjusted.map((p) => p <= 0.02),
    );
    for (const { sentence, verdict } of judged)
      if (verdict === "no-change-detected") expect(sentence).not.toMatch(/unchanged|same/i);
  });

  it("raises any alarm in at most alpha of the histories of 10 looks and 5 targets without a change", () => {
    const random = seededRandom(2026);
    const alpha = 0.2;
    const histories = 48;
    const counts = [
      [2, 3],
      [3, 2],
      [2, 2],
      [4, 2],
      [2, 5],
      [3, 3],
    ] as const;
    let alarmed = 0;
    for (let history = 0; history < histories; history++) {
      let alarm = false;
      for (let look = 1; look <= 10; look++) {
        const level = levelOfLook(alpha, look);
        const endpoints = Array.from({ length: 5 }, (_, target) =>
          endpoint(`t${target}`, [
            testKernels(kernels(counts, 0, random), probesFor(counts.length), design(random, level, 5)),
          ]),
        );
        alarm ||= judgeEndpoints(endpoints, level).some(({ verdict }) => verdict === "endpoint-changed");
      }
      if (alarm) alarmed++;
    }
    expect(alarmed / histories).toBeLessThan(alpha + margin(alpha, histories));
    // Were nothing ever rejected, the bound would hold for nothing.
    expect(alarmed).toBeGreaterThan(0);
  }, 60_000);
});

describe("a change of answers", () => {
  it("has the effect and interval that NumPy says", () => {
    const { kernels: given, effect, reach } = reference.lacking;
    const result = testKernels(
      given.map((one) => ({ ...one, values: Float32Array.from(one.values) })),
      given.map(({ block }, p) => ({ id: `p${p}`, family: `f${block}` })),
      design(seededRandom(1)),
    );
    expect(result.effect).toBeCloseTo(effect, 5);
    const [low, high] = result.interval ?? [0, 0];
    expect(low).toBeCloseTo(effect - reach, 5);
    expect(high).toBeCloseTo(effect + reach, 5);
    expect(changeTestSchema.safeParse(result).success).toBe(true);
  });

  it("is rejected as often as asked without one, at unequal numbers of answers", () => {
    const random = seededRandom(5);
    const counts = Array.from({ length: 8 }, (_, p) => [2 + (p % 3), 2 + (p % 2)] as const);
    const trials = 300;
    const pValues = Array.from(
      { length: trials },
      () => testKernels(kernels(counts, 0, random), probesFor(8), design(random)).pValue ?? 0,
    );
    for (const level of [0.05, 0.3, 0.6])
      expect(Math.abs(pValues.filter((p) => p <= level).length / trials - level)).toBeLessThan(
        margin(level, trials),
      );
  });

  it("is detected about as often as the detectable effect says", () => {
    const random = seededRandom(6);
    const counts = Array.from({ length: 40 }, () => [4, 4] as const);
    const run = (shift: number) =>
      testKernels(kernels(counts, shift, random), probesFor(40), design(random, 0.01, 5));
    const trials = 60;
    const results = Array.from({ length: trials }, () => run(0.85));
    const detected = results.filter(({ pValue }) => (pValue ?? 1) <= 0.01 / 5).length / trials;
    const mean = (values: readonly (number | null)[]) =>
      values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length;
    const effect = mean(results.map((one) => one.effect));
    const detectable = mean(results.map((one) => one.detectable));
    // Where the true effect is near what is said to be detectable, power is near 0.8.
    expect(effect / detectable).toBeGreaterThan(0.8);
    expect(effect / detectable).toBeLessThan(1.25);
    expect(detected).toBeGreaterThan(0.5);
    expect(detected).toBeLessThan(0.97);
  });

  it("chooses its test by the numbers of answers alone", () => {
    expect(
      answerTestFor([
        [2, 2],
        [3, 2],
        [1, 1],
      ]),
    ).toBe("answers");
    expect(answerTestFor([[2, 2], [2, 2], ...Array.from({ length: 9 }, () => [1, 1] as const)])).toBe(
      "answer-shift",
    );
    expect(answerTestFor(Array.from({ length: 6 }, () => [1, 1] as const))).toBe("answer-shift");
    expect(
      answerTestFor([
        [1, 1],
        [0, 4],
      ]),
    ).toBeNull();
    expect(answerTestFor([])).toBeNull();
  });
});

describe("answers of zoo models", () => {
  const ground = layCommonGround();
  const labs = [1, 2].map((seed) => drawOtherLab(seed, []));
  const [model, other] = labs.map((lab, at) => trainLab(ground, lab, 30 + at));
  const prompts = Array.from({ length: 24 }, (_, p) => {
    const subjects = ["a sailor", "a dog", "snow", "trust", "a lamp", "bread"];
    const asks = ["Name", "Describe", "Write a line about", "Give me a tip on"];
    return `${asks[p % 4]} ${subjects[p % 6]}${p > 11 ? ", please" : ""}.`;
  });
  const ask = (
    options: { from?: typeof model | undefined; temperature?: number; system?: string; samples: number },
    random: Random,
  ) =>
    prompts.map((prompt) =>
      Array.from({ length: options.samples }, () =>
        answerPrompt((options.from ?? model) as NonNullable<typeof model>, ground.vocabulary, {
          prompt: options.system === undefined ? prompt : `${options.system}\n${prompt}`,
          random,
          maxTokens: 30,
          temperature: options.temperature ?? 1,
        }),
      ),
    );
  const shared = (first: string[][], second: string[][]): SharedAnswers[] =>
    prompts.map((_, p) => ({
      probe: `p${p}`,
      family: `f${p % 6}`,
      first: first[p] ?? [],
      second: second[p] ?? [],
    }));

  it.each([
    ["another model behind the endpoint", { from: other, samples: 4 }],
    ["a lower temperature", { temperature: 0.2, samples: 10 }],
    ["a system prompt", { system: "Answer like a poet about a trip at sea in winter.", samples: 10 }],
  ])("show %s", async (_, change) => {
    const random = seededRandom(8);
    const result = await testAnswers(
      shared(ask({ samples: change.samples }, random), ask(change, random)),
      "answers",
      design(random, levelOfLook(0.05, 3), 10),
    );
    expect(result.pValue).toBeLessThan(levelOfLook(0.05, 3) / 10);
    expect(result.effect).toBeGreaterThan(0);
  });

  it("show another model with one answer a probe by a common shift", async () => {
    const random = seededRandom(9);
    const one = { samples: 1 };
    const changed = await testAnswers(
      shared(ask(one, random), ask({ ...one, from: other }, random)),
      "answer-shift",
      design(random),
    );
    expect(changed.pValue).toBeLessThan(0.01);
    expect(changed.interval?.[0]).toBeLessThan(changed.effect as number);
    expect(changeTestSchema.safeParse(changed).success).toBe(true);
  });

  it("show nothing where the endpoint is as it was, in about as many trials as asked", async () => {
    const random = seededRandom(10);
    const trials = 24;
    let rejected = 0;
    for (let trial = 0; trial < trials; trial++) {
      const test = trial % 2 === 0 ? "answers" : "answer-shift";
      const result = await testAnswers(
        shared(ask({ samples: 2 }, random), ask({ samples: 3 }, random)),
        test,
        design(random, 0.2),
      );
      if ((result.pValue ?? 0) <= 0.2) rejected++;
    }
    expect(Math.abs(rejected / trials - 0.2)).toBeLessThan(margin(0.2, trials));
  });

  it("that are all alike, or empty, are no change; inputs stay as they are", async () => {
    const alike = shared(
      prompts.map(() => ["Yes.", "Yes."]),
      prompts.map(() => ["Yes.", "Yes."]),
    );
    const before = structuredClone(alike);
    for (const test of ["answers", "answer-shift"] as const) {
      const result = await testAnswers(alike, test, design(seededRandom(1)));
      expect(result.pValue).toBe(1);
      expect(changeTestSchema.safeParse(result).success).toBe(true);
    }
    expect(alike).toEqual(before);
    const apart = await testAnswers(
      shared(
        prompts.map(() => ["yes yes", "yes yes"]),
        prompts.map(() => ["no", "no"]),
      ),
      "answers",
      design(seededRandom(1)),
    );
    expect(apart.effect).toBeCloseTo(1, 6);
  });
});

describe("a change of outcomes", () => {
  const strata = (refused: number) =>
    Array.from({ length: 12 }, (_, p) => ({
      earlier: { ok: 6, refused: p % 2 },
      later: { ok: 8 - refused, refused },
    }));

  it("is found where refusals became frequent, with its size, and not where they did not", () => {
    const changed = testOutcomes(strata(4), design(seededRandom(1)));
    expect(changed.pValue).toBeLessThan(0.005);
    expect(changed.effect).toBeGreaterThan(0.3);
    expect(testOutcomes(strata(1), design(seededRandom(1))).pValue).toBeGreaterThan(0.05);
  });

  it("is not tested where no probe had two outcomes, or none was asked in both runs", () => {
    expect(outcomesDiffer([{ earlier: { ok: 3 }, later: { ok: 5 } }])).toBe(false);
    expect(outcomesDiffer([{ earlier: { ok: 3 }, later: {} }])).toBe(false);
    expect(outcomesDiffer([{ earlier: { ok: 3 }, later: { refused: 1 } }])).toBe(true);
  });
});

describe("a change of score", () => {
  const probes = 40;
  const labs = ["ref", "sus", "a", "b", "c", "d", "e"];
  const panel = [2, 3, 4, 5, 6];
  /** Of each model at each probe a fixed answer, and noise of the run; `share` of the reference's in the suspect's. */
  function world(random: Random) {
    const fixed = Array.from({ length: probes }, () => labs.map(() => gaussianVector(8, random)));
    const run = (share: number) =>
      measuredFromVectors({
        labs,
        panel,
        habitJackknife: true,
        vectors: fixed.map((models) =>
          models.map((vector, m) => {
            const noise = gaussianVector(8, random);
            const from = models[0] as Float64Array;
            return vector.map(
              (value, i) =>
                (m === 1 ? (1 - share) * value + share * (from[i] as number) : value) +
                0.5 * (noise[i] as number),
            );
          }),
        ),
      });
    return run;
  }
  const pair = { suspect: 1, reference: 0 };

  it("is not found where only the sampling differs, in about as many trials as asked, and found where it changed", () => {
    const random = seededRandom(77);
    const trials = 40;
    const pValues = (share: number) =>
      Array.from({ length: trials }, () => {
        const run = world(random);
        return scoreChange({ earlier: run(0.2), later: run(share) }, pair, null).pValue ?? Number.NaN;
      });
    const still = pValues(0.2);
    expect(still.filter((p) => p <= 0.05).length / trials).toBeLessThan(0.05 + margin(0.05, trials));
    expect(still.filter((p) => p <= 0.5).length / trials).toBeGreaterThan(0.25);
    expect(pValues(0.8).filter((p) => p <= 0.05).length / trials).toBeGreaterThan(0.9);
  });

  it("is 0 between a run and itself, and not said of too few controls or other probes", () => {
    const run = world(seededRandom(5));
    const measured = run(0.5);
    const self = scoreChange({ earlier: measured, later: measured }, pair, null);
    expect(self).toMatchObject({ estimate: 0, pValue: 1, reason: null, unit: "content score" });
    const few = { ...measured, stack: { ...measured.stack, panel: [2, 3] } };
    expect(scoreChange({ earlier: few, later: few }, pair, null)).toMatchObject({
      pValue: null,
      reason: expect.stringMatching(/2 controls/),
    });
    const turned = { ...measured, probes: [...measured.probes].reverse() };
    expect(scoreChange({ earlier: measured, later: turned }, pair, null).reason).toMatch(/another order/);
  });
});
