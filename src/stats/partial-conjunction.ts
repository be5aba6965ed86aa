import { requireCount, requirePValues } from "./check-values.ts";

/**
 * Partial conjunction test: p-value of "at least u of these n null hypotheses are false".
 *
 * Null: fewer than u of the n null hypotheses are false. u = 1 is the global null, u = n the largest p-value (an
 * intersection-union test).
 *
 * @param pValues - n >= 1 p-values in [0, 1]; not modified
 * @param atLeast - u, whole, in [1, n]
 * @param combination - `bonferroni`: (n - u + 1) p_(u), valid under any dependence (tests that share one reference and
 *   one suspect depend on each other); `simes`: min over i of (n - u + 1) p_(u - 1 + i) / i, more powerful, valid for
 *   independent or positively dependent p-values
 * @returns in [0, 1]
 * @throws InsufficientDataError when there is no p-value
 * @throws RangeError when a p-value or u is outside its range
 * @see Benjamini & Heller (2008), doi:10.1111/j.1541-0420.2007.00984.x
 */
export function partialConjunction(
  pValues: readonly number[],
  atLeast: number,
  combination: "bonferroni" | "simes" = "bonferroni",
): number {
  requirePValues(pValues);
  requireCount(atLeast, "atLeast", 1);
  if (atLeast > pValues.length)
    throw new RangeError(
      `atLeast must be at most ${pValues.length}, the number of p-values, got ${atLeast}.`,
    );
  const largest = pValues.toSorted((first, second) => first - second).slice(atLeast - 1);
  const terms = largest.map((p, index) => (largest.length * p) / (index + 1));
  return Math.min(1, combination === "simes" ? Math.min(...terms) : (terms[0] as number));
}
