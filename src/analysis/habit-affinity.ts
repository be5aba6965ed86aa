import type { MeasuredAnswers } from "./measured-answers.ts";
import { packed } from "./sparse-gram.ts";

/** Self terms are of the order of 1 / probes; one this small is what rounding leaves of 0. */
const negligible = 1e-12;

/**
 * Habit affinity: do two models depart from the panel in the same direction whatever the prompt? The panel-centred
 * cross-probe kernel h(a,b) / sqrt(h(a,a) h(b,b)), with h the mean over probe pairs p != q (docs/method.md).
 *
 * @param panel - panel models of this pair, without the labs of both
 * @param leftOut - jackknife block left out, -1 for none (the answers must have been measured with `habitJackknife`)
 * @returns a number, or null with answers of fewer than two panel models, to fewer than two probes, or where a self
 *   term is not positive (few probes)
 */
export function habitAffinity(
  measured: MeasuredAnswers,
  a: number,
  b: number,
  panel: readonly number[],
  leftOut = -1,
): number | null {
  const sums = centredHabits(measured, a, b, panel, leftOut);
  return sums !== null && sums.first > negligible && sums.second > negligible
    ? sums.between / Math.sqrt(sums.first * sums.second)
    : null;
}

/**
 * The panel-centred cross-probe kernel of two models: h(a,b), h(a,a), h(b,b). Bilinear in the models' mean vectors.
 * @returns null with answers of fewer than two panel models, or to fewer than two probes
 */
export function centredHabits(
  measured: MeasuredAnswers,
  a: number,
  b: number,
  panel: readonly number[],
  leftOut = -1,
): { readonly between: number; readonly first: number; readonly second: number } | null {
  const sums = leftOut < 0 ? measured.habit.total : measured.habit.withoutBlock[leftOut];
  if (!sums) return null;
  const { probesOf, probePairs } = probeCounts(measured, leftOut);
  // Without two probes a model has no pair of them: its sums are 0 for want of answers, not for want of habits.
  const measurable = (x: number) => probesOf(x) >= 2;
  const controls = panel.filter(measurable);
  const n = controls.length;
  if (n < 2 || !measurable(a) || !measurable(b)) return null;
  const g = (x: number, y: number) => (sums[packed(x, y)] as number) / probePairs(x, y);
  let panelMean = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) panelMean += g(controls[i] as number, controls[j] as number);
  panelMean /= (n * (n - 1)) / 2;
  const meanWithPanel = (x: number) => controls.reduce((sum, i) => sum + g(x, i), 0) / n;
  const meanA = meanWithPanel(a);
  const meanB = meanWithPanel(b);
  return {
    between: g(a, b) - meanA - meanB + panelMean,
    first: g(a, a) - 2 * meanA + panelMean,
    second: g(b, b) - 2 * meanB + panelMean,
  };
}

interface ProbeCounts {
  /** Probes that a model has answers to. */
  readonly probesOf: (x: number) => number;
  /** Ordered pairs of distinct probes, the first answered by one model and the second by the other: n_x n_y less the probes they share. */
  readonly probePairs: (x: number, y: number) => number;
}

const caches = new WeakMap<MeasuredAnswers, Map<number, ProbeCounts>>();

function probeCounts(measured: MeasuredAnswers, leftOut: number): ProbeCounts {
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
  const result: ProbeCounts = {
    probesOf: (x) => counts[x] as number,
    probePairs: (x, y) => (counts[x] as number) * (counts[y] as number) - (shared[packed(x, y)] as number),
  };
  cache.set(leftOut, result);
  return result;
}
