import { describe, expect, it } from "vitest";
import { affinitySpread, contentGain } from "../../src/analysis/content-gain.ts";
import {
  type Background,
  backgroundOf,
  cohortsOf,
  contentScore,
  controlsOf,
  habitScore,
} from "../../src/analysis/content-score.ts";
import { detectableEffect } from "../../src/analysis/detectable-effect.ts";
import { habitAffinity } from "../../src/analysis/habit-affinity.ts";
import { mixtureScores } from "../../src/analysis/mixture-scores.ts";
import { detectionRule, powerCurve, usualErrorRates } from "../../src/analysis/power-curve.ts";
import {
  assumedRepeatability,
  type SimulatedDesign,
  scoresOf,
  simulateDesign,
  simulatedFractions,
} from "../../src/analysis/simulate-design.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { readFixture } from "../stats/read-fixture.ts";
import { measure, smallCorpus } from "./small-corpus.ts";
import { gaussian, measuredFromVectors } from "./vector-models.ts";
import { zooCalibration } from "./zoo-calibration.ts";

interface Fixture {
  readonly labs: number;
  readonly scores: readonly (readonly number[])[];
  readonly cases: readonly {
    readonly falseAlarms: number;
    readonly threshold: number;
    readonly power: readonly number[];
    readonly powerAboveOne: readonly number[];
  }[];
}

/** A design whose score is the content score, with the scores given by fraction. */
const designOf = (scores: readonly (readonly number[])[], labs: number): SimulatedDesign => ({
  probes: 50,
  samples: 2,
  controls: labs,
  labs,
  repeatability: null,
  repeatabilityAssumed: false,
  features: scores.map((values) => values.map((value) => [value, 0] as const)),
  coefficients: null,
});

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("powerCurve", () => {
  it("is SciPy's", () => {
    const { labs, scores, cases } = readFixture<Fixture>("power-curve");
    for (const { falseAlarms, threshold, power, powerAboveOne } of cases) {
      const rates = { power: 0.8, falseAlarms };
      const byControls = powerCurve(designOf(scores, labs), "controls", rates);
      expect(byControls.threshold).toBeCloseTo(threshold, 9);
      expect(byControls.expectedFalseAlarms).toBeCloseTo(falseAlarms, 9);
      expect(byControls.curve).toHaveLength(power.length);
      for (const [at, point] of byControls.curve.entries())
        expect(point.power).toBeCloseTo(power[at] as number, 9);
      const byRatio = powerCurve(designOf(scores, labs), "likelihood-ratio", rates);
      for (const [at, point] of byRatio.curve.entries())
        expect(point.power).toBeCloseTo(powerAboveOne[at] as number, 9);
    }
  });

  it("interpolates the smallest detectable fraction, rounds it up, and passes over no later dip", () => {
    const constant = (value: number) => [value, value, value, value];
    const sharp = simulatedFractions.map((fraction) => constant(fraction >= 0.3 ? 2 : 0));
    expect(powerCurve(designOf(sharp, 4), "likelihood-ratio", usualErrorRates).smallestDetectable).toBe(0.29);
    const dipping = simulatedFractions.map((fraction) =>
      constant(fraction === 0.2 || fraction > 0.45 ? 2 : 0),
    );
    expect(powerCurve(designOf(dipping, 4), "likelihood-ratio", usualErrorRates).smallestDetectable).toBe(
      0.48,
    );
    const never = simulatedFractions.map(() => constant(0));
    expect(powerCurve(designOf(never, 4), "likelihood-ratio", usualErrorRates).smallestDetectable).toBeNull();
  });

  it("chooses a likelihood ratio above 10 only where the calibration can say so and keeps the rate", () => {
    const calibration = zooCalibration();
    expect(detectionRule(calibration, false, usualErrorRates).rule).toBe("likelihood-ratio");
    expect(detectionRule(calibration, true, usualErrorRates).rule).toBe("controls");
    expect(detectionRule(null, false, usualErrorRates).rule).toBe("controls");
    const bounded = {
      ...calibration,
      bounds: { ...calibration.bounds, log10LR: [-0.5, 0.9] as [number, number] },
    };
    expect(detectionRule(bounded, false, usualErrorRates).rule).toBe("controls");
    const leaky = { ...calibration, metrics: { ...calibration.metrics, misleadingUnrelated: 0.02 } };
    expect(detectionRule(leaky, false, usualErrorRates)).toMatchObject({
      rule: "controls",
      why: expect.stringContaining("2.0 %"),
    });
  });
});

/** One reference, `labs` controls and one suspect, each departing in a direction of its own at every probe. */
function study(
  random: Random,
  options: { labs: number; probes: number; fraction: number; repeatability: number },
) {
  const { labs, probes, fraction, repeatability } = options;
  const models = labs + 2;
  const dimension = 24;
  const noise = () => Float64Array.from({ length: dimension }, () => gaussian(random));
  const vectors = Array.from({ length: probes }, () => {
    const tendency = Array.from({ length: models }, noise);
    // An answer is the model's tendency at the probe, and what differs from answer to answer. Every model has self terms of 1.
    const answer = (model: number) => {
      const own = tendency[model] as Float64Array;
      const rest = noise();
      return own.map(
        (value, i) => Math.sqrt(repeatability) * value + Math.sqrt(1 - repeatability) * (rest[i] as number),
      );
    };
    const suspect = random() < fraction ? 0 : labs + 1;
    return [...Array.from({ length: labs + 1 }, (_, model) => answer(model)), answer(suspect)];
  });
  return measuredFromVectors({
    labs: Array.from({ length: models }, (_, model) => `lab ${model}`),
    panel: Array.from({ length: labs }, (_, i) => i + 1),
    vectors,
  });
}

describe("against suspects of known fractions", () => {
  const scoreOf = (measured: ReturnType<typeof study>, suspect: number) =>
    contentScore(cohortsOf(measured, suspect, 0), backgroundOf(measured) as Background) ?? Number.NaN;

  it.each([
    { labs: 6, falseAlarms: 0.05 },
    { labs: 10, falseAlarms: 0.1 },
  ])(
    "calls independent models detected at the rate asked for: $labs labs, $falseAlarms",
    ({ labs, falseAlarms }) => {
      const random = seededRandom(labs);
      const trials = 160;
      let detected = 0;
      for (let trial = 0; trial < trials; trial++) {
        const measured = study(random, { labs, probes: 8, fraction: 0, repeatability: 0.5 });
        const design = simulateDesign(measured, 0, { besides: [], calibration: null, repeatability: 0.5 });
        if (design === null) throw new Error("no design");
        const { threshold } = powerCurve(design, "controls", { power: 0.8, falseAlarms });
        if (scoreOf(measured, labs + 1) > threshold) detected++;
      }
      const error = Math.sqrt((falseAlarms * (1 - falseAlarms)) / trials);
      expect(Math.abs(detected / trials - falseAlarms)).toBeLessThan(3 * error);
    },
  );

  it.each([0.15, 0.3])("predicts how often a suspect of fraction %f is detected", (fraction) => {
    const random = seededRandom(Math.round(100 * fraction));
    const trials = 60;
    const predicted: number[] = [];
    let detected = 0;
    for (let trial = 0; trial < trials; trial++) {
      const measured = study(random, { labs: 10, probes: 40, fraction, repeatability: 0.5 });
      const design = simulateDesign(measured, 0, { besides: [], calibration: null, repeatability: 0.5 });
      if (design === null) throw new Error("no design");
      const { threshold, curve } = powerCurve(design, "controls", { power: 0.8, falseAlarms: 0.05 });
      predicted.push(curve.find((point) => point.fraction === fraction)?.power ?? Number.NaN);
      if (scoreOf(measured, 11) > threshold) detected++;
    }
    // About two standard errors of the share of 60 trials.
    expect(Math.abs(detected / trials - meanOf(predicted))).toBeLessThan(0.15);
    expect(meanOf(predicted)).toBeGreaterThan(0.2);
    expect(meanOf(predicted)).toBeLessThan(0.98);
  });

  it("predicts by formula what simulation finds on half and on a quarter of the probes", () => {
    const random = seededRandom(4);
    const simulate = (probes: number) => {
      const measured = study(random, { labs: 14, probes, fraction: 0, repeatability: 0.5 });
      const design = simulateDesign(measured, 0, { besides: [], calibration: null, repeatability: 0.5 });
      const spread = affinitySpread(measured);
      if (design === null || spread === null) throw new Error("no design");
      return { design, spread };
    };
    const whole = Array.from({ length: 6 }, () => simulate(80));
    for (const probes of [40, 20]) {
      const parts = Array.from({ length: 6 }, () => simulate(probes));
      for (const at of [simulatedFractions.indexOf(0.3), simulatedFractions.indexOf(0.6)]) {
        const byFormula = whole.map(({ design, spread }) =>
          meanOf(scoresOf(design, at, contentGain(spread, probes))),
        );
        const bySimulation = parts.map(({ design }) => meanOf(scoresOf(design, at)));
        expect(meanOf(byFormula) / meanOf(bySimulation)).toBeGreaterThan(0.85);
        expect(meanOf(byFormula) / meanOf(bySimulation)).toBeLessThan(1.15);
      }
    }
  });
});

describe("mixtureScores", () => {
  const labs = ["ref", "a", "a", "b", "c", null, "d", "e"];
  const corpus = smallCorpus({
    seed: 3,
    labs,
    panel: [1, 2, 3, 4, 5, 6, 7],
    probes: 24,
    samples: [2, 4],
  });

  it("is the control itself at fraction 0, as the comparison scores it", async () => {
    const measured = await measure(corpus);
    const background = backgroundOf(measured) as Background;
    const scores = mixtureScores(measured, 0, {
      besides: [],
      fractions: [0],
      background,
      repeatability: 1,
      random: seededRandom(1),
    });
    expect(scores.map(({ control }) => control)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const { control, features } of scores) {
      const [content, habit] = features[0]?.[0] ?? [];
      expect(content).toBeCloseTo(contentScore(cohortsOf(measured, control, 0), background) as number, 6);
      expect(habit).toBeCloseTo(
        habitScore(
          habitAffinity(measured, control, 0, controlsOf(measured, control, 0)),
          background,
        ) as number,
        9,
      );
    }
  });

  it("is the reference served again at fraction 1: affinities of about 1", async () => {
    const measured = await measure(corpus);
    const { curve } = powerCurve(
      simulateDesign(measured, 0, { besides: [], calibration: null, repeatability: null }) as SimulatedDesign,
      "controls",
      usualErrorRates,
    );
    const background = backgroundOf(measured) as Background;
    const copies = mixtureScores(measured, 0, {
      besides: [],
      fractions: [1],
      background,
      repeatability: 1,
      random: seededRandom(1),
    });
    // All but 1, for the floor under self terms.
    for (const { features } of copies) {
      const affinity = (features[0]?.[0]?.[1] ?? 0) * background.habitSpread;
      expect(affinity).toBeGreaterThan(0.8);
      expect(affinity).toBeLessThan(1);
    }
    expect(curve.at(-1)?.power).toBeGreaterThan(curve[0]?.power ?? 1);
  });

  it("leaves its input as it was, and gives the same again", async () => {
    const measured = await measure(corpus);
    const before = structuredClone(measured);
    const first = simulateDesign(measured, 0, { besides: [3], calibration: null, repeatability: null });
    expect(measured).toEqual(before);
    const again = simulateDesign(structuredClone(before), 0, {
      besides: [3],
      calibration: null,
      repeatability: null,
    });
    expect(again).toEqual(first);
    expect(first?.controls).toBe(6);
  });
});

describe("detectableEffect", () => {
  const input = (measured: Awaited<ReturnType<typeof measure>>) => ({
    measured,
    forRatio: measured,
    reference: 0,
    besides: [],
    calibration: null,
    outOfDomain: false,
  });
  const eight = ["ref", "a", "b", "c", "d", "e", "f", "g"];
  const panel = [1, 2, 3, 4, 5, 6, 7];

  it("says that the reference's repeatability is assumed where it was asked once", async () => {
    const once = detectableEffect(
      input(await measure(smallCorpus({ seed: 5, labs: eight, panel, probes: 20 }))),
    );
    expect(once.detection).toMatchObject({
      repeatability: assumedRepeatability,
      repeatabilityAssumed: true,
      rule: "controls",
    });
    expect(once.detection?.statement).toContain("repeats 10 % of what sets its only one apart");
    const often = detectableEffect(
      input(await measure(smallCorpus({ seed: 5, labs: eight, panel, probes: 20, samples: [3, 3] }))),
    );
    expect(often.detection).toMatchObject({ repeatability: null, repeatabilityAssumed: false });
    expect(often.detection?.statement).not.toContain("repeats");
    expect(often.curve?.every(({ probes, samples }) => probes === 20 && samples === 3)).toBe(true);
  });

  it("is absent with two controls, without answers of the reference, and where all answers are alike", async () => {
    const few = await measure(smallCorpus({ seed: 5, labs: ["ref", "a", "b"], panel: [1, 2], probes: 20 }));
    expect(detectableEffect(input(few))).toEqual({});
    const { probes, models } = smallCorpus({ seed: 5, labs: eight, panel, probes: 20 });
    const silent = probes.map((probe) => ({
      ...probe,
      answers: new Map([...probe.answers].filter(([name]) => name !== "model-0")),
    }));
    expect(detectableEffect(input(await measure({ probes: silent, models, panel })))).toEqual({});
    const alike = probes.map((probe) => ({
      ...probe,
      answers: new Map(models.map(({ name }) => [name, ["The same answer of everyone."]])),
    }));
    expect(detectableEffect(input(await measure({ probes: alike, models, panel })))).toEqual({});
  });
});
