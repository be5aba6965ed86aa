import { InsufficientDataError } from "../errors.ts";
import type { Random } from "../schema/random.ts";
import { requireCount } from "./check-values.ts";
import { drawFront } from "./draw-front.ts";
import { sequentialPValue } from "./sequential-p-value.ts";

/** The answers to one probe as vectors: those of the first sample, then those of the second. */
export interface ProbeVectors {
  readonly firstCount: number;
  readonly secondCount: number;
  /** Row-major, (firstCount + secondCount) x dimensions, finite. */
  readonly values: Float32Array;
}

export interface MeanShiftResult {
  /** Unbiased estimate of the squared length of the mean difference over probes; about 0, of either sign, without one. */
  readonly statistic: number;
  /** One-sided Monte Carlo p-value in (0, 1], never 0. */
  readonly pValue: number;
  readonly permutations: number;
  readonly nullStandardDeviation: number;
  /** The statistic of the answers as given, without the probes (indices in the input) that `left` says. */
  readonly without: (left: (probe: number) => boolean) => number;
  /** Indices of the probes used: those with an answer in both samples. */
  readonly probes: readonly number[];
  readonly method: string;
}

/**
 * Two-sample permutation test of a shift that is common to the probes, for as little as one answer a probe and sample.
 *
 * With d_p the difference of the two mean vectors at probe p, the statistic is the mean of <d_p, d_q> over p != q. Null:
 * at each probe the answers of both samples are exchangeable; labels are permuted within each probe (with one answer
 * each, their difference changes sign). Blind to differences that point elsewhere at every probe: these need two
 * answers a probe (`withinProbePermutationTest`).
 *
 * @param strata - one a probe; probes without an answer in either sample are left out; not modified
 * @param options.enough - stop once so many relabellings were at least as large as observed; not given, all are drawn
 * @returns p = (1 + #{permuted >= observed}) / (1 + permutations); 1 where all answers are alike
 * @throws InsufficientDataError with fewer than two probes that have answers in both samples
 * @throws RangeError when sizes do not fit or a value is not finite
 * @see Romano (1990), doi:10.1080/01621459.1990.10474928, for the group of sign changes; Chen & Qin (2010),
 *   doi:10.1214/09-AOS716, for the statistic without squared terms; Besag & Clifford (1991), doi:10.1093/biomet/78.2.301
 */
export function meanShiftTest(
  strata: readonly ProbeVectors[],
  options: {
    readonly dimensions: number;
    readonly permutations: number;
    readonly random: Random;
    readonly enough?: number;
  },
): MeanShiftResult {
  const { dimensions, permutations, random, enough = Number.POSITIVE_INFINITY } = options;
  requireCount(permutations, "permutations", 1);
  requireCount(dimensions, "dimensions", 1);
  const probes = strata.flatMap(({ firstCount, secondCount, values }, index) => {
    if (values.length !== (firstCount + secondCount) * dimensions)
      throw new RangeError(
        `Probe ${index} must have ${(firstCount + secondCount) * dimensions} values, got ${values.length}.`,
      );
    if (!values.every(Number.isFinite)) throw new RangeError("Vectors must hold finite numbers only.");
    return firstCount >= 1 && secondCount >= 1 ? [index] : [];
  });
  if (probes.length < 2)
    throw new InsufficientDataError(
      "stats.too-few-probes",
      `A shift over probes needs two probes with answers in both samples, got ${probes.length}.`,
    );
  const used = probes.map((index) => {
    const stratum = strata[index] as ProbeVectors;
    const size = stratum.firstCount + stratum.secondCount;
    return { ...stratum, order: Uint32Array.from({ length: size }, (_, row) => row) };
  });
  const difference = new Float64Array(dimensions);
  const sum = new Float64Array(dimensions);
  const statisticOf = (kept: (probe: number) => boolean) => {
    sum.fill(0);
    let squares = 0;
    let count = 0;
    for (let p = 0; p < used.length; p++) {
      if (!kept(probes[p] as number)) continue;
      count++;
      const { values, order, firstCount, secondCount } = used[p] as (typeof used)[number];
      difference.fill(0);
      for (let place = 0; place < order.length; place++) {
        const weight = place < firstCount ? -1 / firstCount : 1 / secondCount;
        const row = (order[place] as number) * dimensions;
        for (let i = 0; i < dimensions; i++)
          difference[i] = (difference[i] as number) + weight * (values[row + i] as number);
      }
      for (let i = 0; i < dimensions; i++) {
        const value = difference[i] as number;
        squares += value * value;
        sum[i] = (sum[i] as number) + value;
      }
    }
    let whole = 0;
    for (const value of sum) whole += value * value;
    return (whole - squares) / (count * (count - 1));
  };
  const all = () => true;
  const statistic = statisticOf(all);
  const asGiven = used.map(({ order }) => order.slice());
  let scale = 0;
  for (const { values } of used) for (const value of values) scale = Math.max(scale, value * value);
  const tolerance = 1e-9 * scale * dimensions;
  let atLeast = 0;
  let drawn = 0;
  let total = 0;
  let squares = 0;
  while (drawn < permutations && atLeast < enough) {
    for (const { order, firstCount } of used) drawFront(order, firstCount, random);
    const permuted = statisticOf(all);
    if (permuted >= statistic - tolerance) atLeast++;
    drawn++;
    total += permuted;
    squares += permuted * permuted;
  }
  used.forEach(({ order }, p) => {
    order.set(asGiven[p] as Uint32Array);
  });
  return {
    statistic,
    pValue: sequentialPValue(atLeast, drawn, enough),
    permutations: drawn,
    nullStandardDeviation: Math.sqrt(Math.max(0, squares / drawn - (total / drawn) ** 2)),
    without: (left) => statisticOf((probe) => !left(probe)),
    probes,
    method: "within-probe permutation test of the squared mean difference over probes, p = (1 + k) / (1 + m)",
  };
}
