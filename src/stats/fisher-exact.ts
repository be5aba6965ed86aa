import { InsufficientDataError } from "../errors.ts";
import { requireCount } from "./check-values.ts";

export type Alternative = "two-sided" | "greater" | "less";

export interface FisherResult {
  readonly pValue: number;
  readonly alternative: Alternative;
  /** Share of hits in each row. */
  readonly rates: readonly [number, number];
  readonly sampleSizes: readonly [number, number];
  readonly method: string;
}

/**
 * Fisher's exact test of a 2 x 2 table.
 *
 * Null: both rows hit with one probability; conditional on the margins. Two-sided sums the tables at most as probable
 * as the one observed, as R does.
 *
 * @param first - hits and misses of the first row, whole numbers of at least 0; not modified
 * @param second - hits and misses of the second row; not modified
 * @param alternative - `greater`: the first row hits more often; two-sided by default
 * @returns pValue in (0, 1]; 1 where a margin is 0. It is right to 1e-12 relative down to 1e-290
 * @throws InsufficientDataError when a row has no trial
 * @throws RangeError when a count is not a whole number of at least 0
 * @see Fisher (1922), doi:10.2307/2340521
 */
export function fisherExact(
  first: readonly [hits: number, misses: number],
  second: readonly [hits: number, misses: number],
  alternative: Alternative = "two-sided",
): FisherResult {
  for (const count of [...first, ...second]) requireCount(count, "A count of a 2 x 2 table");
  const sampleSizes = [first[0] + first[1], second[0] + second[1]] as const;
  for (const size of sampleSizes) requireTrials(size);
  const hits = first[0] + second[0];
  const lowest = Math.max(0, hits - sampleSizes[1]);
  const weights = hypergeometricWeights(lowest, Math.min(hits, sampleSizes[0]), hits, sampleSizes);
  const observed = weights[first[0] - lowest] as number;
  let total = 0;
  let extreme = 0;
  weights.forEach((weight, index) => {
    total += weight;
    const counts =
      alternative === "two-sided"
        ? // Rounding must not part tables that are equally probable.
          weight <= observed * (1 + 1e-7)
        : alternative === "greater"
          ? index + lowest >= first[0]
          : index + lowest <= first[0];
    if (counts) extreme += weight;
  });
  return {
    pValue: Math.min(1, Math.max(extreme / total, Number.MIN_VALUE)),
    alternative,
    rates: [first[0] / sampleSizes[0], second[0] / sampleSizes[1]],
    sampleSizes,
    method: `Fisher's exact test, ${alternative}`,
  };
}

function requireTrials(size: number): void {
  if (size === 0)
    throw new InsufficientDataError(
      "stats.empty-row",
      "Fisher's exact test needs at least one trial in each row, got none; collect more data.",
    );
}

/** Probabilities of each first-row hit count relative to the most probable one: no logarithm, no lost digits. */
export function hypergeometricWeights(
  lowest: number,
  highest: number,
  hits: number,
  [n1, n2]: readonly [number, number],
): Float64Array {
  const weights = new Float64Array(highest - lowest + 1);
  const mode = Math.min(highest, Math.max(lowest, Math.floor(((hits + 1) * (n1 + 1)) / (n1 + n2 + 2))));
  weights[mode - lowest] = 1;
  for (let k = mode; k < highest; k++)
    weights[k + 1 - lowest] =
      ((weights[k - lowest] as number) * (n1 - k) * (hits - k)) / ((k + 1) * (n2 - hits + k + 1));
  for (let k = mode; k > lowest; k--)
    weights[k - 1 - lowest] =
      ((weights[k - lowest] as number) * k * (n2 - hits + k)) / ((n1 - k + 1) * (hits - k + 1));
  return weights;
}
