import { mean, sampleVariance } from "simple-statistics";
import { InsufficientDataError } from "../errors.ts";
import { centredSums } from "./content-affinity.ts";
import { controlsOf, excludedFor, meanPseudoControls, spreadDegrees } from "./content-score.ts";
import type { KernelStack } from "./kernel-stack.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

/** Denominators and widths that turn kernels into a content score. */
export interface ScoreScales {
  readonly pair: FrozenAffinity;
  /** Affinities of the reference to the controls, and of the suspect. */
  readonly cohorts: readonly (readonly FrozenAffinity[])[];
  /** Width by which each cohort standardises, projected. */
  readonly widths: readonly number[];
}

/**
 * The scales of a content score as they would be on `probes` probes, from some of them.
 *
 * Cohorts are narrower on more probes, so the widths are projected from the n probes at hand to all N: between-control
 * variance stays, the control-by-probe interaction counts by N instead of n (two-way analysis of variance).
 *
 * @param measured - answers to at least two probes; its habit sums are not used
 * @throws InsufficientDataError when an affinity or a width is not defined
 */
export function scoreScales(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  probes: number,
): ScoreScales {
  const controls = controlsOf(measured, suspect, reference);
  const pair = frozenAffinity(measured, suspect, reference);
  const cohorts = [
    controls.flatMap((control) => frozenAffinity(measured, control, reference, suspect) ?? []),
    controls.flatMap((control) => frozenAffinity(measured, suspect, control, reference) ?? []),
  ];
  if (pair === null) throw undefinedOnPilot("the pair's affinity is not defined");
  if (cohorts.some((cohort) => cohort.length < 2))
    throw undefinedOnPilot("fewer than two controls have an affinity");
  const spread = projectedSpread(measured, probes);
  const widths = cohorts.map((cohort) => projectedWidth(cohort, measured, { probes, spread }));
  if (widths.some((width) => !(width > 0)))
    throw undefinedOnPilot("no control's affinity differs from another's");
  return { pair, cohorts, widths };
}

/** An affinity whose denominator is fixed, so that it is a mean of terms. */
export interface FrozenAffinity {
  readonly denominator: number;
  /** The positive part of c_p(a,b) over the denominator, a probe; null where the probe does not count. */
  readonly terms: (stack: KernelStack) => (number | null)[];
}

function frozenAffinity(
  measured: MeasuredAnswers,
  a: number,
  b: number,
  ...others: readonly number[]
): FrozenAffinity | null {
  const excluded = excludedFor(measured, [a, b, ...others]);
  const sums = byProbe(measured.stack, a, b, excluded);
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const counted = sums.probes.reduce((sum, count) => sum + count, 0);
  const [first, second] = [total(sums.first), total(sums.second)];
  if (counted < 2 || Math.min(first, second) <= negligible * counted) return null;
  const denominator = Math.sqrt(first * second) / counted;
  return {
    denominator,
    terms: (stack) => {
      const { agreement, probes } = byProbe(stack, a, b, excluded);
      return [...agreement].map((value, p) => (probes[p] === 0 ? null : value / denominator));
    },
  };
}

/** Kernels are kept in single precision: a mean self term this small is what rounding leaves of 0. */
const negligible = 1e-6;

const byProbe = (stack: KernelStack, a: number, b: number, excluded: readonly number[]) =>
  centredSums(
    { ...stack, blockOf: Int32Array.from(stack.kernels, (_, p) => p), blockCount: stack.kernels.length },
    a,
    b,
    excluded,
  );

const counted = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
/** Mean of those that are known; null with fewer than two. */
export const meanOf = (values: readonly (number | null)[]): number | null => {
  const present = counted(values);
  return present.length < 2 ? null : mean(present);
};

/** Width by which an affinity is standardised, as `contentScore` has it, projected to `probes` probes. */
function projectedWidth(
  cohort: readonly FrozenAffinity[],
  measured: MeasuredAnswers,
  { probes, spread }: { readonly probes: number; readonly spread: number },
): number {
  const terms = cohort.map((affinity) => affinity.terms(measured.stack));
  const common = (terms[0] ?? []).map((_, p) => meanOf(terms.map((row) => row[p] ?? null)));
  const n = cohort.length;
  const values = terms.map((row) => meanOf(row) ?? 0);
  const interactions = terms.flatMap((row) => {
    const rest = counted(row.map((value, p) => (value === null ? null : value - (common[p] ?? 0))));
    return rest.length < 2 ? [] : [(sampleVariance(rest) * n) / (n - 1)];
  });
  const interaction = interactions.length === 0 ? 0 : mean(interactions);
  const variance = projected(sampleVariance(values), interaction, measured.probes.length, probes);
  const shrunk = ((n - 1) * variance + spreadDegrees * spread ** 2) / (n - 1 + spreadDegrees);
  return Math.sqrt(shrunk * (1 + 1 / (n + meanPseudoControls)));
}

/** Spread of agreements between panel models of different labs, as `backgroundOf` has it, projected likewise. */
function projectedSpread(measured: MeasuredAnswers, probes: number): number {
  const means: number[] = [];
  const variances: number[] = [];
  for (const a of measured.stack.panel)
    for (const b of measured.stack.panel) {
      if (b >= a || (measured.models[a]?.lab ?? a) === (measured.models[b]?.lab ?? b)) continue;
      const terms = counted(frozenAffinity(measured, a, b)?.terms(measured.stack) ?? []);
      if (terms.length < 2) continue;
      means.push(mean(terms));
      variances.push(sampleVariance(terms));
    }
  return means.length < 2
    ? 0
    : Math.sqrt(projected(sampleVariance(means), mean(variances), measured.probes.length, probes));
}

/** A variance that noise of `noise` a probe inflates by noise / n, as it would be on `probes` probes. */
const projected = (variance: number, noise: number, n: number, probes: number) =>
  Math.max(0, variance - noise / n) + noise / probes;

export const undefinedOnPilot = (clause: string) =>
  new InsufficientDataError("sequential.pilot", `${clause} on the pilot; take a longer one with --pilot`);
