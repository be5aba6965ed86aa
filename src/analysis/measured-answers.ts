import type { RecordedAnswers } from "../schema/corpus.ts";
import type { DocumentFrequency } from "./document-frequency.ts";
import type { HabitSums } from "./habit-sums.ts";
import type { JackknifeBlocks } from "./jackknife-blocks.ts";
import type { KernelStack } from "./kernel-stack.ts";
import type { MeterFactory } from "./view-meter.ts";

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
  /** Called once with each probe, in their order, in the second pass: meters in other threads are busy, this thread is not. */
  readonly onProbe?: (probe: RecordedAnswers) => void;
}
