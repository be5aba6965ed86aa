import type { ProbeAnswers } from "../schema/corpus.ts";
import { scanTokens } from "../views/token-scan.ts";
import { views } from "../views/views.ts";
import { panelDocumentFrequency } from "./document-frequency.ts";
import type { HabitSums } from "./habit-sums.ts";
import { type JackknifeBlocks, jackknifeBlocks } from "./jackknife-blocks.ts";
import { createKernelStack, type KernelStack } from "./kernel-stack.ts";
import { packed } from "./sparse-gram.ts";
import { createViewKernels } from "./view-kernels.ts";

/** A model of a comparison; a model of unknown lab is a lab of its own. */
export interface MeasuredModel {
  readonly name: string;
  readonly lab: string | null;
}

export interface MeasuredProbe {
  readonly id: string;
  readonly family: string;
}

/** Everything the statistics need, computed once from all answers: numbers only, no text. */
export interface MeasuredAnswers {
  readonly models: readonly MeasuredModel[];
  readonly probes: readonly MeasuredProbe[];
  readonly blocks: JackknifeBlocks;
  /** Content kernels, summed over views. */
  readonly stack: KernelStack;
  /** Habit sums, summed over views, each divided by its scale. */
  readonly habit: HabitSums;
  /** Responses by probe and model. */
  readonly sampleCounts: Uint16Array;
  /** By pair asked for: per probe, the inner products response by response, summed over views (empty where absent). */
  readonly grams: readonly (readonly Float64Array[])[];
}

export interface MeasureOptions {
  readonly models: readonly MeasuredModel[];
  /** Indices of the models that may serve as controls. */
  readonly panel: readonly number[];
  /** Pairs of model indices whose response-by-response inner products are wanted (the same-model line). */
  readonly pairs?: readonly (readonly [number, number])[];
  /** Whether habit sums are wanted with each block left out (for intervals); costs time. */
  readonly habitJackknife?: boolean;
}

/**
 * Reads every probe's answers once and computes all kernels.
 *
 * Work: linear in the text, and models x models a probe. Views are added up without further scaling in the content
 * kernel: their centred self-similarities are between 0.84 and 0.94 on recorded corpora, and dividing by them moved no
 * figure. Habit sums differ in scale, so each view is divided by the panel's mean centred self term.
 *
 * @param answers - one item a probe; models that are not in `options.models` are left out
 */
export async function measureAnswers(
  answers: AsyncIterable<ProbeAnswers> | Iterable<ProbeAnswers>,
  options: MeasureOptions,
): Promise<MeasuredAnswers> {
  const { models, panel, pairs = [] } = options;
  const modelCount = models.length;
  const rule = panelDocumentFrequency(
    models.map(({ lab }) => lab),
    panel,
  );
  const indexOf = new Map(models.map(({ name }, index) => [name, index]));
  const viewKernels = views.map((view) => createViewKernels(view, modelCount, rule));
  const probes: MeasuredProbe[] = [];
  const kernels: Float32Array[] = [];
  const counts: Uint16Array[] = [];
  const grams: Float64Array[][] = pairs.map(() => []);

  for await (const { probe, family, answers: byModel } of answers) {
    const countOf = new Uint16Array(modelCount);
    const present = [...byModel].flatMap(([name, texts]) => {
      const model = indexOf.get(name);
      return model === undefined || texts.length === 0 ? [] : [{ model, texts }];
    });
    present.sort((first, second) => first.model - second.model);
    const responses = present.flatMap(({ model, texts }) => {
      countOf[model] = texts.length;
      return texts.map((text) => ({ model, scan: scanTokens(text) }));
    });
    const kernel = new Float64Array((modelCount * (modelCount + 1)) / 2);
    const gramsHere = pairs.map(([a, b]) => new Float64Array(((countOf[a] ?? 0) + (countOf[b] ?? 0)) ** 2));
    for (const view of viewKernels) {
      const part = view.addProbe(responses, pairs);
      for (let i = 0; i < kernel.length; i++) kernel[i] = (kernel[i] as number) + (part.kernel[i] as number);
      part.grams.forEach((gram, pair) => {
        const sum = gramsHere[pair] as Float64Array;
        for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (gram[i] as number);
      });
    }
    probes.push({ id: probe, family });
    kernels.push(Float32Array.from(kernel));
    counts.push(countOf);
    gramsHere.forEach((gram, pair) => {
      grams[pair]?.push(gram);
    });
  }

  const blocks = jackknifeBlocks(probes);
  const present = Uint8Array.from({ length: probes.length * modelCount }, (_, i) =>
    (counts[Math.floor(i / modelCount)]?.[i % modelCount] ?? 0) > 0 ? 1 : 0,
  );
  const stack = createKernelStack({
    modelCount,
    panel,
    kernels,
    present,
    blockOf: blocks.blockOf,
    blockCount: blocks.blockCount,
  });
  const leftOutBlocks = options.habitJackknife ? blocks.blockCount : 0;
  const habit = sumOfViews(
    viewKernels.map((view) => view.habit(blocks.blockOf, leftOutBlocks)),
    panel,
  );
  const sampleCounts = new Uint16Array(probes.length * modelCount);
  counts.forEach((row, p) => {
    sampleCounts.set(row, p * modelCount);
  });
  return { models, probes, blocks, stack, habit, sampleCounts, grams };
}

/** Adds up the views' habit sums, each divided by its panel's mean centred self term (left out where that is not positive). */
function sumOfViews(parts: readonly HabitSums[], panel: readonly number[]): HabitSums {
  const scales = parts.map(({ total }) => {
    let self = 0;
    let all = 0;
    for (const i of panel) {
      self += total[packed(i, i)] as number;
      for (const j of panel) all += total[packed(i, j)] as number;
    }
    return (self - all / panel.length) / panel.length;
  });
  const add = (of: (part: HabitSums) => Float64Array | undefined) => {
    const sum = new Float64Array(parts[0]?.total.length ?? 0);
    parts.forEach((part, v) => {
      const values = of(part);
      const scale = scales[v] as number;
      if (!values || !(scale > 0)) return;
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (values[i] as number) / scale;
    });
    return sum;
  };
  return {
    total: add((part) => part.total),
    withoutBlock: (parts[0]?.withoutBlock ?? []).map((_, block) => add((part) => part.withoutBlock[block])),
  };
}
