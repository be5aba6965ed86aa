import { affinitySpread, contentGain } from "../../analysis/content-gain.ts";
import { simulateDetection } from "../../analysis/detectable-effect.ts";
import { measureAnswers } from "../../analysis/measure-answers.ts";
import type { MeasuredAnswers } from "../../analysis/measured-answers.ts";
import {
  type DetectionRule,
  detectionRule,
  type ErrorRates,
  type PowerCurve,
  powerCurve,
} from "../../analysis/power-curve.ts";
import { samplesPerProbe } from "../../analysis/score-corpus.ts";
import type { SimulatedDesign } from "../../analysis/simulate-design.ts";
import type { Calibration } from "../../schema/calibration.ts";
import type { ProbeAnswers } from "../../schema/corpus.ts";
import { seededRandom } from "../../schema/random.ts";
import { threadedMeters } from "../../workers/threaded-meters.ts";
import { type Pilot, partOfPilot } from "./pilot.ts";

/** An estimated probability with the standard error of its simulation; null where it is what the rule asks for. */
export interface Estimated {
  readonly estimate: number;
  readonly standardError: number | null;
}

/** What a design of some probes and samples can do. */
export interface DesignPower {
  readonly probes: number;
  readonly samples: number;
  readonly rule: DetectionRule;
  /** Probability of detecting a suspect of the fraction asked for. */
  readonly power: Estimated;
  /** Probability of detecting an independent model. */
  readonly falseAlarms: Estimated;
  /** Smallest fraction that has the power asked for; null where not even 1 has it. */
  readonly smallestDetectable: number | null;
  /** What another answer of the reference is assumed to repeat of what sets its only one apart; null where measured. */
  readonly assumedRepeatability: number | null;
}

export interface PowerQuestion {
  readonly fraction: number;
  readonly rates: ErrorRates;
  readonly calibration: Calibration | null;
  readonly seed: number;
}

/** Power of designs with one number of samples a probe. */
export interface PowerSimulator {
  /** With all probes of the pilot. */
  readonly whole: DesignPower;
  /** With so many of its probes, simulated on random parts of it; null where too little is left to simulate from. */
  readonly onPart: (probes: number) => Promise<DesignPower | null>;
  /** With any number of probes of the same kind, by the formula of `contentGain`: not simulated. */
  readonly byFormula: (probes: number) => DesignPower;
}

/** Random parts of the pilot that a smaller design is simulated on. */
const parts = 3;
/** With fewer characters of answers, starting threads takes longer than measuring. */
const worthThreads = 4_000_000;

/**
 * Simulates suspects on the first `samples` answers to each probe of the pilot.
 *
 * Standard errors are those of leaving out each control in turn (delete-one jackknife): a simulated suspect is a control
 * mixed with the reference, so it is controls that the simulation has few of; its random mixtures are drawn anew with
 * every control. Where parts of the pilot are drawn, their variance is added.
 *
 * @returns null where suspects cannot be simulated
 */
export async function simulatePower(
  pilot: Pilot,
  samples: number,
  question: PowerQuestion,
): Promise<PowerSimulator | null> {
  const all = await simulateOn(pilot, samples, question, pilot.probes);
  if (all === null) return null;
  const size = all.design.probes;
  const spread = affinitySpread(all.scored);
  const random = seededRandom(question.seed);
  const whole = powerOf(all, question, size);
  return {
    whole,
    byFormula: (probes) =>
      powerOf(all, question, probes, spread === null || probes === size ? 1 : contentGain(spread, probes)),
    onPart: async (probes) => {
      if (probes >= pilot.probes.length) return whole;
      const found: DesignPower[] = [];
      for (let part = 0; part < parts; part++) {
        const chosen = pilot.probes
          .map((probe) => ({ probe, key: random() }))
          .sort((first, second) => first.key - second.key)
          .slice(0, probes);
        const kept = new Set(chosen.map(({ probe }) => probe));
        const simulated = await simulateOn(
          pilot,
          samples,
          question,
          pilot.probes.filter((probe) => kept.has(probe)),
        );
        if (simulated !== null) found.push(powerOf(simulated, question, probes));
      }
      return found.length < 2 ? null : averaged(found);
    },
  };
}

interface Simulated {
  readonly samples: number;
  readonly design: SimulatedDesign;
  readonly rule: DetectionRule;
  /** The answers that the score is made of. */
  readonly scored: MeasuredAnswers;
}

async function simulateOn(
  pilot: Pilot,
  samples: number,
  { calibration, rates }: PowerQuestion,
  probes: readonly ProbeAnswers[],
): Promise<Simulated | null> {
  const measure = (most: number) => {
    const answers = partOfPilot(pilot, most, probes);
    return measureAnswers(answers, {
      models: pilot.models,
      panel: pilot.models.map((_, index) => index).slice(1 + pilot.suspects),
      ...(charactersOf(answers) > worthThreads ? { meters: threadedMeters } : {}),
    });
  };
  const measured = await measure(samples);
  const perProbe = samplesPerProbe(measured);
  // As a comparison does: a calibration fitted at one sample goes with the first ones; one fitted at several, not with one.
  const forRatio =
    calibration?.samplesPerProbe === "one" && perProbe === "several" ? await measure(1) : measured;
  const usable = calibration?.samplesPerProbe === "several" && perProbe === "one" ? null : calibration;
  const outOfDomain = usable !== null && (usable.domain === "zoo-miniature") !== pilot.miniature;
  const rule =
    usable === calibration
      ? detectionRule(usable, outOfDomain, rates)
      : {
          rule: "controls" as const,
          why: "the calibration was fitted at several samples a probe, and one is asked",
        };
  const scored = rule.rule === "likelihood-ratio" ? forRatio : measured;
  const several =
    samplesPerProbe(scored) === "one" && pilot.samples > 1 && samples < 2
      ? { several: await measure(pilot.samples) }
      : {};
  const simulated = (weights: Calibration | null) =>
    simulateDetection(
      {
        measured,
        forRatio,
        reference: 0,
        besides: Array.from({ length: pilot.suspects }, (_, index) => 1 + index),
        calibration: weights,
        outOfDomain,
        ...several,
      },
      rates,
    ).design;
  // Against the controls the content score will do where models have no measurable habits.
  const design = simulated(usable) ?? (rule.rule === "controls" ? simulated(null) : null);
  return design === null ? null : { samples, design, rule, scored };
}

const charactersOf = (answers: readonly ProbeAnswers[]) =>
  answers.reduce(
    (sum, probe) =>
      [...probe.answers.values()].reduce(
        (ofProbe, texts) => texts.reduce((total, text) => total + text.length, ofProbe),
        sum,
      ),
    0,
  );

function powerOf(
  { samples, design, rule }: Simulated,
  { fraction, rates }: PowerQuestion,
  probes: number,
  gain = 1,
): DesignPower {
  const curveOf = (of: SimulatedDesign) => powerCurve(of, rule.rule, rates, { probes, gain });
  const curve = curveOf(design);
  const without = Array.from({ length: design.controls }, (_, control) =>
    curveOf(withoutControl(design, control)),
  );
  return {
    probes,
    samples,
    rule,
    power: jackknifed(
      powerAt(curve, fraction),
      without.map((one) => powerAt(one, fraction)),
    ),
    falseAlarms:
      rule.rule === "controls"
        ? { estimate: rates.falseAlarms, standardError: null }
        : jackknifed(
            curve.expectedFalseAlarms,
            without.map((one) => one.expectedFalseAlarms),
          ),
    smallestDetectable: curve.smallestDetectable,
    assumedRepeatability: design.repeatabilityAssumed ? design.repeatability : null,
  };
}

/** The design without the suspects that one control stands behind; they lie together, in the order of the controls. */
function withoutControl(design: SimulatedDesign, control: number): SimulatedDesign {
  const { controls } = design;
  return {
    ...design,
    controls: controls - 1,
    labs: Math.max(2, design.labs - 1),
    features: design.features.map((ofFraction) => {
      const place = (at: number) => Math.round((at * ofFraction.length) / controls);
      return ofFraction.filter((_, index) => index < place(control) || index >= place(control + 1));
    }),
  };
}

function jackknifed(estimate: number, leftOut: readonly number[]): Estimated {
  const n = leftOut.length;
  const centre = leftOut.reduce((sum, value) => sum + value, 0) / n;
  const squares = leftOut.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return { estimate, standardError: Math.sqrt(((n - 1) / n) * squares) };
}

/** Power at any fraction in (0, 1], between the simulated ones by straight lines. */
function powerAt({ curve, expectedFalseAlarms }: PowerCurve, fraction: number): number {
  let from = { fraction: 0, power: expectedFalseAlarms };
  for (const to of curve) {
    if (fraction <= to.fraction) {
      const share = (fraction - from.fraction) / (to.fraction - from.fraction);
      return from.power + share * (to.power - from.power);
    }
    from = to;
  }
  return from.power;
}

/** Mean over parts of the pilot; the parts' variance is added to the mean of their own. */
function averaged(found: readonly DesignPower[]): DesignPower {
  const [first] = found as readonly [DesignPower];
  const over = (of: (one: DesignPower) => Estimated): Estimated => {
    if (of(first).standardError === null) return of(first);
    const values = found.map((one) => of(one).estimate);
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
    const between = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
    const own = found.reduce((sum, one) => sum + (of(one).standardError ?? 0) ** 2, 0) / found.length;
    return { estimate: centre, standardError: Math.sqrt(own + between / values.length) };
  };
  const smallest = found.map(({ smallestDetectable }) => smallestDetectable);
  return {
    ...first,
    power: over(({ power }) => power),
    falseAlarms: over(({ falseAlarms }) => falseAlarms),
    // The largest: what one part of the pilot could not have detected is not promised.
    smallestDetectable: smallest.includes(null) ? null : Math.max(...smallest.map((value) => value ?? 1)),
  };
}
