import { InsufficientDataError } from "../errors.ts";

export interface RelabellingResult {
  /** Weighted sum over groups of the mean similarity of two different members. */
  readonly statistic: number;
  /** One-sided, exact: share of the relabellings whose statistic is at least the observed one; in (0, 1], never 0. */
  readonly pValue: number;
  /** Different ways to hand out the labels; 1 / this is the smallest p-value there can be. */
  readonly relabellings: number;
  readonly method: string;
}

/** More relabellings than this are not enumerated. */
const mostRelabellings = 200_000;

/**
 * Exact permutation test of "the members of these groups are more alike than chance": for a handful of answers, where a
 * Monte Carlo test would be coarse.
 *
 * Null: the labels are exchangeable over the items (the setting that tells the groups apart has no effect). With weights
 * 1 and -1 for two groups it asks whether the first repeats itself more than the second; with weight 1 for several
 * groups and 0 for the rest, whether the members of each group match.
 *
 * @param similarity - n x n, symmetric; the diagonal is not used; not modified
 * @param labels - group of each of the n items, whole numbers from 0; not modified
 * @param weights - by group; a group of weight other than 0 needs two members
 * @throws InsufficientDataError when a group with a weight has fewer than two members
 * @throws RangeError when sizes do not fit or there are more than 200,000 relabellings
 * @see Good (2005), "Permutation, Parametric and Bootstrap Tests of Hypotheses", chapter 3
 */
export function exactRelabellingTest(
  similarity: readonly (readonly number[])[],
  labels: readonly number[],
  weights: readonly number[],
): RelabellingResult {
  const n = labels.length;
  if (similarity.length !== n || similarity.some((row) => row.length !== n))
    throw new RangeError(`similarity must be ${n} x ${n}, one row a label.`);
  const counts = new Array<number>(weights.length).fill(0);
  for (const label of labels) {
    if (!Number.isInteger(label) || label < 0 || label >= weights.length)
      throw new RangeError(`labels must be whole numbers below ${weights.length}, got ${label}.`);
    counts[label] = (counts[label] as number) + 1;
  }
  weights.forEach((weight, group) => {
    if (weight !== 0 && (counts[group] as number) < 2)
      throw new InsufficientDataError(
        "stats.small-group",
        `Group ${group} needs two items or more to be alike, got ${counts[group]}.`,
      );
  });
  if (multinomial(counts) > mostRelabellings)
    throw new RangeError(`more than ${mostRelabellings} relabellings: use a Monte Carlo test.`);
  const factor = weights.map((weight, group) => {
    const size = counts[group] as number;
    return weight === 0 ? 0 : weight / ((size * (size - 1)) / 2);
  });
  const statisticOf = (groups: readonly number[]) => {
    let sum = 0;
    for (let row = 0; row < n; row++) {
      const scale = factor[groups[row] as number] as number;
      if (scale === 0) continue;
      for (let column = 0; column < row; column++)
        if (groups[column] === groups[row]) sum += scale * (similarity[row]?.[column] as number);
    }
    return sum;
  };
  const statistic = statisticOf(labels);
  const left = [...counts];
  const drawn: number[] = [];
  let all = 0;
  let atLeast = 0;
  const assign = () => {
    if (drawn.length === n) {
      all++;
      // Rounding must not part relabellings that tie.
      if (statisticOf(drawn) >= statistic - 1e-12) atLeast++;
      return;
    }
    left.forEach((rest, group) => {
      if (rest === 0) return;
      left[group] = rest - 1;
      drawn.push(group);
      assign();
      drawn.pop();
      left[group] = rest;
    });
  };
  assign();
  return {
    statistic,
    pValue: atLeast / all,
    relabellings: all,
    method: `exact permutation test over ${all} relabellings, one-sided`,
  };
}

function multinomial(counts: readonly number[]): number {
  let result = 1;
  let size = 0;
  for (const count of counts)
    for (let k = 1; k <= count; k++) {
      size++;
      result *= size / k;
    }
  return Math.round(result);
}
