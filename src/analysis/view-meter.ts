import type { RecordedAnswer } from "../schema/withheld-answer.ts";
import type { SeenResponse } from "../views/emitted-features.ts";
import { createScanner } from "../views/token-scan.ts";
import { views } from "../views/views.ts";
import { type CandidateCounter, createCandidateCounter, type FeatureCounts } from "./candidate-counter.ts";
import { createFeatureSketch, type FeatureFilter, filterOf, type SketchCounters } from "./feature-sketch.ts";
import {
  type BlockHabits,
  createHabitCollector,
  type HabitCollector,
  type HabitOptions,
} from "./habit-collector.ts";
import type { HabitFeatures } from "./habit-features.ts";
import { type CountedProbe, createProbeCounter } from "./probe-counter.ts";
import { type ContentSetup, createContentKernels } from "./view-kernels.ts";

/** Responses to one probe, grouped by model, models in ascending order. */
export type ProbeResponses = readonly { readonly model: number; readonly answer: RecordedAnswer }[];

/** Probes in a row. */
export interface ProbeBatch {
  /** Number of the first one. */
  readonly first: number;
  readonly probes: readonly ProbeResponses[];
}

/** What a meter must know before the first probe. Plain data, so that it can go to another thread. */
export type MeterSetup = ContentSetup;

/** Content kernels of one probe, summed over views. */
export interface ProbeKernels {
  /** Packed lower triangle; entries of absent models are 0. */
  readonly kernel: Float32Array<ArrayBuffer>;
  /** By model: see `KernelStack.squaredNorms`. */
  readonly squaredNorms: Float32Array<ArrayBuffer>;
  /** By pair asked for: inner products response by response. */
  readonly grams: readonly Float64Array[];
}

type Later<T> = T | Promise<T>;

/**
 * Measures some of the probes, in three passes over them: what is wanted of habits can only be said when the features
 * of all probes are known, and to keep these would take memory without end. Views are always in the order of `views`.
 * All arguments and results are plain data, so that a meter can work behind a message port.
 */
export interface ProbeMeter {
  /** First pass. */
  readonly content: (batch: ProbeBatch) => Later<ProbeKernels[]>;
  /** By view: how many responses have which features, at most. */
  readonly sketches: () => Later<SketchCounters[]>;
  /** Second pass: counts the features that pass their view's filter. @param rounding - see `orderFreeRounding` */
  readonly startCounting: (filters: readonly FeatureFilter[], rounding: number) => Later<void>;
  readonly count: (batch: ProbeBatch) => Later<void>;
  readonly counts: () => Later<FeatureCounts[]>;
  /** Third pass: sums over probes, with the features that are habits of each view. */
  readonly startHabits: (features: readonly HabitFeatures[], options: HabitOptions) => Later<void>;
  readonly habits: (batch: ProbeBatch) => Later<void>;
  /** What was collected of one view, which is then forgotten: never are the sums of all views in two places. */
  readonly habitBlocks: (view: number) => Later<BlockHabits[]>;
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
  let candidates: CandidateCounter[] = [];
  let collectors: (HabitCollector | null)[] = [];

  /** What the third pass counts of each view; the first counts everything. */
  let wanted: readonly FeatureFilter[] = [];

  /** Reads each text once for all views; of a withheld one, the features of each view are known. */
  const scanned = (
    responses: ProbeResponses,
    add: (model: number, share: number, seen: SeenResponse) => void,
  ) => {
    const samples = new Map<number, number>();
    for (const { model } of responses) samples.set(model, (samples.get(model) ?? 0) + 1);
    for (const { model, answer } of responses)
      add(
        model,
        (setup.rule.voteOf[model] ?? 0) / (samples.get(model) ?? 1),
        typeof answer === "string" ? scan(answer) : answer,
      );
  };
  const counted = (responses: ProbeResponses): CountedProbe[] => {
    counters.forEach((counter, view) => {
      counter.start(wanted[view] ?? null);
    });
    scanned(responses, (model, share, seen) => {
      for (const counter of counters) counter.add(model, share, seen);
    });
    return counters.map((counter) => counter.counted());
  };
  return {
    content: ({ probes }) =>
      probes.map((responses) => {
        const parts = counted(responses).map((probe, view) => {
          sketches[view]?.add(probe);
          return (kernels[view] as (typeof kernels)[number])(probe);
        });
        return {
          kernel: Float32Array.from(sumOf(parts.map(({ kernel }) => kernel))),
          squaredNorms: Float32Array.from(sumOf(parts.map(({ squaredNorms }) => squaredNorms))),
          grams: setup.pairs.map((_, pair) => sumOf(parts.map(({ grams }) => grams[pair] as Float64Array))),
        };
      }),
    sketches: () => sketches.splice(0).map((sketch) => sketch.counters()),
    startCounting: (filters, rounding) => {
      candidates = views.map((view, v) =>
        createCandidateCounter(view, filters[v] as FeatureFilter, rounding),
      );
    },
    count: ({ probes }) => {
      for (const responses of probes) {
        scanned(responses, (_, share, seen) => {
          for (const counter of candidates) counter.add(share, seen);
        });
        for (const counter of candidates) counter.endProbe();
      }
    },
    counts: () => candidates.splice(0).map((counter) => counter.counts()),
    startHabits: (features, options) => {
      wanted = features.map((ofView) => filterOf(ofView.features));
      collectors = features.map((ofView) => createHabitCollector(ofView, options));
    },
    habits: ({ first, probes }) => {
      probes.forEach((responses, i) => {
        counted(responses).forEach((probe, view) => {
          collectors[view]?.add(probe, first + i);
        });
      });
    },
    habitBlocks: (view) => {
      const blocks = collectors[view]?.blocks() ?? [];
      collectors[view] = null;
      return blocks;
    },
    close: () => {},
  };
}

/** Element-wise sum of vectors of one length. */
function sumOf(vectors: readonly Float64Array[]): Float64Array {
  const [first, ...rest] = vectors;
  const sum = (first as Float64Array).slice();
  for (const vector of rest)
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (vector[i] as number);
  return sum;
}
