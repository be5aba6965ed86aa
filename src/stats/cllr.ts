import { InsufficientDataError } from "../errors.ts";

/**
 * Log likelihood ratio cost: the mean penalty in bits of reporting these likelihood ratios.
 *
 * 0 is perfect, 1 is a system that always says LR = 1, above 1 misleads. Each hypothesis weighs one half whatever its
 * number of cases, as in `lir`.
 *
 * @param whenTrue - n1 >= 1 log10 LRs of cases where the numerator's hypothesis holds; infinities allowed; not modified
 * @param whenFalse - n0 >= 1 log10 LRs of the others; not modified
 * @returns at least 0; Infinity when an infinite LR misleads
 * @throws InsufficientDataError when a hypothesis has no case
 * @throws RangeError when a value is NaN
 * @see Brümmer & du Preez (2006), doi:10.1016/j.csl.2005.08.001
 */
export function cllr(whenTrue: readonly number[], whenFalse: readonly number[]): number {
  return (meanCost(whenTrue, -1, "true") + meanCost(whenFalse, 1, "false")) / 2;
}

function meanCost(log10LRs: readonly number[], sign: 1 | -1, hypothesis: string): number {
  if (log10LRs.length === 0)
    throw new InsufficientDataError(
      "stats.one-hypothesis",
      `Cllr needs cases where the hypothesis is ${hypothesis}, got none.`,
    );
  let sum = 0;
  for (const value of log10LRs) {
    if (Number.isNaN(value)) throw new RangeError("A log10 LR must be a number, got NaN.");
    const logOdds = sign * value * Math.LN10;
    // log(1 + e^x) without overflow.
    sum += logOdds > 0 ? logOdds + Math.log1p(Math.exp(-logOdds)) : Math.log1p(Math.exp(logOdds));
  }
  return sum / Math.LN2 / log10LRs.length;
}
