import { chunkProbes } from "./kernel-chunks.ts";
import type { KernelStack } from "./kernel-stack.ts";
import { type ReducedPanel, reducedPanel } from "./reduced-panel.ts";
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

/** What the content agreement is made of. */
export type AgreementSums = Pick<CentredSums, "agreement" | "firstNorm" | "secondNorm" | "probes">;

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
  return centredOn(reducedPanel(stack, excluded), a, b);
}

/** `centredSums` of a panel that others are centred on too: a comparison spends most of its scoring there. */
export function centredOn(panel: ReducedPanel, a: number, b: number): CentredSums {
  const { stack, counts, pairSums } = panel;
  const { kernels, squaredNorms, presentByModel, blockOf, blockCount } = stack;
  const { probeCount, chunks } = kernels;
  const sums = emptySums(blockCount);
  const { between, agreement, first, second, firstNorm, secondNorm, probes } = sums;
  const rowA = panel.rowOf(a);
  const rowB = panel.rowOf(b);
  const ab = packed(a, b) * chunkProbes;
  const aa = packed(a, a) * chunkProbes;
  const bb = packed(b, b) * chunkProbes;
  const ofA = a * probeCount;
  const ofB = b * probeCount;
  for (let c = 0, from = 0; c < chunks.length; c++, from += chunkProbes) {
    const kernel = chunks[c] as Float32Array;
    const to = Math.min(from + chunkProbes, probeCount);
    for (let p = from, at = 0; p < to; p++, at++) {
      if (presentByModel[ofA + p] === 0 || presentByModel[ofB + p] === 0) continue;
      const n = counts[p] as number;
      if (n < 2) continue;
      const meanA = (rowA[p] as number) / n;
      const meanB = (rowB[p] as number) / n;
      const meanPanel = (pairSums[p] as number) / (n * (n - 1));
      const block = blockOf[p] as number;
      const shared = (kernel[ab + at] as number) - meanA - meanB + meanPanel;
      between[block] = (between[block] as number) + shared;
      if (shared > 0) agreement[block] = (agreement[block] as number) + shared;
      first[block] = (first[block] as number) + (kernel[aa + at] as number) - 2 * meanA + meanPanel;
      second[block] = (second[block] as number) + (kernel[bb + at] as number) - 2 * meanB + meanPanel;
      firstNorm[block] =
        (firstNorm[block] as number) + (squaredNorms[ofA + p] as number) - 2 * meanA + meanPanel;
      secondNorm[block] =
        (secondNorm[block] as number) + (squaredNorms[ofB + p] as number) - 2 * meanB + meanPanel;
      probes[block] = (probes[block] as number) + 1;
    }
  }
  return sums;
}

/** Sums of 0, in one buffer: an array of few blocks takes longer to make than to fill. */
function emptySums(blockCount: number): CentredSums {
  const buffer = new ArrayBuffer(
    blockCount * (6 * Float64Array.BYTES_PER_ELEMENT + Int32Array.BYTES_PER_ELEMENT),
  );
  const part = (at: number) =>
    new Float64Array(buffer, at * blockCount * Float64Array.BYTES_PER_ELEMENT, blockCount);
  return {
    between: part(0),
    agreement: part(1),
    first: part(2),
    second: part(3),
    firstNorm: part(4),
    secondNorm: part(5),
    probes: new Int32Array(buffer, 6 * blockCount * Float64Array.BYTES_PER_ELEMENT, blockCount),
  };
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
export function agreementOf(sums: AgreementSums, leftOut = -1): number | null {
  return overSelfTerms(sums, sums.agreement, [sums.firstNorm, sums.secondNorm], leftOut);
}

function overSelfTerms(
  sums: Pick<CentredSums, "probes">,
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
