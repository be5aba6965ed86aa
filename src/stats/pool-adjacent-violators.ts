import { requireFinite, requireWithin } from "./check-values.ts";

/**
 * Isotonic regression by pooling adjacent violators: the non-decreasing sequence nearest in weighted least squares.
 *
 * @param values - n >= 1 finite numbers in the order of the predictor; not modified. Items with tied predictors must
 *   be merged into one beforehand (weighted mean, summed weight)
 * @param weights - n weights above 0, 1 each by default; not modified
 * @returns n fitted values, non-decreasing; an already non-decreasing input comes back as it is
 * @throws InsufficientDataError when there is no value
 * @throws RangeError when lengths differ, a value is not finite or a weight is not above 0
 * @see de Leeuw, Hornik & Mair (2009), doi:10.18637/jss.v032.i05
 */
export function poolAdjacentViolators(
  values: readonly number[],
  weights: readonly number[] = values.map(() => 1),
): number[] {
  requireFinite(values, "isotonic regression");
  requireFinite(weights, "weights");
  for (const weight of weights) requireWithin(weight, "weight", [Number.MIN_VALUE, Number.MAX_VALUE]);
  if (values.length !== weights.length)
    throw new RangeError(`One weight a value is needed, got ${weights.length} for ${values.length}.`);
  const pools: { mean: number; weight: number; count: number }[] = [];
  values.forEach((value, index) => {
    let pool = { mean: value, weight: weights[index] as number, count: 1 };
    for (let last = pools.at(-1); last && last.mean >= pool.mean; last = pools.at(-1)) {
      const weight = last.weight + pool.weight;
      const mean =
        last.mean === pool.mean ? pool.mean : (last.mean * last.weight + pool.mean * pool.weight) / weight;
      pool = { mean, weight, count: last.count + pool.count };
      pools.pop();
    }
    pools.push(pool);
  });
  return pools.flatMap(({ mean, count }) => new Array<number>(count).fill(mean));
}
