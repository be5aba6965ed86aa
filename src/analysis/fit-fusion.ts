import { logisticRegression } from "../stats/logistic-regression.ts";
import { isDistilled, isUnrelated, type ScoredPair } from "./scored-pair.ts";

/** Strength of the ridge on the weights; 1 is what the `lir` package's logistic calibrator uses. */
const ridge = 1;

/**
 * Share of each feature in the one score that is fitted: a quarter content and three quarters habit. Fixed, because on
 * the labelled pairs there are weights fitted to them do worse on pairs left out (docs/method.md).
 */
const mix = [0.25, 0.75] as const;

/** A pair in a fit, with the corpus it counts towards. */
export interface FitPair {
  readonly pair: ScoredPair;
  readonly corpus: number;
}

/**
 * Fits log LR = intercept + slope times a fixed mix of the features by logistic regression. Both classes weigh the same, and
 * within a class every corpus weighs the same, so that the prior odds cancel and no large corpus speaks for all.
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
    used.map(({ pair }) => [mixed(pair.features ?? [])]),
    used.map(({ pair }) => isDistilled(pair)),
    { weights, ridge },
  );
  return [intercept, ...mix.map((share) => share * (coefficients[0] ?? 0))];
}

/** The one score of a pair. */
function mixed(features: readonly number[]): number {
  return mix.reduce((sum, share, i) => sum + share * (features[i] ?? 0), 0);
}

/** Log odds (natural) of a feature vector: the log likelihood ratio before bounding. */
export function fusedLogOdds(coefficients: readonly number[], features: readonly number[]): number {
  return features.reduce((sum, value, i) => sum + value * (coefficients[i + 1] ?? 0), coefficients[0] ?? 0);
}
