import { chunksOf, type KernelChunks, kernelAt, kernelOf } from "./kernel-chunks.ts";
import { packed } from "./sparse-gram.ts";

/** Kernels of all probes between all models, with the panel sums that centring needs. */
export interface KernelStack {
  readonly modelCount: number;
  /** Models that may serve as controls, as indices. */
  readonly panel: readonly number[];
  readonly kernels: KernelChunks;
  /** Per model and probe: <mu, mu>, each response with itself included; the self term where there is one response. */
  readonly squaredNorms: Float32Array;
  /** Per probe and model: 1 when the model has an answer. */
  readonly present: Uint8Array;
  /** The same per model and probe: what centring reads, so that it runs over neighbouring numbers. */
  readonly presentByModel: Uint8Array;
  /** Per probe: index of its jackknife block. */
  readonly blockOf: Int32Array;
  readonly blockCount: number;
  /** Per model and probe: sum of k_p(model, i) over the panel's other present models. */
  readonly rowSums: Float64Array;
  /** Per probe: sum of k_p(i, j) over ordered pairs i != j of present panel models. */
  readonly panelSums: Float64Array;
  /** Per probe: how many panel models are present. */
  readonly panelCounts: Int32Array;
}

/**
 * Adds the panel sums to kernels. O(probes x models x panel).
 * @param parts.kernels - in chunks, or a packed lower triangle a probe
 * @param parts.squaredNorms - by default the kernels' self terms, as they are with one response a model and probe
 */
export function createKernelStack(
  parts: Pick<KernelStack, "modelCount" | "panel" | "present" | "blockOf" | "blockCount"> & {
    readonly kernels: KernelChunks | readonly Float32Array[];
    readonly squaredNorms?: Float32Array;
  },
): KernelStack {
  const { modelCount, panel, present, blockOf, blockCount } = parts;
  const kernels = "chunks" in parts.kernels ? parts.kernels : chunksOf(parts.kernels);
  const { probeCount } = kernels;
  const squaredNorms = parts.squaredNorms ?? new Float32Array(modelCount * probeCount);
  if (parts.squaredNorms === undefined)
    for (let m = 0; m < modelCount; m++)
      for (let p = 0; p < probeCount; p++)
        squaredNorms[m * probeCount + p] = kernelAt(kernels, packed(m, m), p);
  const presentByModel = new Uint8Array(modelCount * probeCount);
  const rowSums = new Float64Array(modelCount * probeCount);
  const panelSums = new Float64Array(probeCount);
  const panelCounts = new Int32Array(probeCount);
  for (let p = 0; p < probeCount; p++) {
    const kernel = kernelOf(kernels, p);
    const here = panel.filter((m) => present[p * modelCount + m] === 1);
    panelCounts[p] = here.length;
    for (let m = 0; m < modelCount; m++) {
      let sum = 0;
      for (const i of here) if (i !== m) sum += kernel[packed(m, i)] as number;
      rowSums[m * probeCount + p] = sum;
      presentByModel[m * probeCount + p] = present[p * modelCount + m] as number;
    }
    for (const m of here) panelSums[p] = (panelSums[p] as number) + (rowSums[m * probeCount + p] as number);
  }
  return {
    modelCount,
    panel,
    kernels,
    squaredNorms,
    present,
    presentByModel,
    blockOf,
    blockCount,
    rowSums,
    panelSums,
    panelCounts,
  };
}
