import type { MeasuredAnswers } from "./measured-answers.ts";
import { packed } from "./sparse-gram.ts";

/**
 * Habit affinity: do two models depart from the panel in the same direction whatever the prompt? The panel-centred
 * cross-probe kernel h(a,b) / sqrt(h(a,a) h(b,b)), with h the mean over probe pairs p != q (MEASURE section 2).
 *
 * @param panel - panel models of this pair, without the labs of both
 * @param leftOut - jackknife block left out, -1 for none (the answers must have been measured with `habitJackknife`)
 * @returns a number, or null with fewer than two panel models or where a self term is not positive (few probes)
 */
export function habitAffinity(
  measured: MeasuredAnswers,
  a: number,
  b: number,
  panel: readonly number[],
  leftOut = -1,
): number | null {
  const n = panel.length;
  if (n < 2) return null;
  const sums = leftOut < 0 ? measured.habit.total : measured.habit.withoutBlock[leftOut];
  if (!sums) return null;
  const probePairs = pairCounts(measured, leftOut);
  const g = (x: number, y: number) => (sums[packed(x, y)] as number) / Math.max(1, probePairs(x, y));
  let panelMean = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) panelMean += g(panel[i] as number, panel[j] as number);
  panelMean /= (n * (n - 1)) / 2;
  const meanWithPanel = (x: number) => panel.reduce((sum, i) => sum + g(x, i), 0) / n;
  const meanA = meanWithPanel(a);
  const meanB = meanWithPanel(b);
  const first = g(a, a) - 2 * meanA + panelMean;
  const second = g(b, b) - 2 * meanB + panelMean;
  return first > 0 && second > 0 ? (g(a, b) - meanA - meanB + panelMean) / Math.sqrt(first * second) : null;
}

const caches = new WeakMap<MeasuredAnswers, Map<number, (x: number, y: number) => number>>();

/** Ordered pairs of distinct probes that two models both have: n_x n_y less the probes they share. */
function pairCounts(measured: MeasuredAnswers, leftOut: number): (x: number, y: number) => number {
  const cache = caches.get(measured) ?? new Map();
  caches.set(measured, cache);
  const known = cache.get(leftOut);
  if (known) return known;
  const { modelCount, present, blockOf } = measured.stack;
  const counts = new Float64Array(modelCount);
  const shared = new Float64Array((modelCount * (modelCount + 1)) / 2);
  for (let p = 0; p < measured.probes.length; p++) {
    if (blockOf[p] === leftOut) continue;
    for (let x = 0; x < modelCount; x++) {
      if (present[p * modelCount + x] === 0) continue;
      counts[x] = (counts[x] as number) + 1;
      for (let y = 0; y <= x; y++)
        if (present[p * modelCount + y] === 1) shared[packed(x, y)] = (shared[packed(x, y)] as number) + 1;
    }
  }
  const count = (x: number, y: number) =>
    (counts[x] as number) * (counts[y] as number) - (shared[packed(x, y)] as number);
  cache.set(leftOut, count);
  return count;
}
