import { logisticRegression } from "../stats/logistic-regression.ts";
import { isDistilled, isUnrelated, type ScoredPair } from "./scored-pair.ts";

/** Strength of the ridge on the weights; 1 is what the `lir` package's logistic calibrator uses. */
const ridge = 1;

/**
 * The mix of the features that a fit starts from, one part content and three parts habit, and how strongly it is held:
 * a departure from it costs as much as weights `departureRidge` times as heavily penalised. Few labelled pairs cannot
 * tell the weights, and freely fitted ones do worse on pairs left out; where answers are many and short, as in the
 * miniature, habits say little and the fit must be able to leave them (docs/method.md).
 */
const mix = [1, 3] as const;
const departureRidge = 11;

/** A pair in a fit, with the corpus it counts towards. */
export interface FitPair {
  readonly pair: ScoredPair;
  readonly corpus: number;
}

/**
 * Fits log LR = intercept + weights times features by logistic regression, with the weights shrunk towards a mix (a
 * Gaussian prior along it of variance 1 and across it of variance 1 / 11). Both classes weigh the same, and within a class every corpus weighs the same, so that the prior odds cancel and no large corpus speaks for all.
 *
 * @returns [intercept, ...weights], or null when a class is empty
 * @see Morrison (2013), doi:10.1080/00450618.2012.733025, for logistic fusion and calibration
 */
export function fitFusion(pairs: readonly FitPair[]): number[] | null {
  const used = pairs.filter(({ pair }) => isDistilled(pair) || isUnrelated(pair));
  const cell = ({ pair, corpus }: FitPair) => `${isDistilled(pair)} ${corpus}`;
  const sizes = new Map<string, number>();
  for (const entry of used) sizes.set(cell(entry), (sizes.get(cell(entry)) ?? 0) + 1);
  const corporaOf = (distilled: boolean) =>
    [...sizes.keys()].filter((key) => key.startsWith(`${distilled} `)).length;
  if (corporaOf(true) === 0 || corporaOf(false) === 0) return null;
  const weights = used.map(
    (entry) => used.length / 2 / corporaOf(isDistilled(entry.pair)) / (sizes.get(cell(entry)) ?? 1),
  );
  const { intercept, coefficients } = logisticRegression(
    used.map(({ pair }) => axes.map((axis) => product(axis, pair.features ?? []))),
    used.map(({ pair }) => isDistilled(pair)),
    { weights, ridge },
  );
  return [
    intercept,
    ...mix.map((_, feature) =>
      axes.reduce((sum, axis, i) => sum + (axis[feature] ?? 0) * (coefficients[i] ?? 0), 0),
    ),
  ];
}

/** Along the mix and across it; the second is short, so that under one ridge it is penalised more. */
const axes = [mix, [mix[1] / Math.sqrt(departureRidge), -mix[0] / Math.sqrt(departureRidge)]].map((axis) =>
  axis.map((value) => value / Math.hypot(...mix)),
);

function product(axis: readonly number[], features: readonly number[]): number {
  return axis.reduce((sum, value, i) => sum + value * (features[i] ?? 0), 0);
}

/** Log odds (natural) of a feature vector: the log likelihood ratio before bounding. */
export function fusedLogOdds(coefficients: readonly number[], features: readonly number[]): number {
  return features.reduce((sum, value, i) => sum + value * (coefficients[i + 1] ?? 0), coefficients[0] ?? 0);
}
