import { packed } from "./sparse-gram.ts";

/** Kernels of all probes between all models, with the panel sums that centring needs. */
export interface KernelStack {
  readonly modelCount: number;
  /** Models that may serve as controls, as indices. */
  readonly panel: readonly number[];
  /** Per probe: packed lower triangle of k_p(a, b). */
  readonly kernels: readonly Float32Array[];
  /** Per probe and model: <mu, mu>, each response with itself included; the self term where there is one response. */
  readonly squaredNorms: Float32Array;
  /** Per probe and model: 1 when the model has an answer. */
  readonly present: Uint8Array;
  /** Per probe: index of its jackknife block. */
  readonly blockOf: Int32Array;
  readonly blockCount: number;
  /** Per probe and model: sum of k_p(model, i) over the panel's other present models. */
  readonly rowSums: Float64Array;
  /** Per probe: sum of k_p(i, j) over ordered pairs i != j of present panel models. */
  readonly panelSums: Float64Array;
  /** Per probe: how many panel models are present. */
  readonly panelCounts: Int32Array;
}

/**
 * Adds the panel sums to a stack of kernels. O(probes x models x panel).
 * @param parts.squaredNorms - by default the kernels' self terms, as they are with one response a model and probe
 */
export function createKernelStack(
  parts: Pick<KernelStack, "modelCount" | "panel" | "kernels" | "present" | "blockOf" | "blockCount"> &
    Partial<Pick<KernelStack, "squaredNorms">>,
): KernelStack {
  const { modelCount, panel, kernels, present } = parts;
  const squaredNorms =
    parts.squaredNorms ??
    Float32Array.from(
      { length: kernels.length * modelCount },
      (_, at) => kernels[Math.floor(at / modelCount)]?.[packed(at % modelCount, at % modelCount)] ?? 0,
    );
  const rowSums = new Float64Array(kernels.length * modelCount);
  const panelSums = new Float64Array(kernels.length);
  const panelCounts = new Int32Array(kernels.length);
  kernels.forEach((kernel, p) => {
    const here = panel.filter((m) => present[p * modelCount + m] === 1);
    panelCounts[p] = here.length;
    for (let m = 0; m < modelCount; m++) {
      let sum = 0;
      for (const i of here) if (i !== m) sum += kernel[packed(m, i)] as number;
      rowSums[p * modelCount + m] = sum;
    }
    for (const m of here) panelSums[p] = (panelSums[p] as number) + (rowSums[p * modelCount + m] as number);
  });
  return { ...parts, squaredNorms, rowSums, panelSums, panelCounts };
}
