import { InsufficientDataError } from "../errors.ts";
import type { Random } from "../schema/random.ts";
import { requireCount } from "./check-values.ts";

/** The answers to one probe: how alike they are, and what each is labelled. */
export interface LabelledStratum {
  /** Row-major, n x n, symmetric, positive semidefinite, finite; 1 on the diagonal. */
  readonly similarity: ArrayLike<number>;
  /** n labels: equal numbers are one label. */
  readonly labels: readonly number[];
}

export interface LabelDependenceResult {
  /** Sum of squares between labels, over strata; at least 0 but for rounding. */
  readonly statistic: number;
  /**
   * Share of the variance within strata that goes with the label, less what chance gives (adjusted R squared): about 0
   * under the null, 1 where label and answer determine each other.
   */
  readonly share: number;
  /** Monte Carlo p-value in (0, 1], never 0. */
  readonly pValue: number;
  readonly permutations: number;
  /** Strata in which two labels occur, and their items. */
  readonly strata: number;
  readonly items: number;
  readonly method: string;
}

/**
 * Permutation test that answers depend on a label, stratified: distance-based analysis of variance (PERMANOVA), and for
 * answers that are equal or not, the analysis of variance of categories (CATANOVA).
 *
 * Null: within each stratum, answers are exchangeable over labels, whatever the numbers of each. Labels are permuted
 * within strata only, so that a label that goes with some probes more than with others does not count.
 *
 * @param strata - one a probe; strata with fewer than two labels are left out; not modified
 * @param options.permutations - relabellings to draw, at least 1; the smallest p is 1 / (permutations + 1)
 * @param options.random - uniform source in [0, 1)
 * @returns p = (1 + #{permuted >= observed}) / (1 + permutations); 1 where all answers are alike
 * @throws InsufficientDataError when no stratum holds two labels
 * @throws RangeError when a similarity is not n x n or not finite
 * @see Anderson (2001), doi:10.1111/j.1442-9993.2001.01070.pp.x; Light & Margolin (1971), doi:10.1080/01621459.1971.10482297;
 *   Phipson & Smyth (2010), doi:10.2202/1544-6115.1585, for the "+ 1"
 */
export function labelDependenceTest(
  strata: readonly LabelledStratum[],
  options: { readonly permutations: number; readonly random: Random },
): LabelDependenceResult {
  const { permutations, random } = options;
  requireCount(permutations, "permutations", 1);
  const used = strata.map(prepare).filter(({ sizes }) => sizes.length >= 2);
  if (used.length === 0)
    throw new InsufficientDataError(
      "stats.one-label",
      "Dependence on a label needs a probe with answers under two labels, got none.",
    );
  const between = () => used.reduce((sum, stratum) => sum + squaresBetween(stratum), 0);
  const statistic = between();
  const total = used.reduce((sum, { whole, groups }) => sum + groups.length - whole / groups.length, 0);
  const tolerance = 1e-6 * Math.max(1, total);
  let atLeast = 0;
  let permuted = 0;
  for (let permutation = 0; permutation < permutations; permutation++) {
    for (const { groups } of used) shuffle(groups, random);
    const drawn = between();
    permuted += drawn / permutations;
    if (drawn >= statistic - tolerance) atLeast++;
  }
  return {
    statistic,
    share: total - permuted > tolerance ? (statistic - permuted) / (total - permuted) : 0,
    pValue: (1 + atLeast) / (1 + permutations),
    permutations,
    strata: used.length,
    items: used.reduce((sum, { groups }) => sum + groups.length, 0),
    method: `permutation of labels within probes (${permutations}) of the sum of squares between labels, p = (1 + k) / (1 + m)`,
  };
}

interface Prepared {
  readonly similarity: ArrayLike<number>;
  /** Label of each item as 0, 1, ...; shuffled by permutations. */
  readonly groups: Uint16Array;
  readonly sizes: readonly number[];
  /** Sum of all similarities. */
  readonly whole: number;
}

function prepare({ similarity, labels }: LabelledStratum): Prepared {
  if (similarity.length !== labels.length ** 2)
    throw new RangeError(`similarity must have ${labels.length} x ${labels.length} entries.`);
  let whole = 0;
  for (let index = 0; index < similarity.length; index++) whole += similarity[index] as number;
  if (!Number.isFinite(whole)) throw new RangeError("similarities must be finite numbers.");
  const numbers = new Map<number, number>();
  const groups = Uint16Array.from(labels, (label) => {
    if (!numbers.has(label)) numbers.set(label, numbers.size);
    return numbers.get(label) as number;
  });
  const sizes = new Array<number>(numbers.size).fill(0);
  for (const group of groups) sizes[group] = (sizes[group] as number) + 1;
  return { similarity, groups, sizes, whole };
}

/** In feature space: sum over labels of size times squared distance of the label's mean to the whole mean. */
function squaresBetween({ similarity, groups, sizes, whole }: Prepared): number {
  const n = groups.length;
  const sums = new Float64Array(sizes.length);
  for (let row = 0; row < n; row++) {
    const group = groups[row] as number;
    let sum = similarity[row * n + row] as number;
    for (let column = 0; column < row; column++)
      if (groups[column] === group) sum += 2 * (similarity[row * n + column] as number);
    sums[group] = (sums[group] as number) + sum;
  }
  return sizes.reduce((sum, size, group) => sum + (sums[group] as number) / size, -whole / n);
}

/** Fisher-Yates. */
function shuffle(values: Uint16Array, random: Random): void {
  for (let index = values.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    const held = values[index] as number;
    values[index] = values[other] as number;
    values[other] = held;
  }
}
