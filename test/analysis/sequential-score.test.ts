import { expect, test } from "vitest";
import {
  type Background,
  backgroundOf,
  cohortsOf,
  contentScore,
  controlsOf,
  habitScore,
} from "../../src/analysis/content-score.ts";
import { type FrozenScore, freezeScore } from "../../src/analysis/freeze-score.ts";
import { habitAffinity } from "../../src/analysis/habit-affinity.ts";
import { createKernelStack } from "../../src/analysis/kernel-stack.ts";
import { measureAnswers } from "../../src/analysis/measured-answers.ts";
import { createSequentialAudit } from "../../src/analysis/sequential-audit.ts";
import { createSequentialScore, habitLevel } from "../../src/analysis/sequential-score.ts";
import { stoppingCaveats, whyNeverDerived } from "../../src/analysis/stopping-notes.ts";
import { InsufficientDataError } from "../../src/errors.ts";
import { type Calibration, calibrationSchema } from "../../src/schema/calibration.ts";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import type { Stopping } from "../../src/schema/stopping.ts";
import { measure, randomAnswer, smallCorpus } from "./small-corpus.ts";

/** log odds = intercept + content score + half the habit score, bounded to LRs of 1/100 to 100. */
function calibrationOf(changes: Partial<Calibration> = {}): Calibration {
  return calibrationSchema.parse({
    schemaVersion: 1,
    statisticVersion: "1",
    congenerVersion: "0.1.0",
    name: "made up",
    domain: "real-models",
    samplesPerProbe: "one",
    corpora: [],
    features: ["contentScore", "habitScore"],
    intercept: -1,
    weights: [1, 0.5],
    background: { contentMean: 0.2, contentStandardDeviation: 0.05, habitSpread: 0.1 },
    bootstrapCoefficients: [],
    sources: { distilledClusters: 20, unrelatedPairs: 20, teacherLabs: 5, clusterNames: [] },
    bounds: { log10LR: [-2, 2], log10SourceCap: 2, elubLog10LR: null },
    metrics: { cllr: 0.2, cllrMin: 0.2, auc: 0.9, misleadingUnrelated: 0, misleadingDistilled: 0 },
    distilledLog10LR: [2],
    unrelatedLog10LR: [-2],
    pav: [],
    ...changes,
  });
}

const labs = ["s", "r", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const panel = labs.map((_, index) => index).slice(2);
const corpusOf = (seed: number, probes: number) =>
  smallCorpus({ seed, labs, panel, probes, samples: [1, 1] });

/** The corpus with a suspect that gives the reference's answers at a share of the probes. */
function withStudent(corpus: ReturnType<typeof corpusOf>, share: number, random: Random) {
  const probes = corpus.probes.map((probe): ProbeAnswers => {
    const copied = random() < share ? probe.answers.get("model-1") : undefined;
    return copied === undefined
      ? probe
      : { ...probe, answers: new Map([...probe.answers, ["model-0", copied]]) };
  });
  return { ...corpus, probes };
}

function follow(
  frozen: FrozenScore,
  rest: readonly (number | null)[],
  probes: number,
  calibration: Calibration,
) {
  const score = createSequentialScore(frozen, { calibration, probes });
  return [score.state(), ...rest.map((value) => score.add(value, frozen.slope))];
}

test("frozen on all probes, contributions add up to the score that compare has", async () => {
  const calibration = calibrationOf();
  for (const seed of [1, 2, 3]) {
    const measured = await measure(corpusOf(seed, 40), { habitJackknife: true });
    const frozen = freezeScore(measured, 0, 1, { calibration, probes: 40, habitLevel });
    const background = backgroundOf(measured) as Background;
    const content = contentScore(cohortsOf(measured, 0, 1), background) ?? Number.NaN;
    const affinity = habitAffinity(measured, 0, 1, controlsOf(measured, 0, 1));
    const habit = habitScore(affinity, background) ?? Number.NaN;
    const sum = frozen.pilot.reduce<number>((total, value) => total + (value ?? Number.NaN), 0);
    // Variances that noise alone explains are cut at 0 when they are projected: here they are not.
    expect(frozen.intercept + (frozen.slope * sum) / 40).toBeCloseTo(-1 + content + 0.5 * habit, 3);
    expect(frozen.slopeOn(measured.stack)).toBeCloseTo(frozen.slope, 9);
  }
});

test("a probe's contribution depends on its own answers and the pilot alone", async () => {
  const corpus = corpusOf(4, 30);
  const pilot = await measure({ ...corpus, probes: corpus.probes.slice(0, 15) }, { habitJackknife: true });
  const frozen = freezeScore(pilot, 0, 1, { calibration: calibrationOf(), probes: 30, habitLevel });
  const whole = frozen.contributionsOf((await measure(corpus)).stack);
  for (const p of [0, 15, 29]) {
    const alone = await measure({ ...corpus, probes: corpus.probes.slice(p, p + 1) });
    expect(frozen.contributionsOf(alone.stack)[0]).toBeCloseTo(whole[p] ?? Number.NaN, 9);
  }
  const silent = corpus.probes[20] as ProbeAnswers;
  const without = new Map(silent.answers);
  without.delete("model-0");
  const unanswered = await measure({ ...corpus, probes: [{ ...silent, answers: without }] });
  expect(frozen.contributionsOf(unanswered.stack)).toEqual([null]);
});

test("looked at after every probe, the interval holds the score on all probes at its level, and closes on it", async () => {
  const calibration = calibrationOf({
    weights: [1, 0],
    bounds: { log10LR: [-1e6, 1e6], log10SourceCap: 2, elubLog10LR: null },
  });
  const random = seededRandom(6);
  const probes = 50;
  const whole = await measure(withStudent(corpusOf(6, probes), 0.3, random));
  const trials = 200;
  let missed = 0;
  for (let trial = 0; trial < trials; trial++) {
    const order = whole.probes
      .map((_, place) => ({ place, key: random() }))
      .sort((a, b) => a.key - b.key)
      .map(({ place }) => place);
    const inOrder = {
      ...whole.stack,
      kernels: order.map((place) => whole.stack.kernels[place] ?? new Float32Array()),
    };
    const pilot = {
      ...whole,
      probes: whole.probes.slice(0, 12),
      stack: createKernelStack({
        ...inOrder,
        kernels: inOrder.kernels.slice(0, 12),
        present: inOrder.present.slice(0, 12 * inOrder.modelCount),
      }),
    };
    const frozen = freezeScore(pilot, 0, 1, { calibration, probes, habitLevel });
    // Everybody answers everything, so that presence has no order.
    const all = frozen.contributionsOf(createKernelStack(inOrder)).map((value) => value ?? Number.NaN);
    const truth =
      (frozen.intercept + (frozen.slope * all.reduce((sum, value) => sum + value, 0)) / probes) / Math.LN10;
    const states = follow(frozen, all.slice(12), probes, calibration);
    if (states.some(({ interval: [low, high] }) => truth < low - 1e-6 || truth > high + 1e-6)) missed++;
    for (const end of states.at(-1)?.interval ?? []) expect(end).toBeCloseTo(truth, 4);
  }
  expect(missed).toBeLessThan(trials * 0.04 + 3 * Math.sqrt(trials * 0.04 * 0.96));
});

test("a student is decided above 10 and an unrelated model below 1, before all probes were asked", async () => {
  const calibration = calibrationOf({ weights: [1, 0] });
  const random = seededRandom(8);
  const corpus = corpusOf(8, 120);
  const decided = async (probes: readonly ProbeAnswers[]) => {
    const audit = createSequentialAudit({
      models: corpus.models,
      panel,
      reference: 1,
      suspects: [0],
      calibration,
      probes: 120,
      pilot: 20,
    });
    for (const [place, probe] of probes.entries()) {
      const state = await audit.add(probe);
      expect(state === null).toBe(place < 19);
      if (state?.decided) return { after: state.probes, decision: state.suspects[0]?.state?.decision };
    }
    return null;
  };
  const student = await decided(withStudent(corpus, 0.9, random).probes);
  expect(student?.decision).toBe("above-ten");
  expect(student?.after).toBeLessThan(60);
  // The prior of this calibration is against a relation; unrelated models score about 0.
  const unrelated = calibrationOf({ intercept: -6, weights: [1, 0] });
  const pilot = await measure({ ...corpus, probes: corpus.probes.slice(0, 20) }, { habitJackknife: true });
  const frozen = freezeScore(pilot, 0, 1, { calibration: unrelated, probes: 120, habitLevel });
  const rest = frozen.contributionsOf((await measure(corpus)).stack).slice(20);
  const stop = follow(frozen, rest, 120, unrelated).find(({ decision }) => decision !== null);
  expect(stop?.decision).toBe("below-one");
  expect(stop?.probes).toBeLessThan(120);
});

test("a score that cannot be frozen is said so, and then nothing is decided", async () => {
  const corpus = corpusOf(9, 12);
  const pilot = await measure(corpus, { habitJackknife: true });
  const freeze = (changes: Partial<Calibration>, of = pilot) =>
    freezeScore(of, 0, 1, { calibration: calibrationOf(changes), probes: 12, habitLevel });
  expect(() => freeze({ features: ["contentScore", "another"] })).toThrow(InsufficientDataError);
  expect(() => freeze({ weights: [-1, 0] })).toThrow(InsufficientDataError);
  const few = await measureAnswers(corpus.probes, {
    models: corpus.models,
    panel: [2],
    habitJackknife: true,
  });
  expect(() => freeze({}, few)).toThrow(InsufficientDataError);

  const audit = createSequentialAudit({
    models: corpus.models,
    panel: [2],
    reference: 1,
    suspects: [0],
    calibration: calibrationOf(),
    probes: 12,
    pilot: 10,
  });
  let last = null;
  for (const probe of corpus.probes) last = await audit.add(probe);
  expect(last).toMatchObject({ probes: 12, decided: false, suspects: [{ suspect: 0, state: null }] });
  expect(last?.suspects[0]?.reason).toContain("--pilot");
});

test("a calibration for one sample is followed on first samples; one for several not on single ones", async () => {
  const random = seededRandom(10);
  const corpus = corpusOf(10, 14);
  const doubled = corpus.probes.map((probe) => ({
    ...probe,
    answers: new Map([...probe.answers].map(([model, texts]) => [model, [...texts, randomAnswer(random)]])),
  }));
  const last = async (probes: readonly ProbeAnswers[], calibration: Calibration) => {
    const audit = createSequentialAudit({
      models: corpus.models,
      panel,
      reference: 1,
      suspects: [0],
      calibration,
      probes: 14,
      pilot: 10,
    });
    let state = null;
    for (const probe of probes) state = await audit.add(probe);
    return state;
  };
  expect(await last(doubled, calibrationOf())).toEqual(await last(corpus.probes, calibrationOf()));
  expect(
    (await last(corpus.probes, calibrationOf({ samplesPerProbe: "several" })))?.suspects[0]?.reason,
  ).toContain("several samples");
});

test("what can never be found is known at once", () => {
  const about = { calibration: calibrationOf(), controlLabs: 12, outOfDomain: false };
  expect(whyNeverDerived(about)).toBeNull();
  expect(whyNeverDerived({ ...about, controlLabs: 9 })).toContain("only 9 control labs");
  expect(whyNeverDerived({ ...about, outOfDomain: true })).toContain("another population");
  const capped = calibrationOf({
    bounds: { log10LR: [-0.5, 0.93], log10SourceCap: 1.08, elubLog10LR: null },
  });
  expect(whyNeverDerived({ ...about, calibration: capped })).toContain(
    "cannot report a likelihood ratio above 8.5",
  );
});

test("a run that stopped early carries a caveat with how; a complete one does not", () => {
  const stopping: Stopping = {
    rule: "decided",
    level: 0.95,
    pilot: 20,
    probes: 64,
    orderSeed: 5,
    order: "0".repeat(64),
    samples: 8,
    reference: "r",
    suspects: ["s"],
    controls: [],
    calibration: { name: "made up", sha256: "0".repeat(64) },
    unfollowed: [],
    trajectory: [
      { probes: 31, suspects: [{ suspect: "s", log10LR: 1.5, interval: [1.1, 2], decision: "above-ten" }] },
    ],
    decidedAfter: 31,
  };
  const [caveat] = stoppingCaveats({ stopping, status: "stopped" });
  expect(caveat?.code).toBe("stopped-early");
  for (const part of ["31 of 64 probes", "s above 10", "seed 5", "first 20 probes", "nothing else"])
    expect(caveat?.message).toContain(part);
  expect(stoppingCaveats({ stopping, status: "complete" })).toEqual([]);
  expect(stoppingCaveats({ stopping: { ...stopping, decidedAfter: null }, status: "stopped" })).toEqual([]);
  expect(stoppingCaveats({ status: "stopped" })).toEqual([]);
});
