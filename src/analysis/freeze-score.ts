import { mean, sampleVariance } from "simple-statistics";
import { InsufficientDataError } from "../errors.ts";
import type { Calibration } from "../schema/calibration.ts";
import { deleteBlockJackknife } from "../stats/delete-block-jackknife.ts";
import { centredSums } from "./content-affinity.ts";
import { controlsOf, excludedFor, meanPseudoControls, spreadDegrees } from "./content-score.ts";
import { habitAffinity } from "./habit-affinity.ts";
import type { KernelStack } from "./kernel-stack.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

/**
 * What one probe may contribute, in units of the agreement of a model with itself at an average probe: beyond it,
 * contributions are cut. One probe in a hundred or so is; the lower bound is hardly ever met.
 */
export const contributionRange = [-1, 2] as const;

/** A score that is a mean of bounded contributions of probes, with everything else fixed on a pilot. */
export interface FrozenScore {
  /**
   * Contribution of each probe, in `contributionRange`; null where the probe does not count, because suspect or
   * reference have no answer to it or fewer than two controls have.
   * @param stack - of the same models and panel as the pilot's
   */
  readonly contributionsOf: (stack: KernelStack) => (number | null)[];
  /** Contributions of the pilot's own probes. */
  readonly pilot: readonly (number | null)[];
  /** Log odds (natural, unbounded) = intercept + slope * mean contribution. */
  readonly intercept: number;
  /** Above 0. */
  readonly slope: number;
  /** Half-width that the habit affinity, known from the pilot alone, adds to any interval of the log odds. */
  readonly habitReach: number;
}

export interface FreezeOptions {
  readonly calibration: Calibration;
  /** Probes of the whole sequence, the pilot's included: spreads are projected to as many. */
  readonly probes: number;
  /** Level of the one interval of the habit affinity, in (0, 1). */
  readonly habitLevel: number;
}

/**
 * Fixes on a pilot whatever turns kernels into the score: each affinity's denominator, the cohorts' widths, and the
 * habit affinity. What is left of the content score is linear in the probes: the mean over probes of
 * x_p = c_p(S,R) / d(S,R) - sum over the two cohorts of their weight times the mean over controls of c_p(C,.) / d(C,.).
 *
 * Cohorts are narrower on more probes, so the widths are projected from the pilot's n probes to all N: between-control
 * variance stays, the control-by-probe interaction counts by N instead of n (two-way analysis of variance). The
 * approximation is that denominators, widths and habits of the pilot stand for those of all probes
 * (docs/method.md has by how much they miss). Kernels need no freezing: a probe's depends on its answers alone.
 *
 * @param pilot - answers to the pilot's probes, measured with `habitJackknife`
 * @throws InsufficientDataError when some part of the score is not defined on the pilot, or the calibration fuses
 *   something else than content score and habit affinity
 */
export function freezeScore(
  pilot: MeasuredAnswers,
  suspect: number,
  reference: number,
  options: FreezeOptions,
): FrozenScore {
  const { calibration, probes } = options;
  const { content, habit } = weightsOf(calibration);
  const controls = controlsOf(pilot, suspect, reference);
  const pair = frozenAffinity(pilot, suspect, reference);
  const cohorts = [
    controls.flatMap((control) => frozenAffinity(pilot, control, reference, suspect) ?? []),
    controls.flatMap((control) => frozenAffinity(pilot, suspect, control, reference) ?? []),
  ];
  if (pair === null) throw undefinedOnPilot("the pair's affinity is not defined");
  if (cohorts.some((cohort) => cohort.length < 2))
    throw undefinedOnPilot("fewer than two controls have an affinity");
  const spread = projectedSpread(pilot, probes);
  const widths = cohorts.map((cohort) => projectedWidth(cohort, pilot, { probes, spread }));
  if (widths.some((width) => !(width > 0)))
    throw undefinedOnPilot("no control's affinity differs from another's");
  const gain = mean(widths.map((width) => 1 / width));
  const weights = cohorts.map(
    ({ length: n }, k) => n / (n + meanPseudoControls) / (cohorts.length * (widths[k] as number) * gain),
  );
  const contributionsOf = (stack: KernelStack) => {
    const own = pair.terms(stack);
    const others = cohorts.map((cohort) => cohort.map((affinity) => affinity.terms(stack)));
    return own.map((value, p) => {
      const means = others.map((cohort) => meanOf(cohort.map((terms) => terms[p] ?? null)));
      if (value === null || means.includes(null)) return null;
      const [least, most] = contributionRange;
      const net = means.reduce<number>((sum, at, k) => sum - (weights[k] as number) * (at as number), value);
      return Math.min(most, Math.max(least, net));
    });
  };
  const habits = frozenHabit(pilot, suspect, reference, options.habitLevel);
  return {
    contributionsOf,
    pilot: contributionsOf(pilot.stack),
    intercept: calibration.intercept + habit * habits.estimate,
    slope: content * gain,
    habitReach: Math.abs(habit) * habits.reach,
  };
}

/** An affinity whose denominator is fixed, so that it is a mean of terms. */
interface FrozenAffinity {
  /** c_p(a,b) over the denominator, a probe; null where the probe does not count. */
  readonly terms: (stack: KernelStack) => (number | null)[];
}

function frozenAffinity(
  pilot: MeasuredAnswers,
  a: number,
  b: number,
  ...others: readonly number[]
): FrozenAffinity | null {
  const excluded = excludedFor(pilot, [a, b, ...others]);
  const sums = byProbe(pilot.stack, a, b, excluded);
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const counted = sums.probes.reduce((sum, count) => sum + count, 0);
  const [first, second] = [total(sums.first), total(sums.second)];
  if (counted < 2 || Math.min(first, second) <= negligible * counted) return null;
  const denominator = Math.sqrt(first * second) / counted;
  return {
    terms: (stack) => {
      const { between, probes } = byProbe(stack, a, b, excluded);
      return [...between].map((value, p) => (probes[p] === 0 ? null : value / denominator));
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
const meanOf = (values: readonly (number | null)[]): number | null => {
  const present = counted(values);
  return present.length < 2 ? null : mean(present);
};

/** Width by which an affinity is standardised, as `contentScore` has it, projected to `probes` probes. */
function projectedWidth(
  cohort: readonly FrozenAffinity[],
  pilot: MeasuredAnswers,
  { probes, spread }: { readonly probes: number; readonly spread: number },
): number {
  const terms = cohort.map((affinity) => affinity.terms(pilot.stack));
  const common = (terms[0] ?? []).map((_, p) => meanOf(terms.map((row) => row[p] ?? null)));
  const n = cohort.length;
  const values = terms.map((row) => meanOf(row) ?? 0);
  const interactions = terms.flatMap((row) => {
    const rest = counted(row.map((value, p) => (value === null ? null : value - (common[p] ?? 0))));
    return rest.length < 2 ? [] : [(sampleVariance(rest) * n) / (n - 1)];
  });
  const interaction = interactions.length === 0 ? 0 : mean(interactions);
  const variance = projected(sampleVariance(values), interaction, pilot.probes.length, probes);
  const shrunk = ((n - 1) * variance + spreadDegrees * spread ** 2) / (n - 1 + spreadDegrees);
  return Math.sqrt(shrunk * (1 + 1 / (n + meanPseudoControls)));
}

/** Root mean square affinity between panel models of different labs, as `cohortSpread` has it, projected likewise. */
function projectedSpread(pilot: MeasuredAnswers, probes: number): number {
  const squares: number[] = [];
  const variances: number[] = [];
  for (const a of pilot.stack.panel)
    for (const b of pilot.stack.panel) {
      if (b >= a || (pilot.models[a]?.lab ?? a) === (pilot.models[b]?.lab ?? b)) continue;
      const terms = counted(frozenAffinity(pilot, a, b)?.terms(pilot.stack) ?? []);
      if (terms.length < 2) continue;
      squares.push(mean(terms) ** 2);
      variances.push(sampleVariance(terms));
    }
  return squares.length === 0
    ? 0
    : Math.sqrt(projected(mean(squares), mean(variances), pilot.probes.length, probes));
}

/** A variance that noise of `noise` a probe inflates by noise / n, as it would be on `probes` probes. */
const projected = (variance: number, noise: number, n: number, probes: number) =>
  Math.max(0, variance - noise / n) + noise / probes;

/** The habit affinity with the reach of its interval; where the pilot does not tell it, all of [-1, 1]. */
function frozenHabit(pilot: MeasuredAnswers, suspect: number, reference: number, level: number) {
  const controls = controlsOf(pilot, suspect, reference);
  const estimate = habitAffinity(pilot, suspect, reference, controls);
  const { blockOf, blockCount } = pilot.stack;
  const sizes = new Array<number>(blockCount).fill(0);
  for (const block of blockOf) sizes[block] = (sizes[block] ?? 0) + 1;
  const without = sizes.map((_, block) => habitAffinity(pilot, suspect, reference, controls, block));
  if (estimate === null || blockCount < 2 || without.includes(null)) return { estimate: 0, reach: 1 };
  const jackknife = deleteBlockJackknife(sizes, (leftOut) =>
    leftOut === null ? estimate : (without[leftOut] as number),
  );
  const [low, high] = jackknife.interval(level);
  return { estimate, reach: (high - low) / 2 };
}

function weightsOf({ features, weights }: Calibration): { content: number; habit: number } {
  const of = (name: string) => weights[features.indexOf(name)] ?? 0;
  const other = features.find((name) => name !== "contentScore" && name !== "habitAffinity");
  if (other !== undefined || !(of("contentScore") > 0))
    throw new InsufficientDataError(
      "sequential.calibration",
      `the calibration fuses ${features.join(", ")}: expected contentScore with a weight above 0, and habitAffinity at most besides`,
    );
  return { content: of("contentScore"), habit: of("habitAffinity") };
}

const undefinedOnPilot = (clause: string) =>
  new InsufficientDataError("sequential.pilot", `${clause} on the pilot; take a longer one with --pilot`);
