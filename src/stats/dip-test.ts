import type { Random } from "../schema/random.ts";
import { requireCount, requireFinite } from "./check-values.ts";

/**
 * Hartigans' dip statistic: the largest distance between the empirical distribution function and the unimodal
 * distribution function nearest to it.
 *
 * @param values - n >= 1 finite numbers in any order, ties allowed; not modified
 * @returns in [1 / (2n), 1/4]; 1 / (2n) where all values are equal
 * @throws InsufficientDataError when there is no value; RangeError when one is not finite
 * @see Hartigan & Hartigan (1985), doi:10.1214/aos/1176346577; Hartigan (1985), algorithm AS 217, doi:10.2307/2347485,
 *   with Maechler's corrections as in R's `diptest`
 */
export function dipStatistic(values: ArrayLike<number>): number {
  requireFinite(values, "values");
  const n = values.length;
  // From 1, as in the paper.
  const x = new Float64Array(n + 1);
  x.set(Float64Array.from(values).sort(), 1);
  const at = (index: number) => x[index] as number;
  if (n < 2 || at(1) === at(n)) return 1 / (2 * n);
  const minorant = hull(n, at, 1);
  const majorant = hull(n, at, -1);
  let low = 1;
  let high = n;
  let dip = 1;
  for (;;) {
    const gcm = chain(minorant, high, low);
    const lcm = chain(majorant, low, high);
    const { distance, fromGcm, fromLcm } = largestGap(gcm, lcm, at);
    if (distance < dip) break;
    const below = dipOfPieces(gcm.slice(fromGcm).reverse(), at, 1);
    const above = dipOfPieces(lcm.slice(fromLcm), at, -1);
    dip = Math.max(dip, below, above);
    const nextLow = gcm[fromGcm] as number;
    const nextHigh = lcm[fromLcm] as number;
    if (low === nextLow && high === nextHigh) break;
    low = nextLow;
    high = nextHigh;
  }
  return dip / (2 * n);
}

/** Where the convex minorant (side 1) or the concave majorant (side -1) bends before (after) each point. */
function hull(n: number, at: (index: number) => number, side: 1 | -1): Int32Array {
  const end = side === 1 ? 1 : n;
  const next = new Int32Array(n + 1);
  next[end] = end;
  for (let j = end + side; j >= 1 && j <= n; j += side) {
    let bend = j - side;
    for (;;) {
      const beyond = next[bend] as number;
      if (bend === end || (at(j) - at(bend)) * (bend - beyond) < (at(bend) - at(beyond)) * (j - bend)) break;
      bend = beyond;
    }
    next[j] = bend;
  }
  return next;
}

function chain(next: Int32Array, from: number, to: number): number[] {
  const points = [from];
  for (let point = from; point !== to; ) {
    point = next[point] as number;
    points.push(point);
  }
  return points;
}

/** Largest distance between minorant (points from high to low) and majorant (from low to high), and where it is. */
function largestGap(
  gcm: readonly number[],
  lcm: readonly number[],
  at: (index: number) => number,
): { distance: number; fromGcm: number; fromLcm: number } {
  let fromGcm = gcm.length - 1;
  let fromLcm = lcm.length - 1;
  if (gcm.length === 2 && lcm.length === 2) return { distance: 1, fromGcm, fromLcm };
  let distance = 0;
  let i = gcm.length - 2;
  let j = 1;
  do {
    const g = gcm[i] as number;
    const l = lcm[j] as number;
    let gap: number;
    let found: readonly [number, number];
    if (g > l) {
      const before = gcm[i + 1] as number;
      gap = l - before + 1 - ((at(l) - at(before)) * (g - before)) / (at(g) - at(before));
      found = [i + 1, j];
      j++;
    } else {
      const before = lcm[j - 1] as number;
      gap = ((at(g) - at(before)) * (l - before)) / (at(l) - at(before)) - (g - before - 1);
      found = [i, j];
      i--;
    }
    if (gap >= distance) {
      distance = gap;
      [fromGcm, fromLcm] = found;
    }
    i = Math.max(i, 0);
    j = Math.min(j, lcm.length - 1);
  } while (gcm[i] !== lcm[j]);
  return { distance, fromGcm, fromLcm };
}

/** Largest distance of the steps from the straight pieces between bends, above (side 1) or below (side -1) them. */
function dipOfPieces(bends: readonly number[], at: (index: number) => number, side: 1 | -1): number {
  let largest = 0;
  for (let piece = 0; piece + 1 < bends.length; piece++) {
    const [from, to] = [bends[piece] as number, bends[piece + 1] as number];
    largest = Math.max(largest, 1);
    if (to - from <= 1 || at(to) === at(from)) continue;
    const slope = (to - from) / (at(to) - at(from));
    for (let point = from; point <= to; point++)
      largest = Math.max(largest, side * (point - from - (at(point) - at(from)) * slope) + 1);
  }
  return largest;
}

export interface DipTestResult {
  readonly statistic: number;
  /** Monte Carlo p-value in (0, 1], never 0. */
  readonly pValue: number;
  readonly draws: number;
  readonly n: number;
  readonly method: string;
}

/**
 * Hartigans' dip test. Null: the values are drawn from one unimodal distribution, however skewed or heavy-tailed; the
 * uniform distribution, the least favourable one for large n, gives the p-value, so the test is conservative for others.
 *
 * @param values - n >= 4 finite numbers; not modified
 * @param options.draws - uniform samples of the same size, at least 1; the smallest p is 1 / (draws + 1)
 * @throws InsufficientDataError with fewer than four values
 * @see Hartigan & Hartigan (1985), doi:10.1214/aos/1176346577
 */
export function dipTest(
  values: ArrayLike<number>,
  options: { readonly draws: number; readonly random: Random },
): DipTestResult {
  const { draws, random } = options;
  requireFinite(values, "values", 4);
  requireCount(draws, "draws", 1);
  const statistic = dipStatistic(values);
  const uniform = new Float64Array(values.length);
  let atLeast = 0;
  for (let draw = 0; draw < draws; draw++) {
    for (let index = 0; index < uniform.length; index++) uniform[index] = random();
    if (dipStatistic(uniform) >= statistic - 1e-12) atLeast++;
  }
  return {
    statistic,
    pValue: (1 + atLeast) / (1 + draws),
    draws,
    n: values.length,
    method: `Hartigans' dip test against the uniform distribution (${draws} draws), p = (1 + k) / (1 + m)`,
  };
}
