import { UsageError } from "../errors.ts";
import type { RecordedAnswers } from "../schema/corpus.ts";
import { inBatches, repeatable, shareOut } from "./answer-batches.ts";
import type { DocumentFrequency } from "./document-frequency.ts";
import { frequentFilter } from "./feature-sketch.ts";
import { fewestRows, habitFeatures } from "./habit-features.ts";
import type { HabitSums } from "./habit-sums.ts";
import { type JackknifeBlocks, jackknifeBlocks } from "./jackknife-blocks.ts";
import { createKernelChunks, type KernelChunks, withKernels } from "./kernel-chunks.ts";
import { createKernelStack } from "./kernel-stack.ts";
import type { MeasuredAnswers, MeasuredProbe, MeasureOptions } from "./measured-answers.ts";
import { orderFreeRounding } from "./order-free-sum.ts";
import {
  type AnswerSelection,
  type AnswerShape,
  allAnswers,
  answeredCells,
  type SelectedAnswers,
  selectAnswers,
  votesOf,
} from "./selected-answers.ts";
import type { ProbeKernels, ProbeMeter } from "./view-meter.ts";

/** Everything that is read and measured of the content, before any habit is known. */
interface FirstPass {
  readonly probes: readonly MeasuredProbe[];
  readonly shapes: readonly AnswerShape[];
  readonly kernels: KernelChunks;
  readonly rest: readonly Omit<ProbeKernels, "kernel">[];
}

/** What passes over the answers share. */
interface Passes {
  readonly meters: readonly ProbeMeter[];
  readonly rule: DocumentFrequency;
  readonly models: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly options: MeasureOptions;
}

/**
 * The passes of `startMeasuring`, shared out among meters.
 * @yields all answers measured, then each selection
 */
export async function* measureInPasses(
  meters: readonly ProbeMeter[],
  rule: DocumentFrequency,
  answers: AsyncIterable<RecordedAnswers> | Iterable<RecordedAnswers>,
  options: MeasureOptions & {
    readonly select: (counted: Pick<MeasuredAnswers, "sampleCounts">) => readonly AnswerSelection[];
  },
): AsyncGenerator<MeasuredAnswers> {
  const models = options.models.map(({ name }) => name);
  const indexOf = new Map(models.map((name, index) => [name, index]));
  const passes = { meters, rule, models, indexOf, options };
  const read = repeatable(answers);
  const first = await contentPass(passes, read());
  const { probes, shapes } = first;
  const all = allAnswers(shapes);
  const selections = options
    .select({ sampleCounts: countsOf(all, models.length) })
    .map((selection) => selectAnswers(selection, shapes, models));

  // A selection has no feature in more answers than all of them have it: what passes here holds all that it needs.
  const fewest = Math.min(...[all, ...selections].map((selected) => fewestRows(answeredCells(selected))));
  const sketches = await Promise.all(meters.map((meter) => meter.sketches()));
  const filters = (sketches[0] ?? []).map((_, view) =>
    frequentFilter(
      sketches.flatMap((ofMeter) => ofMeter[view] ?? []),
      fewest,
    ),
  );
  await Promise.all(meters.map((meter) => meter.filter(filters)));

  const blocks = jackknifeBlocks(probes);
  /** Probes whose features some meter keeps. */
  const kept = new Set<number>();
  const measure = async (selected: SelectedAnswers, selection: number | null) => {
    const others = (onProbe?: MeasureOptions["onProbe"]) =>
      inBatches(again(read, probes, onProbe), {
        indexOf,
        leaveOut: kept,
        maskOf: (probe) => selected.masks[probe] ?? null,
        // The one pass in which all texts are read with the selections known.
        masksOf: (probe) => (selection === null ? selections.map(({ masks }) => masks[probe] ?? null) : []),
      });
    const habits = await habitPasses(passes, { selected, selection, selections, blocks, kept, others });
    return measuredFrom(passes, first, { selected, selection, blocks, habits });
  };
  yield await measure(all, null);
  if (kept.size < probes.length) {
    // Texts are read again: one selection after another.
    for (const [number, selected] of selections.entries()) yield await measure(selected, number);
    return;
  }
  // All begin at once: what a meter is told stands in one piece in its queue, so that none waits for this thread.
  const begun = selections.map((selected, number) => measure(selected, number));
  // A failure is told where it is awaited, which may be never.
  for (const one of begun) one.catch(() => {});
  yield* begun;
}

async function contentPass(
  { meters, models, indexOf }: Passes,
  answers: AsyncIterable<RecordedAnswers>,
): Promise<FirstPass> {
  const probes: MeasuredProbe[] = [];
  const shapes: AnswerShape[] = [];
  const noted = async function* () {
    for await (const item of answers) {
      const { probe, family, retried } = item;
      const counts = Uint16Array.from(models, (name) => item.answers.get(name)?.length ?? 0);
      probes.push({ id: probe, family });
      shapes.push(retried === undefined ? { probe, counts } : { probe, counts, retried });
      yield item;
    }
  };
  const kernels = createKernelChunks();
  const rest: Omit<ProbeKernels, "kernel">[] = [];
  await shareOut(inBatches(noted(), { indexOf }), meters, async (meter, batch) => {
    for (const [i, { kernel, ...others }] of (await meter.content(batch)).entries()) {
      const number = batch[i]?.number as number;
      kernels.set(number, kernel);
      rest[number] = others;
    }
  });
  return { probes, shapes, kernels: kernels.finish(), rest };
}

/** The same answers again, in further passes. */
async function* again(
  read: () => AsyncIterable<RecordedAnswers>,
  probes: readonly MeasuredProbe[],
  onProbe?: MeasureOptions["onProbe"],
): AsyncGenerator<RecordedAnswers> {
  let count = 0;
  for await (const item of read()) {
    if (probes[count++]?.id !== item.probe) break;
    onProbe?.(item);
    yield item;
  }
  if (count !== probes.length)
    throw new UsageError(
      "measure.answers-changed",
      `The answers changed while they were read: expected the same ${probes.length} probes in each pass, got another one or fewer; hand over an array, or an iterable that starts anew each time.`,
    );
}

interface HabitPasses {
  readonly selected: SelectedAnswers;
  /** Its number among the selections; null for all answers. */
  readonly selection: number | null;
  /** Their own kernels are measured where their texts are read. */
  readonly selections: readonly SelectedAnswers[];
  readonly blocks: JackknifeBlocks;
  readonly kept: Set<number>;
  /** Opens what is not kept. */
  readonly others: (onProbe?: MeasureOptions["onProbe"]) => ReturnType<typeof inBatches>;
}

/** Second and third pass: which features are habits, then their sums over probes. By view. */
async function habitPasses(
  { meters, rule, models, options }: Passes,
  { selected, selection, selections, blocks, kept, others }: HabitPasses,
): Promise<HabitSums[]> {
  const ofAll = <T>(part: (meter: ProbeMeter) => T | Promise<T>) => Promise.all(meters.map(part));
  const { blockOf, blockCount } = blocks;
  const rows = answeredCells(selected);
  const votes = votesOf(selected, rule);
  // Meters that have all they need are told everything up to the next exchange at once, and do not wait for this thread.
  const allKept = () => kept.size === blockOf.length;
  const [, , countsOfKept] = await Promise.all([
    ofAll((meter) => meter.startCounting(orderFreeRounding(votes))),
    ofAll((meter) => meter.countKept(selection)),
    allKept() ? ofAll((meter) => meter.counts()) : null,
  ]);
  if (countsOfKept === null)
    await shareOut(others(selection === null ? options.onProbe : undefined), meters, async (meter, batch) => {
      const counted = await meter.count(batch);
      for (const [i, { number }] of batch.entries()) {
        if (counted.kept) kept.add(number);
        for (const [s, own] of (counted.kernels[i] ?? []).entries())
          if (own !== null) selections[s]?.kernels.set(number, own);
      }
    });
  const counts = countsOfKept ?? (await ofAll((meter) => meter.counts()));
  const features = (counts[0] ?? []).map((_, view) =>
    habitFeatures(
      counts.flatMap((ofMeter) => ofMeter[view] ?? []),
      { rows, votes },
    ),
  );

  const lastProbeOf = new Int32Array(blockCount);
  const blockSizes = new Array<number>(blockCount).fill(0);
  blockOf.forEach((block, p) => {
    lastProbeOf[block] = p;
    blockSizes[block] = (blockSizes[block] as number) + 1;
  });
  const collecting = {
    modelCount: models.length,
    voteOf: rule.voteOf,
    blockOf,
    lastProbeOf,
    rounding: orderFreeRounding(blockOf.length),
  };
  // A model that did not answer would count as one without habits.
  const panel = options.panel.filter(
    (model) => new Set([...blockOf].filter((_, p) => (selected.counts[p]?.[model] ?? 0) > 0)).size >= 2,
  );
  const allBlocks = () => Promise.all(features.map((_, view) => ofAll((meter) => meter.habitBlocks(view))));
  const [, , blocksOfKept] = await Promise.all([
    ofAll((meter) => meter.startHabits(features, collecting)),
    ofAll((meter) => meter.habitsKept(selection)),
    allKept() ? allBlocks() : null,
  ]);
  if (blocksOfKept === null) await shareOut(others(), meters, (meter, batch) => meter.habits(batch));
  const parts = blocksOfKept ?? (await allBlocks());
  return Promise.all(
    features.map((ofView, view) =>
      (meters[view % meters.length] as ProbeMeter).habitSums((parts[view] ?? []).flat(), {
        modelCount: models.length,
        featureCount: ofView.features.length,
        panel,
        blockSizes,
        leftOutBlocks: options.habitJackknife ? blockCount : 0,
      }),
    ),
  );
}

function measuredFrom(
  { models, options }: Passes,
  { probes, kernels, rest }: FirstPass,
  parts: Pick<HabitPasses, "selected" | "selection" | "blocks"> & { readonly habits: readonly HabitSums[] },
): MeasuredAnswers {
  const { selected, selection, blocks, habits } = parts;
  const sampleCounts = countsOf(selected, models.length);
  const own = new Map([...selected.kernels].map(([probe, { kernel }]) => [probe, kernel]));
  const squaredNorms = rest.map(
    (ofProbe, p) => selected.kernels.get(p)?.squaredNorms ?? ofProbe.squaredNorms,
  );
  return {
    models: options.models,
    probes,
    blocks,
    stack: createKernelStack({
      modelCount: models.length,
      panel: options.panel,
      kernels: withKernels(kernels, own),
      squaredNorms: byModel(squaredNorms, models.length),
      present: Uint8Array.from(sampleCounts, (count) => (count > 0 ? 1 : 0)),
      blockOf: blocks.blockOf,
      blockCount: blocks.blockCount,
    }),
    habits,
    sampleCounts,
    grams:
      selection === null
        ? (options.pairs ?? []).map((_, pair) => rest.map(({ grams }) => grams[pair] as Float64Array))
        : [],
  };
}

/** Rows of one number a model, by model. */
function byModel(rows: readonly Float32Array[], modelCount: number): Float32Array {
  const all = new Float32Array(rows.length * modelCount);
  for (const [p, row] of rows.entries())
    for (let m = 0; m < modelCount; m++) all[m * rows.length + p] = row[m] as number;
  return all;
}

/** Responses by probe and model. */
function countsOf({ counts }: SelectedAnswers, modelCount: number): Uint16Array {
  const all = new Uint16Array(counts.length * modelCount);
  for (const [p, row] of counts.entries()) all.set(row, p * modelCount);
  return all;
}
