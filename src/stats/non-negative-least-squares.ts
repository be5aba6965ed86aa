import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { InsufficientDataError } from "../errors.ts";

/**
 * Non-negative least squares from cross-products: the w >= 0 that minimises w'Gw - 2w'h, where G = X'X and h = X'y.
 *
 * The active-set method of Lawson & Hanson (1974, chapter 23) in the cross-product form of Bro & de Jong, because the
 * statistics know inner products only; a positive definite G makes the solution unique.
 *
 * @param gram - k x k, symmetric and positive definite; not modified
 * @param products - k finite numbers; not modified
 * @param start - indices expected to be above 0, for example those of a neighbouring problem; changes speed only
 * @returns k weights, 0 exactly for those at the bound
 * @throws RangeError when the sizes do not fit or a number is not finite
 * @throws InsufficientDataError when the columns kept are linearly dependent
 * @see Bro & de Jong (1997), doi:10.1002/(SICI)1099-128X(199709/10)11:5<393::AID-CEM483>3.0.CO;2-L
 */
export function nonNegativeLeastSquares(
  gram: readonly (readonly number[])[],
  products: readonly number[],
  start: readonly number[] = [],
): number[] {
  const k = products.length;
  if (gram.length !== k || gram.some((row) => row.length !== k))
    throw new RangeError(`The Gram matrix must be ${k} x ${k}, as there are ${k} products.`);
  if (!products.every(Number.isFinite) || !gram.every((row) => row.every(Number.isFinite)))
    throw new RangeError("Gram matrix and products must be finite numbers.");
  const free = new Set(start.filter((index) => index >= 0 && index < k));
  let weights = new Array<number>(k).fill(0);
  // What rounding leaves of a gradient of 0.
  const negligible = 1e-12 * k * Math.max(...products.map(Math.abs), 0);
  // Each round lowers the objective, so no set of free weights comes back; the limit only guards against rounding.
  for (let round = 0; round <= 10 * k; round++) {
    let target = solveFree(gram, products, free);
    while ([...free].some((index) => (target[index] as number) <= 0)) {
      const blocked = [...free].filter((index) => (target[index] as number) <= 0);
      const steps = blocked.map((index) => {
        const at = weights[index] as number;
        return at <= 0 ? 0 : at / (at - (target[index] as number));
      });
      const step = Math.min(...steps);
      weights = weights.map((at, index) => at + step * ((target[index] as number) - at));
      blocked.forEach((index, i) => {
        if (steps[i] !== step) return;
        weights[index] = 0;
        free.delete(index);
      });
      target = solveFree(gram, products, free);
    }
    weights = target;
    let next = -1;
    let steepest = negligible;
    for (let index = 0; index < k; index++) {
      if (free.has(index)) continue;
      const row = gram[index] as readonly number[];
      let gradient = products[index] as number;
      for (const other of free) gradient -= (row[other] as number) * (weights[other] as number);
      if (gradient <= steepest) continue;
      steepest = gradient;
      next = index;
    }
    if (next === -1) return weights;
    free.add(next);
  }
  throw new InsufficientDataError(
    "stats.nnls-not-converged",
    `Non-negative least squares did not settle for ${k} columns: expected independent columns; leave out near copies.`,
  );
}

/** Least squares over the free weights, 0 elsewhere. */
function solveFree(
  gram: readonly (readonly number[])[],
  products: readonly number[],
  free: ReadonlySet<number>,
): number[] {
  const result = new Array<number>(products.length).fill(0);
  if (free.size === 0) return result;
  const kept = [...free];
  const decomposition = new CholeskyDecomposition(
    new Matrix(kept.map((i) => kept.map((j) => (gram[Math.max(i, j)]?.[Math.min(i, j)] as number) ?? 0))),
  );
  if (!decomposition.isPositiveDefinite())
    throw new InsufficientDataError(
      "stats.dependent-columns",
      `The Gram matrix of columns ${kept.join(", ")} is not positive definite: expected independent columns; leave out copies.`,
    );
  const solution = decomposition.solve(Matrix.columnVector(kept.map((index) => products[index] as number)));
  kept.forEach((index, i) => {
    result[index] = solution.get(i, 0);
  });
  return result;
}
