import { mean, sampleStandardDeviation } from "simple-statistics";
import { InsufficientDataError } from "../errors.ts";
import type { Calibration } from "../schema/calibration.ts";
import { deleteBlockJackknife } from "../stats/delete-block-jackknife.ts";
import { agreementOf, centredSums } from "./content-affinity.ts";
import { affinitySpread, contentGain } from "./content-gain.ts";
import {
  type Background,
  backgroundFor,
  backgroundOf,
  cohortsOf,
  contentScore,
  controlsOf,
  excludedFor,
  habitScore,
  notBelow,
} from "./content-score.ts";
import { habitAffinity, unrelatedPanelPairs } from "./habit-affinity.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

/** What some probes of a suite say of the log odds (natural, unbounded) that all of them would give. */
export interface ProjectedLogOdds {
  readonly estimate: number;
  /** By jackknife block: probes that count for the pair, and the estimate without them. */
  readonly blocks: readonly { readonly block: number; readonly size: number; readonly without: number }[];
}

/** How unrelated panel models score on some probes, and by what factors scores grow until all are asked. */
export interface ProjectedBackground {
  /** Without each block, by its number; -1 for none left out. */
  readonly without: (block: number) => Background;
  readonly contentGain: number;
  readonly habitGain: number;
}

/**
 * The background of a comparison, with each jackknife block left out, and its projection to `probes` probes.
 *
 * On few probes unrelated models differ by noise besides, so that scores, which are in units of their spread, come out
 * too small. Variances are split into what is between pairs of models, which stays, and noise, which shrinks with the
 * probes: of the agreement as `contentGain` does, of the habit affinity by the jackknife of each pair. The latter is a mean
 * over pairs of probes which for unrelated models has next to no part that is linear in the probes: its variance goes
 * with the square of their number, and the jackknife makes it twice as large as it is (Efron & Stein 1981,
 * doi:10.1214/aos/1176345462).
 *
 * @param measured - with `habitJackknife`
 * @param fallback - for panels that are too small to tell; it is not projected
 * @throws InsufficientDataError when the spread is not defined without some block
 */
export function projectedBackground(
  measured: MeasuredAnswers,
  probes: number,
  fallback: Background,
): ProjectedBackground {
  const whole = backgroundOf(measured) === null ? null : backgroundFor(measured, fallback);
  if (whole === null) return { without: () => fallback, contentGain: 1, habitGain: 1 };
  const blocks = Array.from({ length: measured.stack.blockCount }, (_, block) => block);
  const pairs = unrelatedPanelPairs(measured).map(({ a, b, panel }) => {
    const sums = centredSums(measured.stack, a, b, excludedFor(measured, [a, b]));
    const habits = blocks.map((block) => habitAffinity(measured, a, b, panel, block));
    return { sums, habits, habit: habitAffinity(measured, a, b, panel) };
  });
  const sizes = blockSizes(measured);
  const noises = pairs.flatMap(({ habit, habits }) =>
    habit === null || habits.includes(null) || blocks.length < 2
      ? []
      : deleteBlockJackknife(sizes, (block) => (block === null ? habit : (habits[block] as number)))
          .standardError ** 2,
  );
  const variance = whole.habitSpread ** 2;
  const noise = noises.length === 0 ? 0 : Math.min(variance, mean(noises) / 2);
  const asked = measured.probes.length / probes;
  const atEnd = variance - noise * (1 - asked ** 2);
  const spread = affinitySpread(measured);
  const known = new Map<number, Background>([[-1, whole]]);
  return {
    without: (block) => {
      const background =
        known.get(block) ??
        backgroundFrom(
          pairs.flatMap(({ sums }) => agreementOf(sums, block) ?? []),
          pairs.flatMap(({ habits }) => habits[block] ?? []),
          fallback,
        );
      known.set(block, background);
      return background;
    },
    // Where models left probes unanswered, they will have left as many of the others.
    contentGain: spread === null ? 1 : contentGain(spread, spread.probes / asked),
    habitGain: atEnd > 0 ? Math.sqrt(variance / atEnd) : 1,
  };
}

function backgroundFrom(
  agreements: readonly number[],
  habits: readonly number[],
  calibrated: Background,
): Background {
  if (agreements.length < 2)
    throw new InsufficientDataError(
      "sequential.background",
      "fewer than two pairs of controls can be compared",
    );
  const own = {
    contentMean: mean([...agreements]),
    contentStandardDeviation: sampleStandardDeviation([...agreements]),
    habitSpread: habits.length < 2 ? 0 : Math.sqrt(mean(habits.map((habit) => habit ** 2))),
  };
  return notBelow(own, calibrated);
}

/**
 * The log odds that `likelihoodRatio` would have on all probes of a suite, estimated from those of them in `measured`,
 * with each jackknife block left out in turn. On all probes it is the score of `likelihoodRatio` itself.
 *
 * @param measured - with `habitJackknife`
 * @throws InsufficientDataError when the score is not defined, with all probes or without some block, or the calibration
 *   fuses something else than content score and habit score
 */
export function projectedLogOdds(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  options: { readonly calibration: Calibration; readonly background: ProjectedBackground },
): ProjectedLogOdds {
  const { calibration, background } = options;
  const { content, habit } = fusionWeights(calibration);
  const cohorts = cohortsOf(measured, suspect, reference);
  const controls = controlsOf(measured, suspect, reference);
  const logOdds = (leftOut: number): number => {
    const here = background.without(leftOut);
    const contents = contentScore(cohorts, here, leftOut);
    const habits = habitScore(habitAffinity(measured, suspect, reference, controls, leftOut), here);
    if (contents === null || habits === null)
      throw new InsufficientDataError(
        "sequential.undefined",
        "content score or habit affinity is not defined on the probes so far",
      );
    return (
      calibration.intercept +
      content * background.contentGain * contents +
      habit * background.habitGain * habits
    );
  };
  const sizes = cohorts.pair.probes;
  return {
    estimate: logOdds(-1),
    blocks: [...sizes.keys()].flatMap((block) => {
      const size = sizes[block] as number;
      return size === 0 ? [] : [{ block, size, without: logOdds(block) }];
    }),
  };
}

/** @throws InsufficientDataError when the calibration fuses something else, or content does not speak for a relation */
export function fusionWeights({ features, weights }: Calibration): { content: number; habit: number } {
  const of = (name: string) => weights[features.indexOf(name)] ?? 0;
  const other = features.find((name) => name !== "contentScore" && name !== "habitScore");
  if (other !== undefined || !(of("contentScore") > 0))
    throw new InsufficientDataError(
      "sequential.calibration",
      `the calibration fuses ${features.join(", ")}: expected contentScore with a weight above 0, and habitScore at most besides`,
    );
  return { content: of("contentScore"), habit: of("habitScore") };
}

function blockSizes({ stack }: MeasuredAnswers): number[] {
  const sizes = new Array<number>(stack.blockCount).fill(0);
  for (const block of stack.blockOf) sizes[block] = (sizes[block] ?? 0) + 1;
  return sizes;
}
