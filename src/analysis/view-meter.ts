import type { RecordedAnswer } from "../schema/withheld-answer.ts";
import type { SeenResponse } from "../views/emitted-features.ts";
import { createScanner } from "../views/token-scan.ts";
import { views } from "../views/views.ts";
import { type Candidates, createCandidates, type FeatureCounts } from "./candidates.ts";
import { createFeatureSketch, type FeatureFilter, type SketchCounters } from "./feature-sketch.ts";
import {
  type BlockHabits,
  createHabitCollector,
  type HabitCollector,
  type HabitOptions,
} from "./habit-collector.ts";
import { createHabitCounter, type HabitCounter } from "./habit-counter.ts";
import type { HabitFeatures } from "./habit-features.ts";
import { type HabitSums, type HabitSumsOptions, habitSums } from "./habit-sums.ts";
import {
  createProbeKeeper,
  type KeptCandidates,
  type KeptProbe,
  type ProbeKeeper,
  type ResponseMask,
} from "./kept-probe.ts";
import { type CountedProbe, createProbeCounter } from "./probe-counter.ts";
import { type ContentSetup, createContentKernels } from "./view-kernels.ts";

/** Responses to one probe, grouped by model, models in ascending order. */
export type ProbeResponses = readonly { readonly model: number; readonly answer: RecordedAnswer }[];

/** A probe of a batch. */
export interface BatchedProbe {
  readonly number: number;
  readonly responses: ProbeResponses;
  /** By selection: which responses it keeps. None once these are not asked about. */
  readonly masks: readonly ResponseMask[];
}

/** What a meter must know before the first probe. Plain data, so that it can go to another thread. */
export interface MeterSetup extends ContentSetup {
  /** Features that may be kept between passes, by all meters together; none by default. */
  readonly mostKept?: number;
  /** Meters that share these; 1 by default. */
  readonly meters?: number;
}

/** Content kernels of one probe, summed over views. */
export interface ProbeKernels {
  /** Packed lower triangle; entries of absent models are 0. */
  readonly kernel: Float32Array<ArrayBuffer>;
  /** By model: see `KernelStack.squaredNorms`. */
  readonly squaredNorms: Float32Array<ArrayBuffer>;
  /** By pair asked for: inner products response by response. */
  readonly grams: readonly Float64Array[];
}

/** What the second pass gives of a batch besides its counts. */
export interface CountedBatch {
  /** Whether its features are kept, so that further passes do not need the texts. */
  readonly kept: boolean;
  /** By probe and selection: the kernels of what the selection keeps; null where it keeps all. */
  readonly kernels: readonly (readonly (ProbeKernels | null)[])[];
}

type Later<T> = T | Promise<T>;

/**
 * Measures some of the probes, in three passes over them: what is wanted of habits can only be said when the features
 * of all probes are known, and to keep all these would take memory without end. In the second pass it keeps those that
 * may be habits, as far as memory allows; then the third, and the second and third of selections of the answers, go
 * without the texts. Views are always in the order of `views`.
 * All arguments and results are plain data, so that a meter can work behind a message port.
 */
export interface ProbeMeter {
  /** First pass. */
  readonly content: (batch: readonly BatchedProbe[]) => Later<ProbeKernels[]>;
  /** By view: how many responses have which features, at most. */
  readonly sketches: () => Later<SketchCounters[]>;
  /** What later passes look at: features that pass their view's filter. */
  readonly filter: (filters: readonly FeatureFilter[]) => Later<void>;
  /** Second pass: counts these. @param rounding - see `orderFreeRounding` */
  readonly startCounting: (rounding: number) => Later<void>;
  readonly count: (batch: readonly BatchedProbe[]) => Later<CountedBatch>;
  /** Counts the probes that are kept. @param selection - of their responses; null for all */
  readonly countKept: (selection: number | null) => Later<void>;
  readonly counts: () => Later<FeatureCounts[]>;
  /** Third pass: sums over probes, with the features that are habits of each view. */
  readonly startHabits: (features: readonly HabitFeatures[], options: HabitOptions) => Later<void>;
  readonly habits: (batch: readonly BatchedProbe[]) => Later<void>;
  readonly habitsKept: (selection: number | null) => Later<void>;
  /** What was collected of one view, which is then forgotten here. */
  readonly habitBlocks: (view: number) => Later<BlockHabits[]>;
  /** See `habitSums`: any meter can do it, with the parts of them all. */
  readonly habitSums: (parts: readonly BlockHabits[], options: HabitSumsOptions) => Later<HabitSums>;
  /** Ends the meter, whether it is ready or not. */
  readonly close: () => void;
}

/** Meters that share the probes among them. Results are the same to the bit however many there are. */
export type MeterFactory = (setup: MeterSetup) => readonly ProbeMeter[];

/** One meter, in this thread. */
export const oneMeter: MeterFactory = (setup) => [createProbeMeter(setup)];

export function createProbeMeter(setup: MeterSetup): ProbeMeter {
  const scan = createScanner();
  const counters = views.map(createProbeCounter);
  const sketches = views.map(createFeatureSketch);
  const kernels = views.map(() => createContentKernels(setup));
  const candidates = views.map(createCandidates);
  let habits: HabitCounter[] = [];
  let collectors: (HabitCollector | null)[] = [];
  let keeper: ProbeKeeper | null = null;
  const kept: KeptProbe[] = [];
  let room = Math.floor((setup.mostKept ?? 0) / (setup.meters ?? 1));

  /** Reads each text once for all views; of a withheld one, the features of each view are known. */
  const seen = (answer: RecordedAnswer): SeenResponse => (typeof answer === "string" ? scan(answer) : answer);
  const countOf = (responses: ProbeResponses): CountedProbe[] => {
    for (const counter of counters) counter.start();
    const shareOf = voteShares(setup, responses);
    for (const { model, answer } of responses) {
      const response = seen(answer);
      for (const counter of counters) counter.add(model, shareOf(model), response);
    }
    return counters.map((counter) => counter.counted());
  };
  const kernelsOf = (counted: readonly CountedProbe[]): ProbeKernels => {
    const parts = counted.map((probe, view) => (kernels[view] as (typeof kernels)[number])(probe));
    return {
      kernel: Float32Array.from(sumOf(parts.map(({ kernel }) => kernel))),
      squaredNorms: Float32Array.from(sumOf(parts.map(({ squaredNorms }) => squaredNorms))),
      grams: setup.pairs.map((_, pair) => sumOf(parts.map(({ grams }) => grams[pair] as Float64Array))),
    };
  };
  const keepOf = ({ number, responses, masks }: BatchedProbe): KeptProbe => {
    const into = keeper as ProbeKeeper;
    for (const { model, answer } of responses) into.add(model, seen(answer));
    return into.take(number, masks);
  };
  const countCandidates = (probe: KeptProbe, selection: number | null) => {
    const responses = selectedOf(probe, selection);
    const shareOf = voteShares(setup, responses);
    for (const [view, ofView] of candidates.entries()) {
      const { numbers, starts } = probe.byView[view] as KeptCandidates;
      for (const { model, response } of responses)
        ofView.add(shareOf(model), numbers, starts[response] as number, starts[response + 1] as number);
      ofView.endProbe();
    }
  };
  const collect = (probe: KeptProbe, selection: number | null) => {
    const responses = selectedOf(probe, selection);
    for (const [view, counter] of habits.entries()) {
      counter.start();
      for (const { model, response } of responses)
        counter.add(model, probe.byView[view] as KeptCandidates, response);
      collectors[view]?.add(counter.counted(), probe.number);
    }
  };
  return {
    content: (batch) =>
      batch.map(({ responses }) => {
        const counted = countOf(responses);
        counted.forEach((probe, view) => {
          sketches[view]?.add(probe);
        });
        return kernelsOf(counted);
      }),
    sketches: () => sketches.splice(0).map((sketch) => sketch.counters()),
    filter: (filters) => {
      keeper = createProbeKeeper(filters, candidates);
    },
    startCounting: (rounding) => {
      for (const ofView of candidates) ofView.start(rounding);
    },
    count: (batch) => {
      const probes = batch.map(keepOf);
      for (const probe of probes) countCandidates(probe, null);
      const keeps = room > 0;
      if (keeps) {
        kept.push(...probes);
        for (const { size } of probes) room -= size;
      }
      return {
        kept: keeps,
        kernels: batch.map(({ responses, masks }) =>
          masks.map((mask) =>
            mask === null ? null : kernelsOf(countOf(responses.filter((_, place) => mask[place] === 1))),
          ),
        ),
      };
    },
    countKept: (selection) => {
      for (const probe of kept) countCandidates(probe, selection);
    },
    counts: () => candidates.map((ofView) => ofView.counts()),
    startHabits: (features, options) => {
      habits = features.map((ofView, view) => {
        // Those that only other meters have met get a number as well: their probes may come here now.
        const { numberAll, size } = candidates[view] as Candidates;
        const numbers = new Int32Array(ofView.features.length);
        numberAll({ features: ofView.features, length: numbers.length }, numbers);
        const placeOf = new Int32Array(size()).fill(-1);
        for (const [place, number] of numbers.entries()) placeOf[number] = place;
        return createHabitCounter(placeOf, numbers.length);
      });
      collectors = features.map((ofView) => createHabitCollector(ofView, options));
    },
    habits: (batch) => {
      for (const probe of batch) collect(keepOf(probe), null);
    },
    habitsKept: (selection) => {
      for (const probe of kept) collect(probe, selection);
    },
    habitBlocks: (view) => {
      const blocks = collectors[view]?.blocks() ?? [];
      collectors[view] = null;
      return blocks;
    },
    habitSums,
    close: () => {},
  };
}

/** By model: the share of its vote that each of its responses has. */
function voteShares(
  { rule }: MeterSetup,
  responses: readonly { readonly model: number }[],
): (model: number) => number {
  const samples = new Map<number, number>();
  for (const { model } of responses) samples.set(model, (samples.get(model) ?? 0) + 1);
  return (model) => (rule.voteOf[model] ?? 0) / (samples.get(model) ?? 1);
}

/** The responses of a kept probe that a selection keeps. */
function selectedOf(
  { models, masks }: KeptProbe,
  selection: number | null,
): { readonly model: number; readonly response: number }[] {
  const mask = selection === null ? null : (masks[selection] ?? null);
  return models.flatMap((model, response) =>
    mask === null || mask[response] === 1 ? [{ model, response }] : [],
  );
}

/** Element-wise sum of vectors of one length. */
function sumOf(vectors: readonly Float64Array[]): Float64Array {
  const [first, ...rest] = vectors;
  const sum = (first as Float64Array).slice();
  for (const vector of rest)
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (vector[i] as number);
  return sum;
}
