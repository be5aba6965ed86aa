import { UsageError } from "../errors.ts";
import type { RecordedAnswers } from "../schema/corpus.ts";
import { inBatches, repeatable, shareOut } from "./answer-batches.ts";
import { type DocumentFrequency, panelDocumentFrequency } from "./document-frequency.ts";
import { frequentFilter } from "./feature-sketch.ts";
import { fewestRows, habitFeatures } from "./habit-features.ts";
import { type HabitSums, habitSums } from "./habit-sums.ts";
import { type JackknifeBlocks, jackknifeBlocks } from "./jackknife-blocks.ts";
import { createKernelChunks } from "./kernel-chunks.ts";
import { createKernelStack, type KernelStack } from "./kernel-stack.ts";
import { orderFreeRounding } from "./order-free-sum.ts";
import { type MeterFactory, oneMeter, type ProbeKernels, type ProbeMeter } from "./view-meter.ts";

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
  /** Habit sums, by view. */
  readonly habits: readonly HabitSums[];
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
  /** Who votes in document frequencies; the measure's own rule by default. */
  readonly documentFrequency?: DocumentFrequency;
  /** Where probes are measured; in this thread by default. */
  readonly meters?: MeterFactory;
}

/**
 * Computes all kernels from three passes over the answers: content kernels, then the features that are habits, then the
 * sums over probes for these.
 *
 * Work: linear in the text, and models x models a probe. Memory: four bytes a pair of models and probe, eight a habit
 * feature and model, and what one probe takes; it does not grow with the answers, if they can be read again
 * (docs/method.md). Views are added up without further scaling in the content
 * kernel: their centred self-similarities are between 0.84 and 0.94 on recorded corpora, and dividing by them moved no
 * figure. Habit sums are kept by view.
 *
 * @param answers - one item a probe; models that are not in `options.models` are left out. Something that can be
 *   iterated more than once, or else the answers are kept in memory
 */
export async function measureAnswers(
  answers: AsyncIterable<RecordedAnswers> | Iterable<RecordedAnswers>,
  options: MeasureOptions,
): Promise<MeasuredAnswers> {
  const { models, panel, pairs = [] } = options;
  const labs = models.map(({ lab }) => lab);
  const rule = options.documentFrequency ?? panelDocumentFrequency(labs, panel);
  const meters = (options.meters ?? oneMeter)({ modelCount: models.length, rule, pairs });
  try {
    return await measureWith(meters, rule, answers, options);
  } finally {
    for (const meter of meters) meter.close();
  }
}

async function measureWith(
  meters: readonly ProbeMeter[],
  rule: DocumentFrequency,
  answers: AsyncIterable<RecordedAnswers> | Iterable<RecordedAnswers>,
  options: MeasureOptions,
): Promise<MeasuredAnswers> {
  const { models, panel, pairs = [] } = options;
  const modelCount = models.length;
  const indexOf = new Map(models.map(({ name }, index) => [name, index]));
  const read = repeatable(answers);
  const ofAll = async <T>(part: (meter: ProbeMeter) => T | Promise<T>) => Promise.all(meters.map(part));

  const probes: MeasuredProbe[] = [];
  const counts: Uint16Array[] = [];
  const noted = async function* () {
    for await (const item of read()) {
      probes.push({ id: item.probe, family: item.family });
      counts.push(Uint16Array.from(models, ({ name }) => item.answers.get(name)?.length ?? 0));
      yield item;
    }
  };
  const kernels = createKernelChunks();
  const measured: Omit<ProbeKernels, "kernel">[] = [];
  await shareOut(inBatches(noted(), indexOf), meters, async (meter, batch) => {
    for (const [i, { kernel, ...rest }] of (await meter.content(batch)).entries()) {
      kernels.set(batch.first + i, kernel);
      measured[batch.first + i] = rest;
    }
  });
  const sampleCounts = new Uint16Array(probes.length * modelCount);
  counts.forEach((row, p) => {
    sampleCounts.set(row, p * modelCount);
  });
  const present = Uint8Array.from(sampleCounts, (count) => (count > 0 ? 1 : 0));
  const blocks = jackknifeBlocks(probes);

  /** The same answers again, in further passes. */
  const again = async function* () {
    let count = 0;
    for await (const item of read()) {
      if (probes[count++]?.id !== item.probe) break;
      yield item;
    }
    if (count !== probes.length)
      throw new UsageError(
        "measure.answers-changed",
        `The answers changed while they were read: expected the same ${probes.length} probes in each pass, got another one or fewer; hand over an array, or an iterable that starts anew each time.`,
      );
  };
  const votes = counts.reduce(
    (sum, row) =>
      row.reduce((total, count, model) => total + (count > 0 ? (rule.voteOf[model] ?? 0) : 0), sum),
    0,
  );
  const rows = present.reduce((sum, one) => sum + one, 0);
  const sketches = await ofAll((meter) => meter.sketches());
  const filters = (sketches[0] ?? []).map((_, view) =>
    frequentFilter(
      sketches.flatMap((ofMeter) => ofMeter[view] ?? []),
      fewestRows(rows),
    ),
  );
  await ofAll((meter) => meter.startCounting(filters, orderFreeRounding(votes)));
  await shareOut(inBatches(again(), indexOf), meters, (meter, batch) => meter.count(batch));
  const featureCounts = await ofAll((meter) => meter.counts());
  const features = filters.map((_, view) =>
    habitFeatures(
      featureCounts.flatMap((ofMeter) => ofMeter[view] ?? []),
      { rows, votes },
    ),
  );

  const { blockOf, blockCount } = blocks;
  const lastProbeOf = new Int32Array(blockCount);
  const blockSizes = new Array<number>(blockCount).fill(0);
  blockOf.forEach((block, p) => {
    lastProbeOf[block] = p;
    blockSizes[block] = (blockSizes[block] as number) + 1;
  });
  // A model that did not answer would count as one without habits.
  const withHabits = panel.filter(
    (model) => new Set([...blockOf].filter((_, p) => present[p * modelCount + model] === 1)).size >= 2,
  );
  const rounding = orderFreeRounding(probes.length);
  await ofAll((meter) =>
    meter.startHabits(features, { modelCount, voteOf: rule.voteOf, blockOf, lastProbeOf, rounding }),
  );
  await shareOut(inBatches(again(), indexOf), meters, (meter, batch) => meter.habits(batch));
  const byView: HabitSums[] = [];
  for (const [view, ofView] of features.entries()) {
    const parts = await ofAll((meter) => meter.habitBlocks(view));
    byView.push(
      habitSums(parts.flat(), {
        modelCount,
        featureCount: ofView.features.length,
        panel: withHabits,
        blockSizes,
        leftOutBlocks: options.habitJackknife ? blockCount : 0,
      }),
    );
  }
  return {
    models,
    probes,
    blocks,
    stack: createKernelStack({
      modelCount,
      panel,
      kernels: kernels.finish(),
      squaredNorms: byModel(
        measured.map(({ squaredNorms }) => squaredNorms),
        modelCount,
      ),
      present,
      blockOf: blocks.blockOf,
      blockCount: blocks.blockCount,
    }),
    habits: byView,
    sampleCounts,
    grams: pairs.map((_, pair) => measured.map(({ grams }) => grams[pair] as Float64Array)),
  };
}

/** Rows of one number a model, by model. */
function byModel(rows: readonly Float32Array[], modelCount: number): Float32Array {
  const all = new Float32Array(rows.length * modelCount);
  for (const [p, row] of rows.entries())
    for (let m = 0; m < modelCount; m++) all[m * rows.length + p] = row[m] as number;
  return all;
}
