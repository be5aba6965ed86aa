import type { SparseRows } from "./row-sums.ts";

/** Probes at which reliability is stated. A constant, so that a weight means the same in a short run and in a long one. */
const referenceProbes = 50;

/**
 * Reliability of each feature as a habit: the share of the variance between panel models' mean departures over 50
 * probes that would be there again over 50 others (intraclass correlation, Spearman-Brown). From block sums
 * D_kb of panel model k in block b, centred on the panel, with n_b probes a block and n in all: within = mean_k sum_b
 * D_kb^2, total = mean_k (sum_b D_kb)^2; signal = (total - within) / (n^2 - sum n_b^2) and noise a probe = (within -
 * signal sum n_b^2) / n are unbiased; reliability = signal / (signal + noise / 50), 0 where the signal is not positive.
 *
 * @param blocks - sums by feature and model of each block, models beyond the panel among them
 * @returns by feature, in [0, 1]; all 0 with fewer than two panel models or two blocks
 * @see Shrout & Fleiss (1979), doi:10.1037/0033-2909.86.2.420
 */
export function featureReliability(
  blocks: readonly SparseRows[],
  options: {
    readonly featureCount: number;
    readonly panel: readonly number[];
    readonly blockSizes: readonly number[];
  },
): Float64Array {
  const { featureCount, panel, blockSizes } = options;
  const reliability = new Float64Array(featureCount);
  const size = panel.length;
  const probes = blockSizes.reduce((sum, count) => sum + count, 0);
  const squares = blockSizes.reduce((sum, count) => sum + count * count, 0);
  if (size < 2 || probes * probes === squares) return reliability;
  const column = new Map(panel.map((model, place) => [model, place]));
  const placeOf = Int32Array.from({ length: 1 + Math.max(...panel) }, (_, model) => column.get(model) ?? -1);
  const totals = new Float64Array(featureCount * size);
  const within = new Float64Array(featureCount);
  for (const { features, starts, models, sums } of blocks) {
    for (let f = 0; f < features.length; f++) {
      const feature = features[f] as number;
      let sum = 0;
      let squared = 0;
      for (let entry = starts[f] as number; entry < (starts[f + 1] as number); entry++) {
        const place = placeOf[models[entry] as number] ?? -1;
        if (place < 0) continue;
        const value = sums[entry] as number;
        sum += value;
        squared += value * value;
        totals[feature * size + place] = (totals[feature * size + place] as number) + value;
      }
      within[feature] = (within[feature] as number) + squared - (sum * sum) / size;
    }
  }
  for (let feature = 0; feature < featureCount; feature++) {
    let sum = 0;
    let squared = 0;
    for (let place = 0; place < size; place++) {
      const value = totals[feature * size + place] as number;
      sum += value;
      squared += value * value;
    }
    // Divided by panel models less one; the factor cancels in the ratio.
    const total = squared - (sum * sum) / size;
    const signal = (total - (within[feature] as number)) / (probes * probes - squares);
    const noise = ((within[feature] as number) - signal * squares) / probes;
    if (signal > 0) reliability[feature] = signal / (signal + Math.max(0, noise) / referenceProbes);
  }
  return reliability;
}
