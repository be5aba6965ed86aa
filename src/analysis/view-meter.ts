import { mean, sampleStandardDeviation } from "simple-statistics";
import { scanTokens } from "../views/token-scan.ts";
import { views } from "../views/views.ts";
import type { DocumentFrequency } from "./document-frequency.ts";
import type { HabitSums } from "./habit-sums.ts";
import { packed } from "./sparse-gram.ts";
import { createViewKernels } from "./view-kernels.ts";

/** What a meter must know before the first probe. Plain data, so that it can go to another thread. */
export interface MeterSetup {
  readonly modelCount: number;
  readonly rule: DocumentFrequency;
  readonly panel: readonly number[];
  readonly pairs: readonly (readonly [number, number])[];
}

/** Responses to one probe, grouped by model, models in ascending order. */
export type ProbeResponses = readonly { readonly model: number; readonly text: string }[];

/** Results of some views, summed over them. */
export interface MeterResult {
  /** Per probe: packed content kernel. */
  readonly kernels: readonly Float32Array[];
  /** By pair: per probe, inner products response by response. */
  readonly grams: readonly (readonly Float64Array[])[];
  readonly habit: HabitSums;
}

/** Measures some of the views, probe by probe: in this thread, or behind an executor in another one. */
export interface ViewMeter {
  readonly add: (probes: readonly ProbeResponses[]) => void | Promise<void>;
  /** Ends the measuring; the meter takes no more probes. */
  readonly finish: (blockOf: Int32Array, leftOutBlocks: number) => MeterResult | Promise<MeterResult>;
  /** Gives up without a result. */
  readonly cancel?: () => void;
}

/** Meters that share the views among them; their results add up. */
export type MeterFactory = (setup: MeterSetup) => readonly ViewMeter[];

/** One meter for all views, in this thread. */
export const oneMeter: MeterFactory = (setup) => [
  createViewMeter(
    views.map(({ name }) => name),
    setup,
  ),
];

/** @param names - of the views to measure */
export function createViewMeter(
  names: readonly string[],
  { modelCount, rule, panel, pairs }: MeterSetup,
): ViewMeter {
  const kernelsOf = views
    .filter(({ name }) => names.includes(name))
    .map((view) => createViewKernels(view, modelCount, rule));
  const kernels: Float32Array[] = [];
  const grams: Float64Array[][] = pairs.map(() => []);
  const add = (responses: ProbeResponses) => {
    const scanned = responses.map(({ model, text }) => ({ model, scan: scanTokens(text) }));
    const parts = kernelsOf.map((view) => view.addProbe(scanned, pairs));
    kernels.push(Float32Array.from(sumOf(parts.map(({ kernel }) => kernel))));
    pairs.forEach((_, pair) => {
      grams[pair]?.push(sumOf(parts.map((part) => part.grams[pair] as Float64Array)));
    });
  };
  return {
    add: (probes) => probes.forEach(add),
    finish: (blockOf, leftOutBlocks) => ({
      kernels,
      grams,
      habit: scaledSum(
        kernelsOf.map((view) => view.habit(blockOf, leftOutBlocks)),
        panel,
      ),
    }),
  };
}

/** Element-wise sum of vectors of one length. */
export function sumOf<Vector extends Float32Array | Float64Array>(vectors: readonly Vector[]): Vector {
  const [first, ...rest] = vectors;
  const sum = (first as Vector).slice() as Vector;
  for (const vector of rest)
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (vector[i] as number);
  return sum;
}

/** Adds up habit sums. */
export function addHabits(parts: readonly HabitSums[]): HabitSums {
  return {
    total: sumOf(parts.map(({ total }) => total)),
    withoutBlock: (parts[0]?.withoutBlock ?? []).map((_, block) =>
      sumOf(parts.map((part) => part.withoutBlock[block] as Float64Array)),
    ),
  };
}

/**
 * Adds up views' habit sums, each divided by its panel's mean centred self term. A view adds nothing where that mean is
 * not above twice its standard error over the panel: divided by what chance left of it, noise would be all that counts.
 */
function scaledSum(parts: readonly HabitSums[], panel: readonly number[]): HabitSums {
  return addHabits(
    parts.map(({ total, withoutBlock }) => {
      const value = (a: number, b: number) => total[packed(a, b)] as number;
      const means = panel.map((i) => mean(panel.map((j) => value(i, j))));
      const selfTerms = panel.map((i, at) => value(i, i) - 2 * (means[at] as number) + mean(means));
      const scale = panel.length < 2 ? 0 : mean(selfTerms);
      const error = panel.length < 2 ? 0 : sampleStandardDeviation(selfTerms) / Math.sqrt(panel.length);
      const scaled = (values: Float64Array) =>
        values.map((sum) => (scale > 2 * error && scale > 0 ? sum / scale : 0));
      return { total: scaled(total), withoutBlock: withoutBlock.map(scaled) };
    }),
  );
}
