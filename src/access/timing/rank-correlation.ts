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

/** Spearman's rank correlation of two series of equal length, in [-1, 1]; NaN where one of them is constant. */
export function rankCorrelation(first: CentredRanks, second: CentredRanks): number {
  const product = first.norm * second.norm;
  if (first.ranks.length < 2 || product === 0) return Number.NaN;
  let sum = 0;
  first.ranks.forEach((rank, at) => {
    sum += rank * (second.ranks[at] as number);
  });
  return Math.max(-1, Math.min(1, sum / product));
}
