import { InsufficientDataError } from "../../errors.ts";
import type { Calibration } from "../../schema/calibration.ts";
import type { ScoreChange } from "../../schema/history.ts";
import { deleteBlockJackknife } from "../../stats/delete-block-jackknife.ts";
import { studentTUpperTail } from "../../stats/student-t-upper-tail.ts";
import {
  type Background,
  backgroundFor,
  backgroundOf,
  cohortsOf,
  contentScore,
  controlsOf,
  habitScore,
} from "../content-score.ts";
import { fusedLogOdds } from "../fit-fusion.ts";
import { habitAffinity } from "../habit-affinity.ts";
import { runsOverBlocks } from "../likelihood-ratio.ts";
import type { MeasuredAnswers } from "../measured-answers.ts";

export const scoreIntervalLevel = 0.95;
const fewestControls = 3;

/** Two runs measured on what they share: the same models, and the same probes in the same order. */
export interface MeasuredTwice {
  readonly earlier: MeasuredAnswers;
  readonly later: MeasuredAnswers;
}

/**
 * Change of a suspect's score from one run to another, on the probes, wordings, controls and numbers of samples that both
 * share, with one calibration for both: so another suite, panel or calibration cannot move it.
 *
 * The score is log10 of the likelihood ratio before bounding, or the content score where no calibration holds. Null: it
 * has one expectation in both runs. A block of probes is left out of both runs together (paired delete-a-block jackknife,
 * scaled up where contiguous runs of probes vary more than the blocks do); p by Student's t with blocks - 1 degrees, two-sided:
 * approximate, as the jackknife is. The panel is given: that other controls might have been chosen is not in it.
 *
 * @param calibration - null for the content score
 * @returns `reason` says why there is no estimate
 * @see Busing, Meijer & van der Leeden (1999), doi:10.1023/A:1008800423698
 */
export function scoreChange(
  { earlier, later }: MeasuredTwice,
  pair: { readonly suspect: number; readonly reference: number },
  calibration: Calibration | null,
): ScoreChange {
  const { suspect, reference } = pair;
  const controls = controlsOf(later, suspect, reference).filter((control) =>
    controlsOf(earlier, suspect, reference).includes(control),
  );
  const names = controls.map((control) => later.models[control]?.name ?? "");
  const base = {
    ...noScoreChange(""),
    unit: unitOf(calibration),
    controls: names,
    probes: later.probes.length,
    blocks: later.blocks.blockCount,
  };
  const none = (reason: string): ScoreChange => ({ ...base, reason });
  if (
    earlier.probes.length !== later.probes.length ||
    earlier.probes.some(({ id }, p) => id !== later.probes[p]?.id)
  )
    return none("the two runs hold their probes in another order");
  if (controls.length < fewestControls)
    return none(`both runs share ${controls.length} controls with answers, and ${fewestControls} are needed`);
  if (base.blocks < 3) return none("both runs share too few probes");
  const scores = [earlier, later].map((measured) => scoreOf(measured, suspect, reference, calibration));
  const [before, now] = scores;
  if (before === undefined || now === undefined || before === null || now === null)
    return none("the score is not defined on so few shared probes and controls");
  try {
    const sizes = new Array<number>(base.blocks).fill(0);
    for (const block of later.blocks.blockOf) sizes[block] = (sizes[block] as number) + 1;
    const jackknife = deleteBlockJackknife(sizes, (leftOut) => {
      const left = leftOut ?? -1;
      return (now(left) ?? Number.NaN) - (before(left) ?? Number.NaN);
    });
    const scale = Math.max(
      ...[earlier, later].map((measured) =>
        runsOverBlocks(measured, suspect, reference, cohortsOf(measured, suspect, reference)),
      ),
    );
    const standardError = scale * jackknife.standardError;
    const { estimate, degreesOfFreedom } = jackknife;
    const [low, high] = jackknife.interval(scoreIntervalLevel);
    // Answers that are word for word the same have a change of 0 without error.
    const pValue =
      standardError > 0
        ? Math.min(1, 2 * studentTUpperTail(Math.abs(estimate) / standardError, degreesOfFreedom))
        : estimate === 0
          ? 1
          : null;
    return {
      ...base,
      estimate,
      standardError,
      interval: [estimate - scale * (estimate - low), estimate + scale * (high - estimate)],
      pValue,
      reason: pValue === null ? "its error cannot be estimated" : null,
    };
  } catch (error) {
    if (error instanceof InsufficientDataError)
      return none(`the score is not defined on so few shared probes (${error.message.replace(/\.$/, "")})`);
    throw error;
  }
}

const unitOf = (calibration: Calibration | null) =>
  calibration === null ? "content score" : "log10 likelihood ratio before bounding";

/** No comparison of scores, and why. */
export function noScoreChange(reason: string): ScoreChange {
  return {
    estimate: null,
    standardError: null,
    interval: null,
    intervalLevel: scoreIntervalLevel,
    unit: unitOf(null),
    pValue: null,
    adjustedP: null,
    alarm: false,
    probes: 0,
    blocks: 0,
    controls: [],
    reason,
  };
}

/** The score as a function of the block left out (-1 for none); null where the run has no spread of unrelated models. */
function scoreOf(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  calibration: Calibration | null,
): ((leftOut: number) => number | null) | null {
  const background: Background | null =
    calibration === null ? backgroundOf(measured) : backgroundFor(measured, calibration.background);
  if (background === null) return null;
  const cohorts = cohortsOf(measured, suspect, reference);
  const controls = controlsOf(measured, suspect, reference);
  return (leftOut) => {
    const content = contentScore(cohorts, background, leftOut);
    if (calibration === null || content === null) return content;
    const habit = habitScore(habitAffinity(measured, suspect, reference, controls, leftOut), background);
    if (habit === null) return null;
    return fusedLogOdds([calibration.intercept, ...calibration.weights], [content, habit]) / Math.LN10;
  };
}
