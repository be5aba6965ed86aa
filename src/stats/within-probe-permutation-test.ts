import type { Random } from "../schema/random.ts";
import { drawFront } from "./draw-front.ts";
import { mmdOfSplit, pairSums, usableProbes } from "./mmd-squared.ts";
import type { ProbeKernel } from "./probe-kernel.ts";
import { sequentialPValue } from "./sequential-p-value.ts";

export interface MmdTestResult {
  /**
   * Mean unbiased squared MMD over the probes used, each weighted by its precision under the null. Equal to the
   * estimate of `mmdSquared` where every probe has the same numbers of answers.
   */
  readonly statistic: number;
  /** One-sided Monte Carlo p-value in (0, 1], never 0. */
  readonly pValue: number;
  /** Relabellings drawn: as many as were asked for, or fewer with `options.enough`. */
  readonly permutations: number;
  /** Standard deviation of the statistic over the relabellings drawn: its spread where nothing differs. */
  readonly nullStandardDeviation: number;
  readonly probes: number;
  readonly method: string;
}

/**
 * Two-sample permutation test of squared MMD, stratified by probe.
 *
 * Null: at each probe, the answers of both models are exchangeable (drawn from one distribution). Labels are permuted
 * within each probe, so a difference in how often a probe was asked cannot pass for a difference between models. The
 * kernel is computed once, outside; a permutation only adds up its entries. Permutations that tie with the
 * observed split count as at least as large, whatever their rounding.
 *
 * @param kernels - one a probe; probes with fewer than two answers of either model are left out; not modified
 * @param options.permutations - relabellings to draw, at least 1; the smallest p is 1 / (permutations + 1)
 * @param options.random - uniform source in [0, 1)
 * @param options.enough - stop once so many relabellings were at least as large as observed: a large p needs no more
 *   digits. Stopped at the l-th relabelling, p = enough / l; not given, all are drawn
 * @returns p = (1 + #{permuted >= observed}) / (1 + permutations); 1 where all answers are alike
 * @throws InsufficientDataError when no probe has two answers of each model
 * @throws RangeError when a kernel is not square or not finite
 * @see Phipson & Smyth (2010), doi:10.2202/1544-6115.1585, for the "+ 1"; Besag & Clifford (1991),
 *   doi:10.1093/biomet/78.2.301, for stopping early
 */
export function withinProbePermutationTest(
  kernels: readonly ProbeKernel[],
  options: { readonly permutations: number; readonly random: Random; readonly enough?: number },
): MmdTestResult {
  const { permutations, random, enough = Number.POSITIVE_INFINITY } = options;
  if (!Number.isSafeInteger(permutations) || permutations < 1)
    throw new RangeError(`permutations must be a whole number of at least 1, got ${permutations}.`);
  const strata = usableProbes(kernels).map((index) => {
    const kernel = kernels[index] as ProbeKernel;
    const size = kernel.firstCount + kernel.secondCount;
    const smaller = Math.min(kernel.firstCount, kernel.secondCount);
    // The smaller side first: the split is read off the first `smaller` rows.
    const shift = smaller === kernel.firstCount ? 0 : kernel.firstCount;
    const order = Uint32Array.from({ length: size }, (_, row) => (row + shift) % size);
    const weight = nullPrecision(kernel.firstCount, kernel.secondCount);
    return { kernel, sums: pairSums(kernel), order, chosen: order.subarray(0, smaller), weight };
  });
  const totalWeight = strata.reduce((sum, { weight }) => sum + weight, 0);
  const splitStatistic = () => {
    let sum = 0;
    for (const { kernel, sums, chosen, weight } of strata)
      sum += (weight / totalWeight) * mmdOfSplit(kernel, sums, chosen);
    return sum;
  };
  const statistic = splitStatistic();
  const tolerance = 1e-9 * Math.max(...strata.map(({ kernel }) => largest(kernel.values)));
  let atLeast = 0;
  let drawn = 0;
  let sum = 0;
  let squares = 0;
  while (drawn < permutations && atLeast < enough) {
    for (const { order, chosen } of strata) drawFront(order, chosen.length, random);
    const permuted = splitStatistic();
    if (permuted >= statistic - tolerance) atLeast++;
    drawn++;
    sum += permuted;
    squares += permuted * permuted;
  }
  return {
    statistic,
    pValue: sequentialPValue(atLeast, drawn, enough),
    permutations: drawn,
    nullStandardDeviation: Math.sqrt(Math.max(0, squares / drawn - (sum / drawn) ** 2)),
    probes: strata.length,
    method: "within-probe permutation test of squared MMD (unbiased), p = (1 + k) / (1 + m)",
  };
}

/** Inverse of the variance that an unbiased squared MMD has under the null, but for a factor of the kernel's. */
function nullPrecision(n1: number, n2: number): number {
  return 1 / (2 / (n1 * (n1 - 1)) + 2 / (n2 * (n2 - 1)) + 4 / (n1 * n2));
}

function largest(values: Float32Array): number {
  let maximum = 0;
  for (const value of values) maximum = Math.max(maximum, Math.abs(value));
  return maximum;
}
