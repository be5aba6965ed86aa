import { mean } from "simple-statistics";
import { InsufficientDataError } from "../errors.ts";
import type { Calibration } from "../schema/calibration.ts";
import { centredByProbe } from "./centred-by-probe.ts";
import { excludedFor } from "./content-score.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { fusionWeights, type ProjectedBackground } from "./projected-log-odds.ts";

/**
 * The most one probe may contribute, in units of the agreement of a model with itself at an average probe: what is
 * beyond counts as this much. Few probes are beyond; the lower the bound, the sooner a mean of contributions is known.
 */
export const mostContribution = 0.3;

/** The part of a likelihood ratio that is a mean over probes, with its scale fixed on a pilot. */
export interface FrozenContributions {
  /**
   * Agreement of suspect and reference at each probe, in [0, `mostContribution`]; null where the probe does not count,
   * because one of them has no answer to it or fewer than two controls have.
   * @param measured - answers of the same models to any probes
   */
  readonly of: (measured: MeasuredAnswers) => (number | null)[];
  /** Contributions of the pilot's own probes; one that does not count stands at the mean of the others. */
  readonly pilot: readonly number[];
  readonly pilotMean: number;
  /** What a contribution of 1 at all probes adds to the log odds (natural); above 0. */
  readonly slope: number;
}

/**
 * Fixes on a pilot the part of the log odds that is linear in the probes: slope times the mean of
 * x_p = min(0.3, max(0, c_p(S,R)) / d), d the pilot's root of mean c_p(S,S) times mean c_p(R,R), with squared norms. The slope is the
 * content score's weight over the spread of unrelated models' agreements, as projected from the pilot to all probes.
 *
 * Any scale would do: how far the log odds are from this mean is what `remainderInterval` measures. A good one leaves
 * little to it.
 *
 * @throws InsufficientDataError when a scale is not defined on the pilot
 */
export function freezeContributions(
  pilot: MeasuredAnswers,
  suspect: number,
  reference: number,
  {
    calibration,
    background,
  }: { readonly calibration: Calibration; readonly background: ProjectedBackground },
): FrozenContributions {
  const ofPair = (measured: MeasuredAnswers) =>
    centredByProbe(measured, suspect, reference, excludedFor(measured, [suspect, reference]));
  const { firstNorm, secondNorm, probes } = ofPair(pilot);
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const counted = probes.reduce((sum, count) => sum + count, 0);
  const unit = Math.sqrt(Math.max(0, total(firstNorm)) * Math.max(0, total(secondNorm))) / counted;
  const spread = background.without(-1).contentStandardDeviation / background.contentGain;
  if (!(unit > negligible && spread > negligible))
    throw new InsufficientDataError(
      "sequential.pilot",
      "the agreement of suspect and reference has no scale on the pilot; take a longer one with --pilot",
    );
  const of = (measured: MeasuredAnswers) => {
    const sums = ofPair(measured);
    return Array.from(sums.agreement, (value, p) =>
      sums.probes[p] === 0 ? null : Math.min(mostContribution, value / unit),
    );
  };
  const ownContributions = of(pilot);
  const pilotMean = mean(ownContributions.filter((value) => value !== null));
  return {
    of,
    pilot: ownContributions.map((value) => value ?? pilotMean),
    pilotMean,
    slope: fusionWeights(calibration).content / spread,
  };
}

/** Kernels are kept in single precision: what is this small is what rounding leaves of 0. */
const negligible = 1e-6;
