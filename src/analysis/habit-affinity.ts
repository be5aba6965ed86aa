import { mean, sampleStandardDeviation } from "simple-statistics";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { packed } from "./sparse-gram.ts";

/** Self terms are of the order of 1 / probes; one this small is what rounding leaves of 0. */
const negligible = 1e-12;

/**
 * What is added to both self terms, in units of the panel's mean one. A model whose habits are hardly known (few probes, or
 * habits that no panel model has and that therefore weigh nothing) gets an affinity near 0, not the cosine of two rests.
 */
const selfTermFloor = 0.02;

/**
 * Habit affinity: do two models depart from the panel in the same direction whatever the prompt? In each view the
 * panel-centred cross-block kernel h(a,b) / sqrt((h(a,a) + f) (h(b,b) + f)), a cosine shrunk by the floor f; over views their mean, each weighted by the
 * inverse of the spread that it has between unrelated panel models (docs/method.md).
 *
 * @param panel - panel models of this pair, without the labs of both
 * @param leftOut - jackknife block left out, -1 for none (the answers must have been measured with `habitJackknife`)
 * @returns a number, or null with answers of fewer than two panel models, to probes of fewer than two blocks, or where no
 *   view says anything (few probes)
 */
export function habitAffinity(
  measured: MeasuredAnswers,
  a: number,
  b: number,
  panel: readonly number[],
  leftOut = -1,
): number | null {
  return overViews(measured, (view) => centredHabits(measured, { view, a, b, panel, leftOut }));
}

/** Mean of the views' affinities, each by the inverse of its spread; null where no view has one. */
export function overViews(
  measured: MeasuredAnswers,
  sumsOf: (view: number) => CentredHabits | null,
): number | null {
  let sum = 0;
  let weights = 0;
  habitScales(measured).forEach((scale, view) => {
    const sums = scale === null ? null : sumsOf(view);
    if (scale === null || sums === null) return;
    sum += cosineOf(sums, scale.selfTerm) / scale.spread;
    weights += 1 / scale.spread;
  });
  return weights > 0 ? sum / weights : null;
}

interface ViewPair {
  readonly view: number;
  readonly a: number;
  readonly b: number;
  readonly panel: readonly number[];
  readonly leftOut: number;
}

/** @param panelSelfTerm - mean self term of the view's panel models, above 0 */
function cosineOf({ between, first, second }: CentredHabits, panelSelfTerm: number): number {
  const floor = selfTermFloor * panelSelfTerm;
  return between / Math.sqrt((Math.max(0, first) + floor) * (Math.max(0, second) + floor));
}

/** h(a,b), h(a,a), h(b,b) of one view. */
export interface CentredHabits {
  readonly between: number;
  readonly first: number;
  readonly second: number;
}

/**
 * The panel-centred cross-block kernel of two models in one view. Bilinear in the models' mean vectors.
 * @returns null with answers of fewer than two panel models, or to probes of fewer than two blocks
 */
export function centredHabits(measured: MeasuredAnswers, pair: ViewPair): CentredHabits | null {
  const { view, a, b, panel, leftOut } = pair;
  const sums = panelSums(measured, view, leftOut);
  const { measurable } = probeCounts(measured, leftOut);
  if (sums === null || !measurable(a) || !measurable(b)) return null;
  const { g, rows } = sums;
  const kept = new Set(panel);
  const out = measured.stack.panel.filter((model) => measurable(model) && !kept.has(model));
  const n = sums.count - out.length;
  if (n < 2) return null;
  // The whole panel's sums without those few that are out: this is done for all pairs of the panel.
  let rowA = rows[a] as number;
  let rowB = rows[b] as number;
  let total = sums.total;
  out.forEach((x, i) => {
    if (x !== a) rowA -= g[packed(a, x)] as number;
    if (x !== b) rowB -= g[packed(b, x)] as number;
    total -= rows[x] as number;
    for (const y of out.slice(0, i)) total += g[packed(x, y)] as number;
  });
  const meanA = rowA / n;
  const meanB = rowB / n;
  const panelMean = total / ((n * (n - 1)) / 2);
  return {
    between: (g[packed(a, b)] as number) - meanA - meanB + panelMean,
    first: (g[packed(a, a)] as number) - 2 * meanA + panelMean,
    second: (g[packed(b, b)] as number) - 2 * meanB + panelMean,
  };
}

/** The kernel of one view, a pair of probes, and what it sums to over the panel's measurable models. */
interface PanelSums {
  /** Packed. */
  readonly g: Float64Array;
  /** By model: sum over the other models of the panel. */
  readonly rows: Float64Array;
  /** Sum over pairs of panel models. */
  readonly total: number;
  readonly count: number;
}

const panelCaches = new WeakMap<Float64Array, PanelSums>();

/** Kept as long as the sums are. @returns null where they were not measured */
function panelSums(measured: MeasuredAnswers, view: number, leftOut: number): PanelSums | null {
  const ofView = measured.habits[view];
  const sums = leftOut < 0 ? ofView?.total : ofView?.withoutBlock[leftOut];
  if (!sums) return null;
  const known = panelCaches.get(sums);
  if (known) return known;
  const { measurable, probePairs } = probeCounts(measured, leftOut);
  const { panel, modelCount } = measured.stack;
  const g = sums.map((sum, at) => ((probePairs[at] as number) > 0 ? sum / (probePairs[at] as number) : 0));
  const here = panel.filter(measurable);
  const rows = new Float64Array(modelCount);
  for (let x = 0; x < modelCount; x++)
    for (const i of here) if (i !== x) rows[x] = (rows[x] as number) + (g[packed(x, i)] as number);
  const total = here.reduce((sum, i) => sum + (rows[i] as number), 0) / 2;
  const result: PanelSums = { g, rows, total, count: here.length };
  panelCaches.set(sums, result);
  return result;
}

/** The unit of a view's affinities, and the panel's mean self term in it. */
interface HabitScale {
  readonly spread: number;
  readonly selfTerm: number;
}

const scaleCaches = new WeakMap<MeasuredAnswers, (HabitScale | null)[]>();

/**
 * Root mean square affinity between unrelated panel models, by view: the unit in which a view's affinity counts. Null
 * for a view that says nothing: where the panel's mean self term is not above twice its standard error over the panel,
 * chance is all that is left of it.
 */
function habitScales(measured: MeasuredAnswers): readonly (HabitScale | null)[] {
  const known = scaleCaches.get(measured);
  if (known) return known;
  const unrelated = unrelatedPanelPairs(measured);
  const scales = measured.habits.map((_, view): HabitScale | null => {
    const pairs = unrelated.flatMap(
      ({ a, b, panel }) => centredHabits(measured, { view, a, b, panel, leftOut: -1 }) ?? [],
    );
    const selfTerms = pairs.flatMap(({ first, second }) => [first, second]);
    if (pairs.length < 2) return null;
    const selfTerm = mean(selfTerms);
    const error = sampleStandardDeviation(selfTerms) / Math.sqrt(measured.stack.panel.length);
    if (!(selfTerm > 2 * error && selfTerm > negligible)) return null;
    const spread = Math.sqrt(mean(pairs.map((sums) => cosineOf(sums, selfTerm) ** 2)));
    return spread > negligible ? { spread, selfTerm } : null;
  });
  scaleCaches.set(measured, scales);
  return scales;
}

/** Panel models of different labs, each pair once, with the panel without both labs. */
export function unrelatedPanelPairs(
  measured: MeasuredAnswers,
): { readonly a: number; readonly b: number; readonly panel: readonly number[] }[] {
  const { panel } = measured.stack;
  const labOf = (model: number) => measured.models[model]?.lab ?? `unknown ${model}`;
  return panel.flatMap((a, i) =>
    panel
      .slice(0, i)
      .filter((b) => labOf(a) !== labOf(b))
      .map((b) => ({
        a,
        b,
        panel: panel.filter((model) => labOf(model) !== labOf(a) && labOf(model) !== labOf(b)),
      })),
  );
}

interface ProbeCounts {
  /** Whether a model has answers to probes of two blocks: without, its sums are 0 for want of answers, not of habits. */
  readonly measurable: (x: number) => boolean;
  /** By pair of models, packed: ordered pairs of probes of different blocks, the first answered by one, the second by the other. */
  readonly probePairs: Float64Array;
}

const countCaches = new WeakMap<MeasuredAnswers, Map<number, ProbeCounts>>();

/** Pairs of probes behind the sums of a run, without a block; -1 for none. Kept as long as the run is. */
export function probeCounts(measured: MeasuredAnswers, leftOut: number): ProbeCounts {
  const cache = countCaches.get(measured) ?? new Map<number, ProbeCounts>();
  countCaches.set(measured, cache);
  const known = cache.get(leftOut);
  if (known) return known;
  const { modelCount, present, blockOf, blockCount } = measured.stack;
  const answered = new Float64Array(modelCount * blockCount);
  measured.probes.forEach((_, p) => {
    const block = blockOf[p] as number;
    if (block === leftOut) return;
    for (let x = 0; x < modelCount; x++) {
      const at = x * blockCount + block;
      answered[at] = (answered[at] as number) + (present[p * modelCount + x] as number);
    }
  });
  const of = (x: number) => answered.subarray(x * blockCount, (x + 1) * blockCount);
  const totals = Float64Array.from({ length: modelCount }, (_, x) =>
    of(x).reduce((sum, count) => sum + count, 0),
  );
  const probePairs = new Float64Array((modelCount * (modelCount + 1)) / 2);
  const answeredBlocks = new Int32Array(modelCount);
  for (let x = 0; x < modelCount; x++) {
    const first = of(x);
    answeredBlocks[x] = first.filter((count) => count > 0).length;
    for (let y = 0; y <= x; y++) {
      const second = of(y);
      let pairs = (totals[x] as number) * (totals[y] as number);
      for (let block = 0; block < blockCount; block++)
        pairs -= (first[block] as number) * (second[block] as number);
      probePairs[packed(x, y)] = pairs;
    }
  }
  const result: ProbeCounts = { measurable: (x) => (answeredBlocks[x] as number) >= 2, probePairs };
  cache.set(leftOut, result);
  return result;
}
