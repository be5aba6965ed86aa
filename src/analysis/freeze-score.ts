import { mean } from "simple-statistics";
import { InsufficientDataError } from "../errors.ts";
import type { Calibration } from "../schema/calibration.ts";
import { deleteBlockJackknife } from "../stats/delete-block-jackknife.ts";
import { backgroundOf, controlsOf, meanPseudoControls } from "./content-score.ts";
import { habitAffinity } from "./habit-affinity.ts";
import type { KernelStack } from "./kernel-stack.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { meanOf, scoreScales, undefinedOnPilot } from "./score-scales.ts";

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
  /**
   * What the slope would be with the scales of all probes so far instead of the pilot's; the pilot's where they are not
   * defined.
   * @param stack - of the same models and panel as the pilot's
   */
  readonly slopeOn: (stack: KernelStack) => number;
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
 * The approximation is that denominators, widths and habits of the pilot stand for those of all probes (docs/method.md has
 * by how much they miss). Kernels need no freezing: a probe's depends on its answers alone.
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
  const { pair, cohorts, widths } = scoreScales(pilot, suspect, reference, probes);
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
  const background = backgroundOf(pilot);
  if (background === null) throw undefinedOnPilot("no two controls of different labs have an affinity");
  const pseudo = mean(
    cohorts.map(({ length: n }, k) => meanPseudoControls / (n + meanPseudoControls) / (widths[k] as number)),
  );
  const unit = background.habitSpread > 0 ? 1 / background.habitSpread : 0;
  const habits = frozenHabit(pilot, suspect, reference, options.habitLevel);
  return {
    contributionsOf,
    pilot: contributionsOf(pilot.stack),
    intercept:
      calibration.intercept + habit * unit * habits.estimate - content * pseudo * background.contentMean,
    slope: content * gain,
    slopeOn: (stack) => {
      const soFar = { ...pilot, stack, probes: stack.kernels.map(() => anyProbe) };
      try {
        const now = scoreScales(soFar, suspect, reference, probes);
        const shrunk = pair.denominator / now.pair.denominator;
        return content * mean(now.widths.map((width) => 1 / width)) * shrunk;
      } catch (error) {
        if (error instanceof InsufficientDataError) return content * gain;
        throw error;
      }
    },
    habitReach: Math.abs(habit) * unit * habits.reach,
  };
}

/** Scales do not ask which probe it was. */
const anyProbe = { id: "", family: "" };

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
  const other = features.find((name) => name !== "contentScore" && name !== "habitScore");
  if (other !== undefined || !(of("contentScore") > 0))
    throw new InsufficientDataError(
      "sequential.calibration",
      `the calibration fuses ${features.join(", ")}: expected contentScore with a weight above 0, and habitScore at most besides`,
    );
  return { content: of("contentScore"), habit: of("habitScore") };
}
