import type { KernelStack } from "./kernel-stack.ts";
import { packed } from "./sparse-gram.ts";

/** Centred kernel sums of a pair by jackknife block: c(a,b), c(a,a), c(b,b). */
export interface CentredSums {
  readonly between: Float64Array;
  /** Sum of the positive c_p(a,b) alone. */
  readonly agreement: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** Sums of c_p(a,a) and c_p(b,b) with each response compared with itself too. */
  readonly firstNorm: Float64Array;
  readonly secondNorm: Float64Array;
  /** Probes that count in each block. */
  readonly probes: Int32Array;
}

/**
 * Panel-centred kernel sums of two models, by block:
 * c_p(a,b) = k_p(a,b) - mean_i k_p(a,i) - mean_i k_p(i,b) + mean_{i != j} k_p(i,j), over panel models i, j.
 * Algebraically the mean of Patterson's f4(a, C_i; b, C_j) over i != j (doi:10.1534/genetics.112.145037).
 *
 * A probe counts when both models and at least two panel models have an answer to it.
 *
 * @param excluded - panel models that must not take part: the labs of both models, and of a control that is itself
 *   being compared; a model never enters its own mean
 */
export function centredSums(
  stack: KernelStack,
  a: number,
  b: number,
  excluded: readonly number[],
): CentredSums {
  const { modelCount, kernels, squaredNorms, present, rowSums, panelSums, panelCounts, blockOf, blockCount } =
    stack;
  const between = new Float64Array(blockCount);
  const agreement = new Float64Array(blockCount);
  const first = new Float64Array(blockCount);
  const second = new Float64Array(blockCount);
  const firstNorm = new Float64Array(blockCount);
  const secondNorm = new Float64Array(blockCount);
  const probes = new Int32Array(blockCount);
  const ab = packed(a, b);
  const aa = packed(a, a);
  const bb = packed(b, b);
  // Where the excluded models stand in a kernel, found once: a comparison spends most of its scoring in this loop.
  const out = Int32Array.from(excluded);
  const count = out.length;
  const withA = out.map((x) => packed(a, x));
  const withB = out.map((x) => packed(b, x));
  const among = Int32Array.from({ length: count * count }, (_, at) =>
    packed(out[Math.floor(at / count)] as number, out[at % count] as number),
  );
  for (let p = 0; p < kernels.length; p++) {
    const base = p * modelCount;
    if (present[base + a] === 0 || present[base + b] === 0) continue;
    let n = panelCounts[p] as number;
    for (let i = 0; i < count; i++) n -= present[base + (out[i] as number)] as number;
    if (n < 2) continue;
    const kernel = kernels[p] as Float32Array;
    let rowA = rowSums[base + a] as number;
    let rowB = rowSums[base + b] as number;
    let pairs = panelSums[p] as number;
    for (let i = 0; i < count; i++) {
      const x = out[i] as number;
      if (present[base + x] === 0) continue;
      if (x !== a) rowA -= kernel[withA[i] as number] as number;
      if (x !== b) rowB -= kernel[withB[i] as number] as number;
      pairs -= 2 * (rowSums[base + x] as number);
      for (let j = 0; j < i; j++)
        if (present[base + (out[j] as number)] === 1)
          pairs += 2 * (kernel[among[i * count + j] as number] as number);
    }
    const meanA = rowA / n;
    const meanB = rowB / n;
    const meanPanel = pairs / (n * (n - 1));
    const block = blockOf[p] as number;
    const shared = (kernel[ab] as number) - meanA - meanB + meanPanel;
    between[block] = (between[block] as number) + shared;
    if (shared > 0) agreement[block] = (agreement[block] as number) + shared;
    first[block] = (first[block] as number) + (kernel[aa] as number) - 2 * meanA + meanPanel;
    second[block] = (second[block] as number) + (kernel[bb] as number) - 2 * meanB + meanPanel;
    firstNorm[block] =
      (firstNorm[block] as number) + (squaredNorms[base + a] as number) - 2 * meanA + meanPanel;
    secondNorm[block] =
      (secondNorm[block] as number) + (squaredNorms[base + b] as number) - 2 * meanB + meanPanel;
    probes[block] = (probes[block] as number) + 1;
  }
  return { between, agreement, first, second, firstNorm, secondNorm, probes };
}

/** Kernels are kept in single precision: a mean self term this small is what rounding leaves of 0. */
const negligible = 1e-6;

/**
 * Content affinity A = sum c(a,b) / sqrt(sum c(a,a) sum c(b,b)): do two models depart from the panel in the same
 * direction on the same prompts? Roughly a correlation; 0 is not its null value (docs/method.md).
 *
 * @param leftOut - block that is left out, for the jackknife; -1 for none
 * @returns a number, or null when no probe counts or a self term is not positive
 */
export function affinityOf(sums: CentredSums, leftOut = -1): number | null {
  return overSelfTerms(sums, sums.between, [sums.first, sums.second], leftOut);
}

/**
 * Content agreement: as the affinity, with the positive terms alone in the numerator. A student answers some prompts as
 * its teacher does and others as its base does; that it departs from the teacher there says nothing against the link.
 *
 * The positive part keeps what the noise of the answers adds, so the denominator has it too: squared norms, not self
 * terms over distinct answers. Else two models that vary much from answer to answer would agree more than others do.
 * Positive between any two models, so it is read against unrelated ones (`contentScore`).
 */
export function agreementOf(sums: CentredSums, leftOut = -1): number | null {
  return overSelfTerms(sums, sums.agreement, [sums.firstNorm, sums.secondNorm], leftOut);
}

function overSelfTerms(
  sums: CentredSums,
  numerator: Float64Array,
  [firsts, seconds]: readonly [Float64Array, Float64Array],
  leftOut: number,
): number | null {
  let shared = 0;
  let first = 0;
  let second = 0;
  let probes = 0;
  for (let block = 0; block < numerator.length; block++) {
    if (block === leftOut) continue;
    probes += sums.probes[block] as number;
    shared += numerator[block] as number;
    first += firsts[block] as number;
    second += seconds[block] as number;
  }
  return overSelf(shared, first, second, probes);
}

/** What two models share over the root of their self terms, from sums over `probes` probes; null where one is not positive. */
export function overSelf(shared: number, first: number, second: number, probes: number): number | null {
  return Math.min(first, second) > negligible * probes ? shared / Math.sqrt(first * second) : null;
}
