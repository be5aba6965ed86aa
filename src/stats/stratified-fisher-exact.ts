import { InsufficientDataError } from "../errors.ts";
import { requireCount } from "./check-values.ts";
import { hypergeometricWeights } from "./fisher-exact.ts";

/** A 2 x 2 table of one stratum: hits and misses of both rows. */
export interface StratumTable {
  readonly first: readonly [hits: number, misses: number];
  readonly second: readonly [hits: number, misses: number];
}

/**
 * Exact conditional test of 2 x 2 tables in strata (Mantel-Haenszel, exact version), one-sided.
 *
 * Null: within every stratum both rows hit with one probability, which may differ from stratum to stratum; conditional on
 * the margins of each table, the first row's hits are a sum of independent hypergeometric counts. With one stratum it is
 * Fisher's exact test.
 *
 * @param strata - at least one in which both rows have a trial; others say nothing and are left out; not modified
 * @returns P(first row's hits in all >= those observed), in (0, 1]; 1 where nobody hits or nobody misses
 * @throws InsufficientDataError when no stratum has a trial in both rows
 * @throws RangeError when a count is not a whole number of at least 0
 * @see Mehta, Patel & Gray (1985), doi:10.1080/01621459.1985.10478212; R: `mantelhaen.test(exact = TRUE)`
 */
export function stratifiedFisherExact(strata: readonly StratumTable[]): {
  readonly pValue: number;
  readonly strata: number;
  readonly method: string;
} {
  for (const { first, second } of strata)
    for (const count of [...first, ...second]) requireCount(count, "A count of a 2 x 2 table");
  const used = strata.filter(({ first, second }) => first[0] + first[1] > 0 && second[0] + second[1] > 0);
  if (used.length === 0)
    throw new InsufficientDataError(
      "stats.empty-row",
      "The stratified exact test needs a stratum with a trial in both rows, got none; collect more data.",
    );
  let distribution = Float64Array.of(1);
  let above = 0;
  for (const { first, second } of used) {
    const n1 = first[0] + first[1];
    const n2 = second[0] + second[1];
    const hits = first[0] + second[0];
    const lowest = Math.max(0, hits - n2);
    const weights = hypergeometricWeights(lowest, Math.min(hits, n1), hits, [n1, n2]);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    distribution = convolve(
      distribution,
      weights.map((weight) => weight / total),
    );
    above += first[0] - lowest;
  }
  const upper = distribution.subarray(above).reduceRight((sum, probability) => sum + probability, 0);
  return {
    pValue: Math.min(1, Math.max(upper, Number.MIN_VALUE)),
    strata: used.length,
    method: "exact conditional test in strata, one-sided (greater)",
  };
}

function convolve(first: Float64Array, second: Float64Array): Float64Array<ArrayBuffer> {
  const sum = new Float64Array(first.length + second.length - 1);
  for (let i = 0; i < first.length; i++)
    for (let j = 0; j < second.length; j++)
      sum[i + j] = (sum[i + j] as number) + (first[i] as number) * (second[j] as number);
  return sum;
}
