import { Matrix, solve } from "ml-matrix";
import { InsufficientDataError } from "../errors.ts";
import { requireFinite, requireWithin } from "./check-values.ts";

export interface LogisticFit {
  /** Log odds (natural logarithm) where all features are 0. With balanced weights, log LR. */
  readonly intercept: number;
  /** One a feature, in the order given. */
  readonly coefficients: readonly number[];
  /** True when the fit puts every row on its own side: without the ridge the coefficients would be infinite. */
  readonly separated: boolean;
  readonly iterations: number;
}

/**
 * Weighted logistic regression by iteratively reweighted least squares with a small ridge.
 *
 * Minimises sum_i w_i log(1 + exp(-s_i eta_i)) + ridge / 2 * |coefficients|^2; the intercept is not penalised. Under
 * perfect separation the ridge alone keeps the coefficients finite and `separated` says so. With ridge 1 and balanced
 * weights n / (2 n_class) it is scikit-learn's default as used by `lir`'s LogitCalibrator.
 *
 * @param rows - n feature vectors of equal length d >= 1, finite, of comparable scale; not modified
 * @param labels - n labels, true for the class whose odds are modelled; both must occur
 * @param options.weights - n weights of at least 0, 1 each by default; see `balancedWeights`
 * @param options.ridge - at least 1e-12, 1e-6 by default
 * @returns a constant feature gets coefficient 0, for it cannot be told from the intercept
 * @throws InsufficientDataError when a class has no row of weight above 0
 * @throws RangeError when lengths differ, a value is not finite or the iterations do not settle
 */
export function logisticRegression(
  rows: readonly (readonly number[])[],
  labels: readonly boolean[],
  options: { readonly weights?: readonly number[]; readonly ridge?: number } = {},
): LogisticFit {
  const { weights = labels.map(() => 1), ridge = 1e-6 } = options;
  const width = rows[0]?.length ?? 0;
  checkRows(rows, labels, weights, width);
  requireWithin(ridge, "ridge", [1e-12, Number.MAX_VALUE]);
  // Centring changes nothing but the conditioning: the intercept is not penalised.
  const means = centre(rows, weights, width);
  const problem = {
    rows: rows.map((row) => row.map((value, index) => value - (means[index] as number))),
    labels,
    weights,
    ridge,
  };
  let current: readonly number[] = new Array<number>(width + 1).fill(0);
  for (let iterations = 1; iterations <= 200; iterations++) {
    const next = newtonStep(problem, current);
    const change = Math.max(...next.map((value, index) => Math.abs(value - (current[index] as number))));
    current = next;
    if (change > 1e-10 * (1 + Math.max(...next.map(Math.abs)))) continue;
    const [centred = 0, ...coefficients] = current;
    return {
      intercept: coefficients.reduce((sum, value, index) => sum - value * (means[index] as number), centred),
      coefficients,
      separated: problem.rows.every(
        (row, index) => weights[index] === 0 || logOdds(current, row) > 0 === labels[index],
      ),
      iterations,
    };
  }
  throw new RangeError("The logistic regression did not settle in 200 iterations; rescale its features.");
}

interface Problem {
  readonly rows: readonly (readonly number[])[];
  readonly labels: readonly boolean[];
  readonly weights: readonly number[];
  readonly ridge: number;
}

/** One Newton step, halved until the cost falls; the parameters as they are where it cannot fall any more. */
function newtonStep(problem: Problem, current: readonly number[]): readonly number[] {
  const { gradient, hessian } = derivatives(problem, current);
  const step = solve(hessian, Matrix.columnVector(gradient)).getColumn(0);
  const cost = penalisedCost(problem, current);
  for (let scale = 1; scale > 1e-10; scale /= 2) {
    const next = current.map((value, index) => value - scale * (step[index] as number));
    if (penalisedCost(problem, next) < cost) return next;
  }
  return current;
}

function centre(
  rows: readonly (readonly number[])[],
  weights: readonly number[],
  width: number,
): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from(
    { length: width },
    (_, column) =>
      rows.reduce((sum, row, index) => sum + (weights[index] as number) * (row[column] as number), 0) / total,
  );
}

function checkRows(
  rows: readonly (readonly number[])[],
  labels: readonly boolean[],
  weights: readonly number[],
  width: number,
): void {
  if (labels.length !== rows.length || weights.length !== rows.length)
    throw new RangeError(
      `One label and one weight a row are needed, got ${rows.length} rows, ${labels.length} labels and ${weights.length} weights.`,
    );
  requireFinite(weights, "weights");
  for (const weight of weights) requireWithin(weight, "weight", [0, Number.MAX_VALUE]);
  for (const row of rows) {
    if (row.length !== width || width === 0)
      throw new RangeError(`Every row must have ${Math.max(1, width)} features, got ${row.length}.`);
    requireFinite(row, "features");
  }
  for (const wanted of [true, false])
    if (!labels.some((label, index) => label === wanted && (weights[index] ?? 0) > 0))
      throw new InsufficientDataError(
        "stats.one-class",
        `The logistic regression has no row of the class "${wanted}"; both classes are needed.`,
      );
}

function logOdds(parameters: readonly number[], row: readonly number[]): number {
  let sum = parameters[0] ?? 0;
  for (let index = 0; index < row.length; index++)
    sum += (parameters[index + 1] as number) * (row[index] as number);
  return sum;
}

function penalisedCost({ rows, labels, weights, ridge }: Problem, parameters: readonly number[]): number {
  let cost = 0;
  for (let index = 1; index < parameters.length; index++) cost += (ridge / 2) * (parameters[index] ?? 0) ** 2;
  rows.forEach((row, index) => {
    const margin = (labels[index] ? 1 : -1) * logOdds(parameters, row);
    const loss = margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
    cost += (weights[index] as number) * loss;
  });
  return cost;
}

function derivatives(
  { rows, labels, weights, ridge }: Problem,
  parameters: readonly number[],
): { gradient: number[]; hessian: Matrix } {
  const size = parameters.length;
  const gradient = parameters.map((value, index) => (index === 0 ? 0 : ridge * value));
  const hessian = Matrix.zeros(size, size);
  for (let index = 1; index < size; index++) hessian.set(index, index, ridge);
  rows.forEach((row, index) => {
    const sign = labels[index] ? 1 : -1;
    // Probability of the other class, which keeps its digits where the fit is sure.
    const miss = 1 / (1 + Math.exp(sign * logOdds(parameters, row)));
    const weight = weights[index] as number;
    const residual = -sign * weight * miss;
    const curvature = weight * miss * (1 - miss);
    for (let i = 0; i < size; i++) {
      const left = i === 0 ? 1 : (row[i - 1] as number);
      gradient[i] = (gradient[i] as number) + residual * left;
      for (let j = 0; j < size; j++)
        hessian.set(i, j, hessian.get(i, j) + curvature * left * (j === 0 ? 1 : (row[j - 1] as number)));
    }
  });
  return { gradient, hessian };
}
