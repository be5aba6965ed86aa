import { sampleStandardDeviation } from "simple-statistics";
import { InsufficientDataError } from "../errors.ts";
import type { Calibration } from "../schema/calibration.ts";
import { deleteBlockJackknife } from "../stats/delete-block-jackknife.ts";
import { studentTQuantile } from "../stats/student-t-quantile.ts";
import { clamp } from "./calibrate.ts";
import { affinityOf, type CentredSums, centredOn, centredSums } from "./content-affinity.ts";
import {
  type Background,
  type Cohorts,
  cohortsOf,
  contentScore,
  controlsOf,
  excludedFor,
  habitScore,
  knownSums,
} from "./content-score.ts";
import { fusedLogOdds } from "./fit-fusion.ts";
import { habitAffinity } from "./habit-affinity.ts";
import { contiguousRuns } from "./jackknife-blocks.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { reducedPanel } from "./reduced-panel.ts";

export const intervalLevel = 0.95;

/** The likelihood ratio of one suspect and one reference. Log odds are natural, LRs are log10. */
export interface LikelihoodRatio {
  /** Fused log odds before bounding: what the LR is made from. */
  readonly score: number;
  readonly log10LR: number;
  readonly interval: readonly [number, number];
  readonly atUpperBound: boolean;
  /** Standard errors of the score from its three sources of error; Infinity for a panel that cannot spare a lab. */
  readonly standardErrors: { readonly probes: number; readonly panel: number; readonly calibration: number };
  /** Bounded log10 LR without each control in turn; null where it is not defined. */
  readonly withoutControl: readonly { readonly control: number; readonly log10LR: number | null }[];
  /** Bounded log10 LR without each jackknife block that has probes, in turn, and how many probes that block has. */
  readonly withoutBlock: readonly {
    readonly block: number;
    readonly probes: number;
    readonly log10LR: number;
  }[];
}

/**
 * Calibrated likelihood ratio with its interval, both bounded.
 *
 * The interval is the score plus or minus Student's t (blocks - 1) times the root of three variances: jackknife over
 * blocks of probes (scaled up where contiguous runs of probes vary more than the blocks do), jackknife over the panel's
 * labs, and bootstrap over the calibration's clusters. Labs are left out one at a time instead of drawn with
 * replacement, because a lab drawn twice would enter its own mean. With so few labs that one cannot be spared, the
 * interval is the whole of the bounds.
 *
 * @returns null when content score or habit affinity is not defined
 * @throws InsufficientDataError when a statistic is not defined without some block
 */
export function likelihoodRatio(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  options: {
    readonly calibration: Calibration;
    readonly background: Background;
    /** False leaves `withoutControl` empty: it takes longer than all the rest, and the interval needs whole labs only. */
    readonly eachControl?: boolean;
  },
): LikelihoodRatio | null {
  const { calibration, background, eachControl = true } = options;
  const coefficients = [calibration.intercept, ...calibration.weights];
  const cohorts = cohortsOf(measured, suspect, reference);
  const controls = controlsOf(measured, suspect, reference);
  const featuresOf = (leftOut: number): readonly [number, number] | null => {
    const content = contentScore(cohorts, background, leftOut);
    const habit = habitScore(habitAffinity(measured, suspect, reference, controls, leftOut), background);
    return content === null || habit === null ? null : [content, habit];
  };
  const features = featuresOf(-1);
  if (features === null) return null;
  const score = fusedLogOdds(coefficients, features);

  const sizes = cohorts.pair.probes;
  const used = [...sizes.keys()].filter((block) => (sizes[block] ?? 0) > 0);
  const withoutBlock = new Map<number, number>();
  const probes = deleteBlockJackknife(
    used.map((block) => sizes[block] as number),
    (leftOut) => {
      const block = leftOut === null ? -1 : (used[leftOut] as number);
      const logOdds = fusedLogOdds(coefficients, featuresOf(block) ?? [Number.NaN]);
      if (leftOut !== null) withoutBlock.set(block, logOdds);
      return logOdds;
    },
  );
  const probeError = probes.standardError * runsOverBlocks(measured, suspect, reference, cohorts);

  const reducedCohorts = cohortsWithout(measured, suspect, reference);
  const without = (out: ReadonlySet<number>) => {
    const rest = controls.filter((control) => !out.has(control));
    const content = contentScore(reducedCohorts(out), background);
    const habit = habitScore(habitAffinity(measured, suspect, reference, rest), background);
    return content === null || habit === null ? null : fusedLogOdds(coefficients, [content, habit]);
  };
  const labs = [...new Set(controls.map((control) => measured.models[control]?.lab ?? `unknown ${control}`))];
  const ofLab = (lab: string) =>
    controls.filter((control) => (measured.models[control]?.lab ?? `unknown ${control}`) === lab);
  const byLab = new Map(labs.map((lab) => [lab, without(new Set(ofLab(lab)))]));
  const labScores = [...byLab.values()].flatMap((value) => value ?? []);
  // Delete-one jackknife: (n - 1) / n times the sum of squares about the mean. Where the score is not defined without
  // some lab, it is not known how far the panel moves it: it may be anything.
  const panelError =
    labs.length < 2 || labScores.length < labs.length
      ? Number.POSITIVE_INFINITY
      : ((labScores.length - 1) / Math.sqrt(labScores.length)) * sampleStandardDeviation(labScores);

  const refits = calibration.bootstrapCoefficients.map((row) => fusedLogOdds(row, features));
  const calibrationError = refits.length < 2 ? 0 : sampleStandardDeviation(refits);

  const reach =
    studentTQuantile((1 + intervalLevel) / 2, probes.degreesOfFreedom) *
    Math.hypot(probeError, panelError, calibrationError);
  const bounded = (logOdds: number) => clamp(logOdds / Math.LN10, calibration.bounds.log10LR);
  return {
    score,
    log10LR: bounded(score),
    interval: [bounded(score - reach), bounded(score + reach)],
    atUpperBound: score / Math.LN10 >= calibration.bounds.log10LR[1],
    standardErrors: { probes: probeError, panel: panelError, calibration: calibrationError },
    withoutControl: (eachControl ? controls : []).map((control) => {
      const lab = measured.models[control]?.lab ?? `unknown ${control}`;
      const value = ofLab(lab).length === 1 ? (byLab.get(lab) ?? null) : without(new Set([control]));
      return { control, log10LR: value === null ? null : bounded(value) };
    }),
    withoutBlock: [...withoutBlock].map(([block, logOdds]) => ({
      block,
      probes: sizes[block] as number,
      log10LR: bounded(logOdds),
    })),
  };
}

/**
 * Cohorts of a pair as if the given controls had not been in the panel. The panel of each affinity is kept as it is with all
 * controls, for every call takes a few more out of it.
 */
function cohortsWithout(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
): (out: ReadonlySet<number>) => Cohorts {
  const all = controlsOf(measured, suspect, reference);
  const panelWithout = (third: readonly number[]) =>
    reducedPanel(measured.stack, excludedFor(measured, [suspect, reference, ...third]));
  const ofPair = panelWithout([]);
  const ofControl = new Map(all.map((control) => [control, panelWithout([control])]));
  return (out) => {
    const withReference = new Map<number, CentredSums>();
    const withSuspect = new Map<number, CentredSums>();
    for (const [control, panel] of ofControl) {
      if (out.has(control)) continue;
      const further = [...out].filter((model) => !panel.excluded.includes(model));
      const rest = panel.without(further);
      withReference.set(control, knownSums(measured, control, reference, rest));
      withSuspect.set(control, centredOn(rest, suspect, control));
    }
    return { pair: centredOn(ofPair.without([...out]), suspect, reference), withReference, withSuspect };
  };
}

/** Standard error of the pair's affinity over contiguous runs relative to that over the blocks; at least 1. */
export function runsOverBlocks(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  cohorts: Cohorts,
): number {
  const runs = contiguousRuns(measured.probes.length);
  const byRun = centredSums(
    { ...measured.stack, blockOf: runs.blockOf, blockCount: runs.blockCount },
    suspect,
    reference,
    excludedFor(measured, [suspect, reference]),
  );
  const overBlocks = affinityJackknife(cohorts.pair)?.standardError ?? 0;
  const overRuns = affinityJackknife(byRun)?.standardError ?? 0;
  return overBlocks > 0 ? Math.max(1, overRuns / overBlocks) : 1;
}

/** Jackknife over blocks of a content affinity; null with fewer than two blocks or where it is not defined. */
export function affinityJackknife(sums: Cohorts["pair"]) {
  const used = [...sums.probes.keys()].filter((block) => (sums.probes[block] ?? 0) > 0);
  if (used.length < 2) return null;
  try {
    return deleteBlockJackknife(
      used.map((block) => sums.probes[block] as number),
      (leftOut) => affinityOf(sums, leftOut === null ? -1 : (used[leftOut] as number)) ?? Number.NaN,
    );
  } catch (error) {
    if (error instanceof InsufficientDataError) return null;
    throw error;
  }
}
