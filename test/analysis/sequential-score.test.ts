import { mean } from "simple-statistics";
import { expect, test } from "vitest";
import { backgroundFor } from "../../src/analysis/content-score.ts";
import { mostContribution } from "../../src/analysis/frozen-contributions.ts";
import { likelihoodRatio } from "../../src/analysis/likelihood-ratio.ts";
import { lookSchedule } from "../../src/analysis/look-schedule.ts";
import { createSequentialAudit } from "../../src/analysis/sequential-audit.ts";
import { createSequentialScore, lookLevel } from "../../src/analysis/sequential-score.ts";
import { stoppingCaveats, whyNeverDerived } from "../../src/analysis/stopping-notes.ts";
import type { Calibration } from "../../src/schema/calibration.ts";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import { seededRandom } from "../../src/schema/random.ts";
import type { Stopping } from "../../src/schema/stopping.ts";
import { calibrationOf, corpusOf, shuffled, unbounded, withStudent } from "./followed-corpus.ts";
import { measure, randomAnswer, type SmallCorpus } from "./small-corpus.ts";

const auditOf = ({ models, panel, probes }: SmallCorpus, calibration: Calibration, pilot: number) =>
  createSequentialAudit({
    models,
    panel,
    pairs: [{ suspect: 0, reference: 1 }],
    calibration,
    probes: probes.map(({ probe }) => probe),
    pilot,
  });

/** Whether a value lies outside some interval, by more than the sequence's bisection leaves open. */
const escapes = (value: number, intervals: readonly (readonly [number, number])[]) =>
  intervals.some(([low, high]) => value < low - 1e-4 || value > high + 1e-4);

test("looks are after the pilot and every 1.3 times as many probes, up to three quarters", () => {
  expect(lookSchedule(64, 20)).toEqual([20, 26, 34, 45]);
  expect(lookSchedule(200, 20)).toEqual([20, 26, 34, 45, 59, 77, 101, 132]);
  expect(lookSchedule(20, 20)).toEqual([20]);
  expect(lookSchedule(14, 20)).toEqual([14]);
  expect(lookSchedule(2, 1)).toEqual([1]);
  expect(lookSchedule(0, 20)).toEqual([]);
  expect(() => lookSchedule(9, 0)).toThrow(RangeError);
  expect(lookLevel(1)).toBeCloseTo(0.96, 12);
  expect(lookLevel(4)).toBeCloseTo(0.99, 12);
});

test("with the remainder known, the interval holds at all moments together, and closes on the truth", () => {
  const random = seededRandom(6);
  const calibration = calibrationOf(unbounded);
  const probes = 60;
  const trials = 300;
  let missed = 0;
  for (let trial = 0; trial < trials; trial++) {
    // Mostly small, some cut at the bound: what contributions look like.
    const all = Array.from({ length: probes }, () =>
      Math.min(mostContribution, (0.05 * random()) / random()),
    );
    const pilot = all.slice(0, 12);
    const frozen = { of: () => [], pilot, pilotMean: mean(pilot), slope: 40 };
    const score = createSequentialScore(frozen, { calibration, probes });
    expect(score.state().interval).toEqual([-1e6, 1e6]);
    score.look({ estimate: -4, interval: [-4, -4] });
    const truth = (40 * mean(all) - 4) / Math.LN10;
    const intervals = [score.state().interval];
    for (const value of all.slice(12)) {
      score.add(value);
      intervals.push(score.state().interval);
    }
    if (escapes(truth, intervals)) missed++;
    for (const end of intervals.at(-1) ?? []) expect(end).toBeCloseTo(truth, 3);
    expect(score.state().log10LR).toBeCloseTo(truth, 9);
  }
  expect(missed).toBeLessThan(trials * 0.01 + 3 * Math.sqrt(trials * 0.01 * 0.99));
});

test("followed from end to end, intervals hold what compare says of all probes, and end on it", async () => {
  const calibration = calibrationOf(unbounded);
  const random = seededRandom(12);
  const trials = 12;
  let missed = 0;
  for (let trial = 0; trial < trials; trial++) {
    const plain = corpusOf(100 + (trial % 4), 40);
    const corpus = trial % 2 === 0 ? plain : withStudent(plain, 0.4, random);
    const measured = await measure(corpus, { habitJackknife: true });
    const background = backgroundFor(measured, calibration.background);
    const truth = (likelihoodRatio(measured, 0, 1, { calibration, background })?.score ?? 0) / Math.LN10;
    const audit = auditOf(corpus, calibration, 14);
    const intervals: (readonly [number, number])[] = [];
    for (const probe of shuffled(corpus.probes, random)) {
      const state = (await audit.add(probe))?.pairs[0]?.state;
      if (state) intervals.push(state.interval);
    }
    expect(intervals.length).toBe(27);
    if (escapes(truth, intervals)) missed++;
    for (const end of intervals.at(-1) ?? []) expect(end).toBeCloseTo(truth, 3);
  }
  // Of twelve that are wrong with a probability of 0.05 each, more than three are wrong twice in a thousand times.
  expect(missed).toBeLessThanOrEqual(3);
}, 60_000);

test("a student is decided above 10 and an unrelated model below 1, before all probes were asked", async () => {
  const random = seededRandom(8);
  const corpus = corpusOf(8, 80);
  const decided = async (followed: SmallCorpus, calibration: Calibration) => {
    const audit = auditOf(followed, calibration, 20);
    for (const [place, probe] of followed.probes.entries()) {
      const state = await audit.add(probe);
      expect(state === null).toBe(place < 19);
      if (state?.decided) return { after: state.probes, decision: state.pairs[0]?.state?.decision };
    }
    return null;
  };
  const student = await decided(withStudent(corpus, 0.9, random), calibrationOf());
  expect(student?.decision).toBe("above-ten");
  expect(student?.after).toBeLessThan(60);
  const unrelated = await decided(corpus, calibrationOf({ intercept: -6 }));
  expect(unrelated?.decision).toBe("below-one");
  expect(unrelated?.after).toBeLessThan(70);
});

test("contributions that cannot be frozen are said so, and then nothing is decided", async () => {
  const corpus = { ...corpusOf(9, 12), panel: [2] };
  const audit = auditOf(corpus, calibrationOf(), 10);
  let last = null;
  for (const probe of corpus.probes) last = await audit.add(probe);
  expect(last).toMatchObject({ probes: 12, decided: false, pairs: [{ suspect: 0, state: null }] });
  expect(last?.pairs[0]?.reason).toContain("--pilot");
});

test("while a look tells nothing, nothing is decided and the interval is all that may be reported", async () => {
  // One word says nothing of habits, so that there is no likelihood ratio either.
  const { models, panel, probes } = corpusOf(13, 24);
  const word = (probe: ProbeAnswers) => ({
    ...probe,
    answers: new Map([...probe.answers].map(([model, [text = ""]]) => [model, [text.slice(0, 8)]])),
  });
  const audit = auditOf({ models, panel, probes }, calibrationOf(), 4);
  const states = [];
  for (const [place, probe] of probes.entries())
    states.push((await audit.add(place < 4 ? word(probe) : probe))?.pairs[0]?.state);
  const [, , , first] = states;
  expect(first).toMatchObject({ interval: [-2, 2], decision: null });
  const last = states.at(-1)?.interval;
  expect(last?.[0]).toBeCloseTo(last?.[1] ?? Number.NaN, 3);
});

test("a calibration for one sample is followed on first samples; one for several not on single ones", async () => {
  const random = seededRandom(10);
  const corpus = corpusOf(10, 14);
  const doubled = corpus.probes.map((probe) => ({
    ...probe,
    answers: new Map([...probe.answers].map(([model, texts]) => [model, [...texts, randomAnswer(random)]])),
  }));
  const last = async (probes: readonly ProbeAnswers[], calibration: Calibration) => {
    const audit = auditOf({ ...corpus, probes }, calibration, 10);
    let state = null;
    for (const probe of probes) state = await audit.add(probe);
    return state;
  };
  expect(await last(doubled, calibrationOf())).toEqual(await last(corpus.probes, calibrationOf()));
  expect(
    (await last(corpus.probes, calibrationOf({ samplesPerProbe: "several" })))?.pairs[0]?.reason,
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
    looks: [20, 26, 34, 45],
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
  for (const part of [
    "31 of 64 probes",
    "s above 10",
    "seed 5",
    "after 20, 26, 34, 45 probes",
    "nothing else",
  ])
    expect(caveat?.message).toContain(part);
  expect(stoppingCaveats({ stopping, status: "complete" })).toEqual([]);
  expect(stoppingCaveats({ stopping: { ...stopping, decidedAfter: null }, status: "stopped" })).toEqual([]);
  expect(stoppingCaveats({ status: "stopped" })).toEqual([]);
});
