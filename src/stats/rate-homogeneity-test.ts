import { Matrix, pseudoInverse } from "ml-matrix";
import { InsufficientDataError } from "../errors.ts";
import type { Random } from "../schema/random.ts";
import { requireCount } from "./check-values.ts";
import { sequentialPValue } from "./sequential-p-value.ts";

/** How often each outcome occurred at one probe, in one order of outcomes for all probes. */
export interface OutcomeStratum {
  readonly first: readonly number[];
  readonly second: readonly number[];
}

export interface RateHomogeneityResult {
  /** Generalised Cochran-Mantel-Haenszel statistic, at least 0. */
  readonly statistic: number;
  /** Monte Carlo p-value in (0, 1], never 0. */
  readonly pValue: number;
  readonly permutations: number;
  /** Of each outcome: Mantel-Haenszel difference of rates, first less second, in [-1, 1]. */
  readonly rateDifferences: readonly number[];
  /** Strata where both models have an answer. */
  readonly strata: number;
  readonly sampleSizes: readonly [number, number];
  readonly method: string;
}

/**
 * Permutation test that two models have the same outcome rates, stratified by probe.
 *
 * Null: at each probe, the outcomes of both models are exchangeable. Labels are permuted within each probe, so that
 * one model's having been asked more of the refused probes does not count. Sensitive to differences of one direction
 * over probes; opposite differences cancel.
 *
 * @param strata - one a probe, with whole counts of at least 0; probes without answers of both models are left out;
 *   not modified
 * @param options.permutations - relabellings to draw, at least 1
 * @param options.random - uniform source in [0, 1)
 * @param options.enough - stop once so many relabellings were at least as large as observed (Besag & Clifford 1991,
 *   doi:10.1093/biomet/78.2.301); not given, all are drawn
 * @returns statistic 0 and p = 1 where no probe has two different outcomes
 * @throws InsufficientDataError when no probe has answers of both models
 * @throws RangeError when the numbers of outcomes differ or a count is not whole
 * @see Landis, Heyman & Koch (1978), doi:10.2307/1402373; Phipson & Smyth (2010), doi:10.2202/1544-6115.1585
 */
export function rateHomogeneityTest(
  strata: readonly OutcomeStratum[],
  options: { readonly permutations: number; readonly random: Random; readonly enough?: number },
): RateHomogeneityResult {
  const { permutations, random, enough = Number.POSITIVE_INFINITY } = options;
  requireCount(permutations, "permutations", 1);
  const width = strata[0]?.first.length ?? 0;
  const used = strata.map((stratum) => pool(stratum, width)).filter(({ n1, n2 }) => n1 > 0 && n2 > 0);
  if (used.length === 0)
    throw new InsufficientDataError(
      "stats.no-shared-probe",
      "Outcome rates need at least one probe with answers of both models, got none.",
    );
  const inverse = pseudoInverse(covariance(used, width));
  const expected = new Float64Array(width);
  for (const { n1, size, totals } of used)
    for (let outcome = 0; outcome < width; outcome++)
      expected[outcome] = (expected[outcome] as number) + (n1 * (totals[outcome] as number)) / size;
  const quadratic = (counts: ArrayLike<number>) => {
    const departure = Matrix.columnVector(
      Array.from(expected, (value, index) => (counts[index] as number) - value),
    );
    return departure.transpose().mmul(inverse).mmul(departure).get(0, 0);
  };
  const observed = new Float64Array(width);
  for (const { counts } of used)
    for (let outcome = 0; outcome < width; outcome++)
      observed[outcome] = (observed[outcome] as number) + (counts[outcome] as number);
  const statistic = Math.max(0, quadratic(observed));
  let atLeast = 0;
  let drawn = 0;
  while (drawn < permutations && atLeast < enough) {
    if (quadratic(relabel(used, width, random)) >= statistic * (1 - 1e-9) - 1e-9) atLeast++;
    drawn++;
  }
  const sum = (side: "n1" | "n2") => used.reduce((total, stratum) => total + stratum[side], 0);
  return {
    statistic,
    pValue: sequentialPValue(atLeast, drawn, enough),
    permutations: drawn,
    rateDifferences: rateDifferences(used, width),
    strata: used.length,
    sampleSizes: [sum("n1"), sum("n2")],
    method:
      "within-probe permutation test of the generalised Cochran-Mantel-Haenszel statistic, p = (1 + k) / (1 + m)",
  };
}

interface Pooled {
  readonly n1: number;
  readonly n2: number;
  readonly size: number;
  readonly counts: readonly number[];
  readonly totals: readonly number[];
  /** Outcome index of each answer; its order is shuffled by permutations. */
  readonly outcomes: Uint32Array;
}

function pool({ first, second }: OutcomeStratum, width: number): Pooled {
  if (first.length !== width || second.length !== width)
    throw new RangeError(
      `Every probe must have ${width} outcome counts, got ${first.length} and ${second.length}.`,
    );
  for (const count of [...first, ...second]) requireCount(count, "An outcome count");
  const add = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
  const totals = first.map((count, outcome) => count + (second[outcome] as number));
  const outcomes = Uint32Array.from(
    totals.flatMap((count, outcome) => new Array<number>(count).fill(outcome)),
  );
  return { n1: add(first), n2: add(second), size: outcomes.length, counts: first, totals, outcomes };
}

/** Covariance of the first model's outcome counts under the null, all margins given. */
function covariance(strata: readonly Pooled[], width: number): Matrix {
  const sum = Matrix.zeros(width, width);
  for (const { n1, n2, size, totals } of strata) {
    const scale = (n1 * n2) / (size * size * (size - 1));
    for (let row = 0; row < width; row++)
      for (let column = 0; column < width; column++) {
        const own = row === column ? size * (totals[row] as number) : 0;
        const product = (totals[row] as number) * (totals[column] as number);
        sum.set(row, column, sum.get(row, column) + scale * (own - product));
      }
  }
  return sum;
}

/** The first model's outcome counts after a random relabelling within every probe. */
function relabel(strata: readonly Pooled[], width: number, random: Random): Float64Array {
  const counts = new Float64Array(width);
  for (const { outcomes, n1 } of strata)
    for (let index = 0; index < n1; index++) {
      const other = index + Math.floor(random() * (outcomes.length - index));
      const drawn = outcomes[other] as number;
      outcomes[other] = outcomes[index] as number;
      outcomes[index] = drawn;
      counts[drawn] = (counts[drawn] as number) + 1;
    }
  return counts;
}

function rateDifferences(strata: readonly Pooled[], width: number): number[] {
  const weight = strata.reduce((sum, { n1, n2, size }) => sum + (n1 * n2) / size, 0);
  return Array.from({ length: width }, (_, outcome) => {
    const weighted = strata.reduce((sum, { n1, n2, size, counts, totals }) => {
      const own = counts[outcome] as number;
      return sum + (own * n2 - ((totals[outcome] as number) - own) * n1) / size;
    }, 0);
    return weighted / weight;
  });
}
