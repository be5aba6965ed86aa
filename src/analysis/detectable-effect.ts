import type { SuspectAnalysis } from "../schema/analysis.ts";
import type { Calibration } from "../schema/calibration.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import {
  type DetectionRule,
  detectionRule,
  type ErrorRates,
  powerCurve,
  usualErrorRates,
} from "./power-curve.ts";
import { samplesPerProbe } from "./score-corpus.ts";
import { measuredRepeatability, type SimulatedDesign, simulateDesign } from "./simulate-design.ts";

/** Answers of a run and what they are scored with. */
export interface DetectableInput {
  /** All samples. */
  readonly measured: MeasuredAnswers;
  /** What the likelihood ratio is computed from: all samples, or the first of each probe. */
  readonly forRatio: MeasuredAnswers;
  readonly reference: number;
  /** The suspects under test; their labs stay out of the panel. */
  readonly besides: readonly number[];
  /** Answers that tell how far the reference repeats itself, where `measured` has one sample a probe; `measured` by default. */
  readonly several?: MeasuredAnswers;
  readonly calibration: Calibration | null;
  readonly outOfDomain: boolean;
}

/** The rule of detection that applies to a run, and suspects simulated on the answers that it scores. */
export function simulateDetection(
  input: DetectableInput,
  rates: ErrorRates,
): { readonly rule: DetectionRule; readonly design: SimulatedDesign | null } {
  const { measured, forRatio, reference, besides, calibration } = input;
  const rule = detectionRule(calibration, input.outOfDomain, rates);
  const scored = rule.rule === "likelihood-ratio" ? forRatio : measured;
  const several = input.several ?? measured;
  const fits = calibration !== null && calibration.samplesPerProbe === samplesPerProbe(scored);
  return {
    rule,
    design: simulateDesign(scored, reference, {
      besides,
      // Its weights were fitted at one sample, or at several: elsewhere they are none.
      calibration: fits ? calibration : null,
      repeatability: scored === several ? null : measuredRepeatability(several, scored, reference),
    }),
  };
}

/**
 * What a run can detect: power over fractions, the smallest fraction with power 0.8, and a sentence that says so. From
 * the run's own reference and controls; the suspect's answers do not enter.
 *
 * @returns nothing where suspects cannot be simulated (fewer than three controls, no answers)
 */
export function detectableEffect(
  input: DetectableInput & { readonly rates?: ErrorRates },
): Pick<SuspectAnalysis["power"], "curve" | "smallestDetectable" | "detection"> {
  const rates = input.rates ?? usualErrorRates;
  const { rule, design } = simulateDetection(input, rates);
  if (design === null) return {};
  const { curve, smallestDetectable, threshold, expectedFalseAlarms } = powerCurve(design, rule.rule, rates);
  const name = input.measured.models[input.reference]?.name ?? "the reference";
  return {
    curve,
    smallestDetectable,
    detection: {
      rule: rule.rule,
      why: rule.why,
      threshold,
      score: scoreName(design),
      expectedFalseAlarms,
      ...rates,
      controls: design.controls,
      labs: design.labs,
      repeatability: design.repeatability,
      repeatabilityAssumed: design.repeatabilityAssumed,
      statement: statementOf(name, {
        rule,
        design,
        rates,
        smallestDetectable,
        most: curve.at(-1)?.power ?? 0,
      }),
    },
  };
}

export const scoreName = (design: SimulatedDesign) =>
  design.coefficients === null ? "content score" : "log10 likelihood ratio before bounding";

interface Stated {
  readonly rule: DetectionRule;
  readonly design: SimulatedDesign;
  readonly rates: ErrorRates;
  readonly smallestDetectable: number | null;
  /** Power at fraction 1. */
  readonly most: number;
}

function statementOf(reference: string, { rule, design, rates, smallestDetectable, most }: Stated): string {
  const found =
    rule.rule === "likelihood-ratio"
      ? "got a likelihood ratio above 10"
      : `scored above ${Number((100 * (1 - rates.falseAlarms)).toFixed(4))} % of independent models`;
  const one = design.repeatabilityAssumed
    ? `, if another answer of ${reference} repeats ${100 * (design.repeatability ?? 0)} % of what sets its only one apart`
    : "";
  return smallestDetectable === null
    ? `Even a suspect that answers all ${design.probes} probes as ${reference} does would have ${found} with a probability of only ${most.toFixed(2)}${one}.`
    : `A suspect that answers ${Math.round(100 * smallestDetectable)} % of the probes as ${reference} does, or more, would have ${found} with a probability of at least ${rates.power}${one}.`;
}
