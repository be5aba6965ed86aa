import { chunkProbes } from "./kernel-chunks.ts";
import type { KernelStack } from "./kernel-stack.ts";
import { packed } from "./sparse-gram.ts";

/**
 * The panel without some models, as affinities are centred on it. Comparisons that leave out the same models, or the same
 * ones and then others, share its sums: they are subtracted from the whole panel's, model by model in the order given.
 */
export interface ReducedPanel {
  readonly stack: KernelStack;
  /** The models left out, in the order in which their sums were subtracted. */
  readonly excluded: readonly number[];
  /** Per probe: how many models are left that have an answer. */
  readonly counts: Int32Array;
  /** Per probe: sum of k_p(i, j) over ordered pairs i != j of them. */
  readonly pairSums: Float64Array;
  /** Per probe: sum of k_p(model, i) over them, without the model itself. Must not be changed. */
  readonly rowOf: (model: number) => Float64Array;
  /** The panel without further models, which it still has. */
  readonly without: (further: readonly number[]) => ReducedPanel;
}

/** @param excluded - panel models that are left out, each once */
export function reducedPanel(stack: KernelStack, excluded: readonly number[]): ReducedPanel {
  const { kernels, rowSums, panelCounts, panelSums } = stack;
  const { probeCount } = kernels;
  const whole = {
    counts: panelCounts,
    pairSums: panelSums,
    rowOf: (model: number) => rowSums.subarray(model * probeCount, (model + 1) * probeCount),
  };
  return reduced(stack, whole, { earlier: [], out: excluded });
}

function reduced(
  stack: KernelStack,
  from: Pick<ReducedPanel, "counts" | "pairSums" | "rowOf">,
  { earlier, out }: { readonly earlier: readonly number[]; readonly out: readonly number[] },
): ReducedPanel {
  const gone = [...earlier, ...out];
  const counts = from.counts.slice();
  const pairSums = from.pairSums.slice();
  for (let i = earlier.length; i < gone.length; i++)
    leave(stack, { counts, pairSums }, { model: gone[i] as number, before: gone.slice(0, i) });
  const rows = new Map<number, Float64Array>();
  const panel: ReducedPanel = {
    stack,
    excluded: gone,
    counts,
    pairSums,
    rowOf: (model) => {
      const known = rows.get(model);
      if (known !== undefined) return known;
      const row = from.rowOf(model).slice();
      for (const other of out) if (other !== model) subtractKernels(stack, row, { model, other });
      rows.set(model, row);
      return row;
    },
    without: (further) => reduced(stack, panel, { earlier: gone, out: further }),
  };
  return panel;
}

/** Takes a model out of the sums; those of `before` have left already. */
function leave(
  stack: KernelStack,
  { counts, pairSums }: Pick<ReducedPanel, "counts" | "pairSums">,
  { model, before }: { readonly model: number; readonly before: readonly number[] },
): void {
  const { presentByModel, rowSums, kernels } = stack;
  const start = model * kernels.probeCount;
  for (let p = 0; p < counts.length; p++) {
    if (presentByModel[start + p] === 0) continue;
    counts[p] = (counts[p] as number) - 1;
    pairSums[p] = (pairSums[p] as number) - 2 * (rowSums[start + p] as number);
  }
  for (const other of before) addBack(stack, pairSums, { model, other });
}

/** Kernels of two models that have both left were subtracted with either's row. */
function addBack(
  { kernels: { probeCount, chunks }, presentByModel }: KernelStack,
  pairSums: Float64Array,
  { model, other }: { readonly model: number; readonly other: number },
): void {
  const pair = packed(model, other) * chunkProbes;
  const ofModel = model * probeCount;
  const ofOther = other * probeCount;
  for (let c = 0, from = 0; c < chunks.length; c++, from += chunkProbes) {
    const kernel = chunks[c] as Float32Array;
    const to = Math.min(from + chunkProbes, probeCount);
    for (let p = from, at = pair; p < to; p++, at++)
      if (presentByModel[ofModel + p] === 1 && presentByModel[ofOther + p] === 1)
        pairSums[p] = (pairSums[p] as number) + 2 * (kernel[at] as number);
  }
}

/** Takes the kernels of a model and another out of the model's row. */
function subtractKernels(
  { kernels: { probeCount, chunks }, presentByModel }: KernelStack,
  row: Float64Array,
  { model, other }: { readonly model: number; readonly other: number },
): void {
  const pair = packed(model, other) * chunkProbes;
  const ofOther = other * probeCount;
  for (let c = 0, from = 0; c < chunks.length; c++, from += chunkProbes) {
    const kernel = chunks[c] as Float32Array;
    const to = Math.min(from + chunkProbes, probeCount);
    for (let p = from, at = pair; p < to; p++, at++)
      if (presentByModel[ofOther + p] === 1) row[p] = (row[p] as number) - (kernel[at] as number);
  }
}
