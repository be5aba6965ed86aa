import { inverse, Matrix } from "ml-matrix";
import { requireFinite, requireWithin } from "./check-values.ts";

export interface FayHerriotResult {
  /** Best linear unbiased predictions with the variance put in (EBLUP), in the unit of the estimates. */
  readonly predictions: readonly number[];
  /** Square roots of their estimated mean squared errors, without the error of the variance itself. */
  readonly standardErrors: readonly number[];
  /** Share of each prediction that is its own estimate, in [0, 1); the rest is the regression. */
  readonly ownShares: readonly number[];
  /** Variance of the true values around the regression, at least 0. */
  readonly variance: number;
  /** Intercept first. */
  readonly coefficients: readonly number[];
  /** Weighted squared residuals without such variance (Cochran's Q), and its degrees of freedom. */
  readonly heterogeneity: { readonly statistic: number; readonly degreesOfFreedom: number };
}

/**
 * Fay-Herriot model: many noisy estimates shrunk to a regression on what is known of each (empirical Bayes).
 *
 * y_i = x_i' b + u_i + e_i, with var(e_i) known and var(u_i) = A by the method of moments: the A >= 0 at which the
 * weighted squared residuals equal their degrees of freedom (Paule-Mandel); 0 where they are below them already.
 *
 * @param estimates - n finite numbers; not modified
 * @param variances - n sampling variances above 0
 * @param covariates - n rows of d finite numbers, the intercept not among them; a covariate that is constant or follows
 *   from others gets coefficient 0 or a share. n must be above d + 1
 * @throws InsufficientDataError with fewer than d + 2 estimates; RangeError for a value that is not finite or a variance
 *   that is not above 0
 * @see Fay & Herriot (1979), doi:10.1080/01621459.1979.10482505; standard errors: Prasad & Rao (1990),
 *   doi:10.1080/01621459.1990.10475320, terms g1 and g2
 */
export function fayHerriot(
  estimates: readonly number[],
  variances: readonly number[],
  covariates: readonly (readonly number[])[],
): FayHerriotResult {
  const rows = covariates.map((row) => [1, ...row]);
  const width = rows[0]?.length ?? 1;
  requireFinite(estimates, "estimates", width + 1);
  requireFinite(rows.flat(), "covariates");
  for (const variance of variances) requireWithin(variance, "variance", [Number.MIN_VALUE, Number.MAX_VALUE]);
  const degreesOfFreedom = estimates.length - width;
  const regressed = (variance: number) => regression(estimates, variances, rows, variance);
  const statistic = regressed(0).squares;
  const variance =
    statistic <= degreesOfFreedom ? 0 : rootOf((a) => regressed(a).squares - degreesOfFreedom, variances);
  const { coefficients, covariance } = regressed(variance);
  const ownShares = variances.map((error) => variance / (variance + error));
  const parts = estimates.map((estimate, i) => {
    const row = Matrix.rowVector(rows[i] as number[]);
    const own = ownShares[i] as number;
    const fitted = row.mmul(coefficients).get(0, 0);
    const fittedVariance = row.mmul(covariance).mmul(row.transpose()).get(0, 0);
    return {
      prediction: fitted + own * (estimate - fitted),
      standardError: Math.sqrt(own * (variances[i] as number) + (1 - own) ** 2 * Math.max(0, fittedVariance)),
    };
  });
  return {
    predictions: parts.map(({ prediction }) => prediction),
    standardErrors: parts.map(({ standardError }) => standardError),
    ownShares,
    variance,
    coefficients: coefficients.getColumn(0),
    heterogeneity: { statistic, degreesOfFreedom },
  };
}

/** Generalised least squares with weights 1 / (variance + v_i). */
function regression(
  estimates: readonly number[],
  variances: readonly number[],
  rows: readonly (readonly number[])[],
  variance: number,
): { coefficients: Matrix; covariance: Matrix; squares: number } {
  const x = new Matrix(rows.map((row) => [...row]));
  const weights = variances.map((error) => 1 / (variance + error));
  const weighted = new Matrix(rows.map((row, i) => row.map((value) => value * (weights[i] as number))));
  // The pseudo-inverse: a constant covariate cannot be told from the intercept.
  const covariance = inverse(weighted.transpose().mmul(x), true);
  const coefficients = covariance.mmul(weighted.transpose()).mmul(Matrix.columnVector(estimates));
  const residuals = Matrix.sub(Matrix.columnVector(estimates), x.mmul(coefficients)).getColumn(0);
  const squares = residuals.reduce((sum, value, i) => sum + value * value * (weights[i] as number), 0);
  return { coefficients, covariance, squares };
}

/** Root of a function that falls from above 0 at 0 towards below it: bisection in the unit of the variances. */
function rootOf(excess: (variance: number) => number, variances: readonly number[]): number {
  let low = 0;
  let high = Math.max(...variances);
  while (excess(high) > 0) [low, high] = [high, 2 * high];
  for (let step = 0; step < 100 && high - low > 1e-13 * high; step++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
