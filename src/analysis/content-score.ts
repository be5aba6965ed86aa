import { mean, sampleVariance } from "simple-statistics";
import { affinityOf, type CentredSums, centredSums } from "./content-affinity.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

/** Pseudo-controls with affinity 0 towards which a cohort's mean is shrunk. */
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

/** All affinities that a pair's normalised score needs. */
export function cohortsOf(measured: MeasuredAnswers, suspect: number, reference: number): Cohorts {
  const controls = controlsOf(measured, suspect, reference);
  const sums = (a: number, b: number, third: number) =>
    centredSums(measured.stack, a, b, excludedFor(measured, [suspect, reference, third]));
  return {
    pair: centredSums(measured.stack, suspect, reference, excludedFor(measured, [suspect, reference])),
    withReference: new Map(controls.map((control) => [control, sums(control, reference, control)])),
    withSuspect: new Map(controls.map((control) => [control, sums(suspect, control, control)])),
  };
}

/**
 * Root mean square affinity between panel models of different labs: the corpus-level spread s0 to which a small
 * cohort's is shrunk.
 * @returns null with fewer than two labs in the panel
 */
export function cohortSpread(measured: MeasuredAnswers): number | null {
  const { panel } = measured.stack;
  let squares = 0;
  let count = 0;
  for (const a of panel) {
    for (const b of panel) {
      if (b >= a || (measured.models[a]?.lab ?? a) === (measured.models[b]?.lab ?? b)) continue;
      const affinity = affinityOf(centredSums(measured.stack, a, b, excludedFor(measured, [a, b])));
      if (affinity === null) continue;
      squares += affinity ** 2;
      count++;
    }
  }
  return count === 0 ? null : Math.sqrt(squares / count);
}

/**
 * Normalised content score: the pair's affinity standardised by the reference's affinities to the controls and by the
 * suspect's, averaged (symmetric normalisation, "s-norm"). Each cohort's mean is shrunk to 0 by 6 pseudo-controls and
 * its standard deviation to the corpus-level `spread` by 20 degrees of freedom, times sqrt(1 + 1 / (n + 6)).
 *
 * @param leftOut - jackknife block left out, -1 for none
 * @param without - controls left out besides, for leave-one-control-out
 * @returns null when the pair's affinity is not defined, fewer than two controls have one, or none differs from another
 * @see Shum, Dehak, Dehak & Glass (2010) for s-norm; docs/method.md for the shrinkage
 */
export function contentScore(
  cohorts: Cohorts,
  spread: number,
  leftOut = -1,
  without: ReadonlySet<number> = new Set(),
): number | null {
  const affinity = affinityOf(cohorts.pair, leftOut);
  if (affinity === null) return null;
  let sum = 0;
  for (const cohort of [cohorts.withReference, cohorts.withSuspect]) {
    const values: number[] = [];
    for (const [control, sums] of cohort) {
      const value = without.has(control) ? null : affinityOf(sums, leftOut);
      if (value !== null) values.push(value);
    }
    const n = values.length;
    if (n < 2) return null;
    const squares = (n - 1) * sampleVariance(values);
    const shrunkMean = (n * mean(values)) / (n + meanPseudoControls);
    const shrunkVariance = (squares + spreadDegrees * spread ** 2) / (n - 1 + spreadDegrees);
    // Controls without any spread, and none in the corpus: nothing to measure an affinity by.
    if (shrunkVariance < negligible) return null;
    sum +=
      (affinity - shrunkMean) / (Math.sqrt(shrunkVariance) * Math.sqrt(1 + 1 / (n + meanPseudoControls)));
  }
  return sum / 2;
}
