import { midranks } from "../../stats/midranks.ts";

/** Ranks minus their mean, and the square root of the sum of their squares. */
interface CentredRanks {
  readonly ranks: Float64Array;
  readonly norm: number;
}

/** Midranks of a series around their mean. A constant series has norm 0. */
export function centredRanks(series: ArrayLike<number>): CentredRanks {
  const ranks = midranks(series);
  const mean = (series.length + 1) / 2;
  let squares = 0;
  ranks.forEach((rank, at) => {
    ranks[at] = rank - mean;
    squares += (rank - mean) ** 2;
  });
  return { ranks, norm: Math.sqrt(squares) };
}

/**
 * Spearman's rank correlation of two series of equal length, and its upper p-value by circular time shifts: the second
 * stands still while the first is turned against it, which keeps the rhythm (autocorrelation) of both.
 *
 * Null: where the first series starts is exchangeable. n days have n - 1 shifts, so that p is at least 1 / n.
 *
 * @param shifts - in 1 to n - 1; p = (k + 1) / (shifts.length + 1) for the k shifts that correlate no less
 * @returns NaN for both where a series is constant
 */
export function shiftedRankCorrelation(
  moved: CentredRanks,
  still: CentredRanks,
  shifts: ArrayLike<number>,
): { readonly rho: number; readonly pValue: number } {
  const n = still.ranks.length;
  const product = moved.norm * still.norm;
  if (n < 2 || product === 0) return { rho: Number.NaN, pValue: Number.NaN };
  const at = (shift: number) => {
    let sum = 0;
    for (let day = 0, from = shift; day < n; day++, from++)
      sum += (still.ranks[day] as number) * (moved.ranks[from < n ? from : from - n] as number);
    return sum / product;
  };
  const rho = at(0);
  let noLess = 0;
  for (let index = 0; index < shifts.length; index++)
    if (at(shifts[index] as number) >= rho - 1e-12) noLess++;
  return { rho: Math.max(-1, Math.min(1, rho)), pValue: (noLess + 1) / (shifts.length + 1) };
}
