import { mean, sampleStandardDeviation, sampleVariance } from "simple-statistics";
import {
  type AgreementSums,
  agreementOf,
  type CentredSums,
  centredOn,
  centredSums,
} from "./content-affinity.ts";
import { habitAffinity, unrelatedPanelPairs } from "./habit-affinity.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { type ReducedPanel, reducedPanel } from "./reduced-panel.ts";

/** Pseudo-controls, as unrelated as panel models are, towards which a cohort's mean is shrunk. */
export const meanPseudoControls = 6;
/** Degrees of freedom with which the corpus-level spread enters a cohort's. */
export const spreadDegrees = 20;

/** Kernels are kept in single precision: a variance of affinities below this is rounding. */
const negligible = 1e-12;

/** Affinities behind a normalised score, kept by block so that each can be recomputed without it. */
export interface Cohorts {
  readonly pair: CentredSums;
  /** Control index -> affinity sums of the control and the reference; the control's lab is out of the panel. */
  readonly withReference: ReadonlyMap<number, CentredSums>;
  /** Control index -> affinity sums of the suspect and the control. */
  readonly withSuspect: ReadonlyMap<number, CentredSums>;
}

/** Panel models of a lab among `labs`: those that must leave the panel. */
export function ofLabs(measured: MeasuredAnswers, labs: readonly (string | null)[]): number[] {
  return measured.stack.panel.filter((model) => {
    const lab = measured.models[model]?.lab ?? null;
    return lab !== null && labs.includes(lab);
  });
}

/**
 * Controls of a pair: the panel without both models and without their labs. A model with answers to fewer than two
 * probes is no control: it says nothing of how unrelated models answer, and must not be counted as if it did.
 */
export function controlsOf(measured: MeasuredAnswers, suspect: number, reference: number): number[] {
  const out = excludedFor(measured, [suspect, reference]);
  const { panel, modelCount, present } = measured.stack;
  const answered = (model: number) =>
    measured.probes.reduce((sum, _, p) => sum + (present[p * modelCount + model] as number), 0);
  return panel.filter((model) => !out.includes(model) && answered(model) >= 2);
}

/** Panel models that may not centre an affinity between `models`: they and their labs. */
export function excludedFor(measured: MeasuredAnswers, models: readonly number[]): number[] {
  const labs = models.map((model) => measured.models[model]?.lab ?? null);
  const byLab = ofLabs(measured, labs);
  return measured.stack.panel.filter((model) => byLab.includes(model) || models.includes(model));
}

/** What a normalised score needs of the cohorts. */
export interface AgreementCohorts {
  readonly pair: AgreementSums;
  readonly withReference: ReadonlyMap<number, AgreementSums>;
  readonly withSuspect: ReadonlyMap<number, AgreementSums>;
}

/** All affinities that a pair's normalised score needs. */
export function cohortsOf(measured: MeasuredAnswers, suspect: number, reference: number): Cohorts {
  const controls = controlsOf(measured, suspect, reference);
  const withReference = new Map<number, CentredSums>();
  const withSuspect = new Map<number, CentredSums>();
  for (const control of controls) {
    const panel = reducedPanel(measured.stack, excludedFor(measured, [suspect, reference, control]));
    withReference.set(control, knownSums(measured, control, reference, panel));
    withSuspect.set(control, knownSums(measured, suspect, control, panel));
  }
  return {
    pair: centredSums(measured.stack, suspect, reference, excludedFor(measured, [suspect, reference])),
    withReference,
    withSuspect,
  };
}

const sumsCaches = new WeakMap<MeasuredAnswers, Map<string, CentredSums>>();

/** `centredOn`, kept as long as the run is: suspects of no panel lab have the same affinities between controls and reference. */
export function knownSums(measured: MeasuredAnswers, a: number, b: number, panel: ReducedPanel): CentredSums {
  const cache = sumsCaches.get(measured) ?? new Map<string, CentredSums>();
  sumsCaches.set(measured, cache);
  const key = `${a} ${b} ${panel.excluded.join(" ")}`;
  const sums = cache.get(key) ?? centredOn(panel, a, b);
  cache.set(key, sums);
  return sums;
}

/** How unrelated models score: what the scores of a pair are measured by. */
export interface Background {
  /** Mean and standard deviation of the content agreement between panel models of different labs. */
  readonly contentMean: number;
  readonly contentStandardDeviation: number;
  /** Root mean square habit affinity between them; 0 where fewer than two are defined. */
  readonly habitSpread: number;
}

const backgrounds = new WeakMap<MeasuredAnswers, Background | null>();

/** The same for every suspect, so it is computed once. @returns null where fewer than two such pairs have a content agreement */
export function backgroundOf(measured: MeasuredAnswers): Background | null {
  const known = backgrounds.get(measured);
  if (known !== undefined) return known;
  const background = computeBackground(measured);
  backgrounds.set(measured, background);
  return background;
}

function computeBackground(measured: MeasuredAnswers): Background | null {
  const pairs = unrelatedPanelPairs(measured);
  const agreements = pairs.flatMap(
    ({ a, b }) => agreementOf(centredSums(measured.stack, a, b, excludedFor(measured, [a, b]))) ?? [],
  );
  const habits = pairs.flatMap(({ a, b, panel }) => habitAffinity(measured, a, b, panel) ?? []);
  if (agreements.length < 2) return null;
  return {
    contentMean: mean(agreements),
    contentStandardDeviation: sampleStandardDeviation(agreements),
    habitSpread: habits.length < 2 ? 0 : Math.sqrt(mean(habits.map((habit) => habit ** 2))),
  };
}

/** Least spread of a background, as a share of the calibration's. */
const leastSpread = 0.5;

/**
 * The background that a likelihood ratio is computed with: the run's own, though with spreads no smaller than half of those
 * the calibration was fitted with. Controls that are all but equally unrelated to each other (each with habits that no
 * other has) would make any pair's score huge; where spreads are that small the run is not what was calibrated.
 *
 * @param calibrated - used as it is where the run has no background of its own
 */
export function backgroundFor(measured: MeasuredAnswers, calibrated: Background): Background {
  const own = backgroundOf(measured);
  return own === null ? calibrated : notBelow(own, calibrated);
}

/** @returns `own` with spreads of at least half of the calibration's */
export function notBelow(own: Background, calibrated: Background): Background {
  return {
    contentMean: own.contentMean,
    contentStandardDeviation: Math.max(
      own.contentStandardDeviation,
      leastSpread * calibrated.contentStandardDeviation,
    ),
    habitSpread: Math.max(own.habitSpread, leastSpread * calibrated.habitSpread),
  };
}

/**
 * Normalised content score: the pair's agreement standardised by the reference's agreements with the controls and by the
 * suspect's, averaged (symmetric normalisation, "s-norm"). Each cohort's mean is shrunk to that of all unrelated panel
 * models by 6 pseudo-controls and its standard deviation to theirs by 20 degrees of freedom, times sqrt(1 + 1 / (n + 6)).
 *
 * @param leftOut - jackknife block left out, -1 for none
 * @param without - controls left out besides, for leave-one-control-out
 * @returns null when the pair's agreement is not defined, fewer than two controls have one, or none differs from another
 * @see Shum, Dehak, Dehak & Glass (2010) for s-norm; docs/method.md for the shrinkage
 */
export function contentScore(
  cohorts: AgreementCohorts,
  background: Background,
  leftOut = -1,
  without: ReadonlySet<number> = new Set(),
): number | null {
  const agreement = agreementOf(cohorts.pair, leftOut);
  if (agreement === null) return null;
  let sum = 0;
  for (const cohort of [cohorts.withReference, cohorts.withSuspect]) {
    const values: number[] = [];
    for (const [control, sums] of cohort) {
      const value = without.has(control) ? null : agreementOf(sums, leftOut);
      if (value !== null) values.push(value);
    }
    const n = values.length;
    if (n < 2) return null;
    const squares = (n - 1) * sampleVariance(values);
    const shrunkMean =
      (n * mean(values) + meanPseudoControls * background.contentMean) / (n + meanPseudoControls);
    const shrunkVariance =
      (squares + spreadDegrees * background.contentStandardDeviation ** 2) / (n - 1 + spreadDegrees);
    // Controls without any spread, and none in the corpus: nothing to measure an agreement by.
    if (shrunkVariance < negligible) return null;
    sum +=
      (agreement - shrunkMean) / (Math.sqrt(shrunkVariance) * Math.sqrt(1 + 1 / (n + meanPseudoControls)));
  }
  return sum / 2;
}

/** Habit affinity in units of its spread between unrelated panel models; null where it has none. */
export function habitScore(habit: number | null, background: Background): number | null {
  return habit === null || background.habitSpread < negligible ? null : habit / background.habitSpread;
}
