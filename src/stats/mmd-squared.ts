import { InsufficientDataError } from "../errors.ts";
import { deleteBlockJackknife, type JackknifeResult } from "./delete-block-jackknife.ts";
import type { ProbeKernel } from "./probe-kernel.ts";

export interface MmdResult {
  /** Mean over the probes used; 0 in expectation for one distribution, and then negative about as often as not. */
  readonly estimate: number;
  /** Of each probe used, in order. */
  readonly perProbe: readonly number[];
  /** Index of each probe used in the input: those where both models have two answers or more. */
  readonly probes: readonly number[];
  /** Answers of the first and of the second model, over the probes used. */
  readonly sampleSizes: readonly [number, number];
}

/**
 * Squared maximum mean discrepancy of two models' answers, compared only within a probe (unbiased estimate).
 *
 * Per probe: mean kernel of two different answers of the first model, plus that of the second, less twice the mean
 * across models. Every probe weighs the same, however many answers it has.
 *
 * @param kernels - one a probe; probes with fewer than two answers of either model are left out; not modified
 * @throws InsufficientDataError when no probe is left
 * @throws RangeError when a kernel is not square or not finite
 * @see Gretton et al. (2012), https://jmlr.org/papers/v13/gretton12a.html, equation 3
 */
export function mmdSquared(kernels: readonly ProbeKernel[]): MmdResult {
  const probes = usableProbes(kernels);
  const perProbe = probes.map((index) => {
    const kernel = kernels[index] as ProbeKernel;
    const first = Uint32Array.from({ length: kernel.firstCount }, (_, row) => row);
    return mmdOfSplit(kernel, pairSums(kernel), first);
  });
  const count = (side: "firstCount" | "secondCount") =>
    probes.reduce((sum, index) => sum + (kernels[index] as ProbeKernel)[side], 0);
  return {
    estimate: perProbe.reduce((sum, value) => sum + value, 0) / perProbe.length,
    perProbe,
    probes,
    sampleSizes: [count("firstCount"), count("secondCount")],
  };
}

/**
 * Block jackknife of the mean squared MMD over probes; its `upperBound` is what an equivalence claim rests on.
 *
 * @param perProbe - squared MMD of each probe; not modified
 * @param families - block of each probe; each probe is its own block by default
 * @throws InsufficientDataError with fewer than two blocks
 * @throws RangeError when the lengths differ
 */
export function mmdSquaredJackknife(
  perProbe: readonly number[],
  families: readonly string[] = perProbe.map((_, index) => String(index)),
): JackknifeResult {
  if (families.length !== perProbe.length)
    throw new RangeError(`One family a probe is needed, got ${families.length} for ${perProbe.length}.`);
  const names = [...new Set(families)];
  const block = families.map((family) => names.indexOf(family));
  const sizes = names.map((_, index) => block.filter((of) => of === index).length);
  return deleteBlockJackknife(sizes, (leftOut) => {
    const kept = perProbe.filter((_, index) => block[index] !== leftOut);
    return kept.reduce((sum, value) => sum + value, 0) / kept.length;
  });
}

/** Sums of a kernel over pairs of different answers, from which any split's MMD follows. */
export interface PairSums {
  /** Sum of each row, its diagonal element left out. */
  readonly rows: Float64Array;
  /** Sum over unordered pairs. */
  readonly total: number;
}

/** Indices of the probes where both models have two answers or more. Checks the kernels' shapes. */
export function usableProbes(kernels: readonly ProbeKernel[]): number[] {
  const probes = kernels.flatMap(({ firstCount, secondCount, values }, index) => {
    if (values.length !== (firstCount + secondCount) ** 2)
      throw new RangeError(
        `Kernel ${index} must have ${(firstCount + secondCount) ** 2} values, got ${values.length}.`,
      );
    return firstCount >= 2 && secondCount >= 2 ? [index] : [];
  });
  if (probes.length === 0)
    throw new InsufficientDataError(
      "stats.too-few-samples",
      "MMD needs at least one probe with two answers of each model; ask for two or more samples a probe.",
    );
  return probes;
}

/** @throws RangeError when a value is not finite */
export function pairSums({ firstCount, secondCount, values }: ProbeKernel): PairSums {
  const size = firstCount + secondCount;
  const rows = new Float64Array(size);
  let total = 0;
  for (let row = 0; row < size; row++) {
    let sum = 0;
    for (let column = 0; column < size; column++)
      if (column !== row) sum += values[row * size + column] as number;
    rows[row] = sum;
    total += sum / 2;
  }
  if (!Number.isFinite(total)) throw new RangeError("A kernel must hold finite numbers only.");
  return { rows, total };
}

/**
 * Squared MMD between the chosen answers and the rest of a probe.
 *
 * Only pairs within the chosen answers are summed; the other two sums follow from the row sums. Choose the smaller
 * side: MMD is symmetric.
 *
 * @param chosen - between 2 and size - 2 distinct rows
 */
export function mmdOfSplit(kernel: ProbeKernel, sums: PairSums, chosen: Uint32Array): number {
  const size = sums.rows.length;
  const inside = chosen.length;
  const outside = size - inside;
  const { values } = kernel;
  let within = 0;
  let rowSums = 0;
  for (let index = 0; index < inside; index++) {
    const row = chosen[index] as number;
    const offset = row * size;
    rowSums += sums.rows[row] as number;
    for (let other = 0; other < index; other++)
      within += values[offset + (chosen[other] as number)] as number;
  }
  const across = rowSums - 2 * within;
  const rest = sums.total - within - across;
  return (
    (2 * within) / (inside * (inside - 1)) +
    (2 * rest) / (outside * (outside - 1)) -
    (2 * across) / (inside * outside)
  );
}
