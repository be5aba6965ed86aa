import { nonNegativeLeastSquares } from "../stats/non-negative-least-squares.ts";
import { positiveSemidefinitePart } from "../stats/positive-semidefinite-part.ts";

/** Share of the candidates' mean self term that is added to the diagonal. */
const ridge = 0.01;

/** How some candidates explain the first model's departure. Numbers are by row of the matrix; row 0 is that model. */
export interface Explanation {
  /** At least 0; 0 for row 0 and for rows that were not asked for. */
  readonly weights: readonly number[];
  /** Share of the first model's own departure that is explained, in units of its self term. */
  readonly explained: number;
  /** How much less is explained without some candidates, refitted: at least 0, and 0 where they have no weight. */
  readonly lossWithout: (rows: readonly number[]) => number;
}

/**
 * Non-negative ridge regression of one departure on others, from their inner products alone.
 *
 * Negative eigenvalues, which unbiased self terms can leave, are taken out first. The ridge, 1 % of the mean self term,
 * makes the solution unique: of two copies, each gets half the weight. What is explained is a smooth function of the
 * inner products, so that its differences can be jackknifed; the weights are not at their bound 0.
 *
 * @param products - symmetric; row 0 is the model explained
 * @param rows - candidates that take part, as rows above 0
 * @param start - rows expected to have weight; changes speed only
 */
export function explainDeparture(
  products: readonly (readonly number[])[],
  rows: readonly number[],
  start: readonly number[] = [],
): Explanation {
  const own = products[0]?.[0] ?? Number.NaN;
  const gram = positiveSemidefinitePart(rows.map((i) => rows.map((j) => products[i]?.[j] ?? Number.NaN)));
  const scale = gram.reduce((sum, row, i) => sum + (row[i] ?? 0), 0) / rows.length;
  gram.forEach((row, i) => {
    row[i] = (row[i] ?? 0) + ridge * scale;
  });
  const shared = rows.map((row) => products[0]?.[row] ?? Number.NaN);
  const solve = (kept: readonly number[], likely: readonly number[]) => {
    const weights = nonNegativeLeastSquares(
      kept.map((i) => kept.map((j) => gram[i]?.[j] ?? 0)),
      kept.map((i) => shared[i] ?? 0),
      kept.flatMap((i, at) => (likely.includes(i) ? [at] : [])),
    );
    // At the optimum w'Gw = w'h: what is explained, 2w'h - w'Gw, is w'h.
    const explained =
      weights.reduce((sum, weight, at) => sum + weight * (shared[kept[at] ?? 0] ?? 0), 0) / own;
    return { weights, explained };
  };
  const all = rows.map((_, i) => i);
  const whole = solve(
    all,
    start.map((row) => rows.indexOf(row)),
  );
  const withWeight = all.filter((i) => (whole.weights[i] ?? 0) > 0);
  const weights = new Array<number>(products.length).fill(0);
  rows.forEach((row, i) => {
    weights[row] = whole.weights[i] ?? 0;
  });
  const losses = new Map<string, number>();
  const lossWithout = (left: readonly number[]) => {
    if (left.every((row) => weights[row] === 0)) return 0;
    const key = left.join();
    const kept = all.filter((i) => !left.includes(rows[i] ?? 0));
    const loss = losses.get(key) ?? Math.max(0, whole.explained - solve(kept, withWeight).explained);
    losses.set(key, loss);
    return loss;
  };
  return { weights, explained: whole.explained, lossWithout };
}
