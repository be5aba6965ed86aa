import { mean } from "simple-statistics";
import type { Calibration } from "../schema/calibration.ts";
import { seededRandom } from "../schema/random.ts";
import { quantile } from "../stats/quantile.ts";
import { centredByProbe } from "./centred-by-probe.ts";
import { type Background, backgroundFor, backgroundOf, excludedFor } from "./content-score.ts";
import { fusedLogOdds } from "./fit-fusion.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { type MixtureFeatures, mixableControls, mixtureScores } from "./mixture-scores.ts";

/** Fractions at which suspects are simulated. */
export const simulatedFractions = [
  0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1,
] as const;

/**
 * What another answer of a model is taken to repeat of what sets its first one apart, where it was asked once. Nine pairs
 * of near-identical models (one base lightly fine-tuned in two ways, one model under two names) in a recorded corpus of
 * single long answers have content affinities of 0.08 to 0.16, 0.11 in the middle.
 */
export const assumedRepeatability = 0.1;

/** Suspects of known fractions, simulated on recorded answers; enough to say what this design or another can detect. */
export interface SimulatedDesign {
  /** Probes that the reference answered. */
  readonly probes: number;
  /** Samples a probe: the middle one of the reference's. */
  readonly samples: number;
  /** Controls that were mixed with the reference, and how many labs they are of. */
  readonly controls: number;
  readonly labs: number;
  /** What was used of `assumedRepeatability` or a measured one; null where the reference has several answers a probe. */
  readonly repeatability: number | null;
  readonly repeatabilityAssumed: boolean;
  /** By fraction of `simulatedFractions`: the features of every suspect simulated. */
  readonly features: readonly (readonly MixtureFeatures[])[];
  /** The score: fused log10 odds of the calibration, or the content score alone where there is none. */
  readonly coefficients: readonly number[] | null;
}

export interface SimulateDesignOptions {
  /** The suspects under test, whose labs stay out of the panel. */
  readonly besides: readonly number[];
  readonly calibration: Calibration | null;
  /** For a reference with one answer a probe, see `measuredRepeatability`; null takes `assumedRepeatability`. */
  readonly repeatability: number | null;
}

const cache = new WeakMap<MeasuredAnswers, Map<string, Omit<SimulatedDesign, "coefficients">>>();

/**
 * Simulates suspects of each fraction from a run's own reference and controls (see `mixtureScores`). The same answers
 * give the same suspects: the draws have a seed of their own. Suspects with one panel share one simulation.
 *
 * @returns null where fewer than three controls can be mixed, or the scores are not defined
 */
export function simulateDesign(
  measured: MeasuredAnswers,
  reference: number,
  options: SimulateDesignOptions,
): SimulatedDesign | null {
  const { besides, calibration } = options;
  const controls = mixableControls(measured, reference, besides);
  const background =
    calibration === null ? backgroundOf(measured) : backgroundFor(measured, calibration.background);
  if (controls.length < 3 || background === null) return null;
  const excluded = excludedFor(measured, [reference, ...besides]);
  const key = JSON.stringify([reference, controls, excluded, options.repeatability, background]);
  const known = cache.get(measured) ?? new Map<string, Omit<SimulatedDesign, "coefficients">>();
  cache.set(measured, known);
  const counts = measured.probes.flatMap(
    (_, p) => measured.sampleCounts[p * measured.stack.modelCount + reference] || [],
  );
  if (counts.length === 0) return null;
  const repeatability = options.repeatability ?? assumedRepeatability;
  const samples = Math.round(quantile(counts, 0.5));
  const design = known.get(key) ?? {
    probes: counts.length,
    samples,
    controls: controls.length,
    labs: new Set(controls.map((control) => measured.models[control]?.lab ?? `unknown ${control}`)).size,
    repeatability: samples > 1 ? null : repeatability,
    repeatabilityAssumed: samples === 1 && options.repeatability === null,
    features: mixedFeatures(measured, reference, { besides, background, repeatability }),
  };
  known.set(key, design);
  const simulated = {
    ...design,
    coefficients: calibration === null ? null : [calibration.intercept, ...calibration.weights],
  };
  return simulatedFractions.every((_, at) => scoresOf(simulated, at).length >= 3) ? simulated : null;
}

function mixedFeatures(
  measured: MeasuredAnswers,
  reference: number,
  options: { besides: readonly number[]; background: Background; repeatability: number },
): SimulatedDesign["features"] {
  const scores = mixtureScores(measured, reference, {
    ...options,
    fractions: simulatedFractions,
    random: seededRandom(1),
  });
  return simulatedFractions.map((_, at) => scores.flatMap(({ features }) => features[at] ?? []));
}

/**
 * Scores of a design's suspects at one fraction, in log10 odds, or in standard deviations without a calibration.
 *
 * @param at - index in `simulatedFractions`
 * @param gain - for a design of another size: the factor of their mean content score, see `contentGain`; how they differ
 *   from each other stays, for it is between models, and scores are standardised
 */
export function scoresOf(design: SimulatedDesign, at: number, gain = 1): number[] {
  const { coefficients } = design;
  const features = design.features[at] ?? [];
  const shift = features.length === 0 ? 0 : (gain - 1) * mean(features.map(([content]) => content));
  return features.flatMap(([content, habit]) => {
    if (coefficients === null) return content + shift;
    return habit === null ? [] : fusedLogOdds(coefficients, [content + shift, habit]) / Math.LN10;
  });
}

/**
 * Repeatability of the reference: which part of its departure from the panel another of its answers shares,
 * sum c(R1,R2) / sum c(R1,R1), from a run with several samples a probe.
 *
 * @param several - all samples
 * @param first - the same answers, the first sample of each probe
 * @returns in (0, 1], or null where the reference has one sample a probe or does not depart from the panel
 */
export function measuredRepeatability(
  several: MeasuredAnswers,
  first: MeasuredAnswers,
  reference: number,
): number | null {
  const selfTerms = (measured: MeasuredAnswers) =>
    centredByProbe(measured, reference, reference, excludedFor(measured, [reference])).second;
  const { modelCount } = several.stack;
  const once = selfTerms(first);
  let shared = 0;
  let own = 0;
  selfTerms(several).forEach((self, p) => {
    if ((several.sampleCounts[p * modelCount + reference] ?? 0) < 2) return;
    shared += self;
    own += once[p] ?? 0;
  });
  return shared > 0 && own > 0 ? Math.min(1, shared / own) : null;
}
