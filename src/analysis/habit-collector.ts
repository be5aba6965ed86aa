import { enlarged } from "../views/enlarged.ts";
import { capacityFor, createFeatureIndex } from "../views/feature-index.ts";
import type { HabitFeatures } from "./habit-features.ts";
import { createMeanVectors } from "./mean-vectors.ts";
import type { CountedProbe } from "./probe-counter.ts";
import { createRowSums, type RowSums, type SparseRows } from "./row-sums.ts";
import { createTransposition, type Holders } from "./sparse-gram.ts";

/** What some probes of one jackknife block add to a view's habit sums. */
export interface BlockHabits {
  readonly block: number;
  /** Sums of mean vectors by feature and model; the last column holds the sums of their origins. */
  readonly rows: SparseRows;
}

export interface HabitOptions {
  readonly modelCount: number;
  /** Above 0 for panel models, see `DocumentFrequency`. */
  readonly voteOf: readonly number[];
  /** Jackknife block of each probe. */
  readonly blockOf: Int32Array;
  /** Number of the last probe of each block. */
  readonly lastProbeOf: Int32Array;
  /** See `orderFreeRounding`: sums are the same in whatever order probes come and however they are shared out. */
  readonly rounding: number;
}

/** Adds up the habits of one view, probe by probe. */
export interface HabitCollector {
  /** @param number - of the probe; probes come in ascending order, though not all of them need come here */
  readonly add: (probe: CountedProbe, number: number) => void;
  readonly blocks: () => BlockHabits[];
}

/**
 * Collects, block by block, what `habitSums` needs of a view: sums of mean unit vectors mu(m, p), with idf over all
 * probes. A block is held densely until its last probe has gone by.
 */
export function createHabitCollector(
  { features, idf }: HabitFeatures,
  { modelCount, voteOf, blockOf, lastProbeOf, rounding }: HabitOptions,
): HabitCollector {
  const index = createFeatureIndex(capacityFor(features.length));
  index.addAll(features, features.length, new Int32Array(features.length));
  const inPanel = Uint8Array.from(voteOf, (vote) => (vote > 0 ? 1 : 0));
  const meanVectors = createMeanVectors();
  const transposed = createTransposition();
  const open = new Map<number, RowSums>();
  /** Emptied, to be used again: fresh memory for each block would cost more than the sums. */
  const idle: RowSums[] = [];
  const closed: BlockHabits[] = [];
  let places = new Int32Array(1 << 12);
  let weights = new Float64Array(1 << 12);

  const close = (block: number) => {
    const sums = open.get(block) as RowSums;
    closed.push({ block, rows: sums.take() });
    open.delete(block);
    idle.push(sums);
  };
  return {
    add: (probe, number) => {
      for (const block of open.keys()) if ((lastProbeOf[block] as number) < number) close(block);
      const block = blockOf[number] as number;
      const sums = open.get(block) ?? idle.pop() ?? createRowSums(features.length, modelCount + 1);
      open.set(block, sums);

      places = enlarged(places, probe.size);
      weights = enlarged(weights, probe.size);
      index.findAll(probe.features, probe.size, places);
      for (let id = 0; id < probe.size; id++) {
        const place = places[id] as number;
        weights[id] = place < 0 ? 0 : (idf[place] as number);
      }
      const vectors = meanVectors(probe, weights);
      const holders = transposed(vectors, probe.size);
      addMeans(sums, holders, {
        size: probe.size,
        places,
        models: vectors.models,
        modelCount,
        inPanel,
        rounding,
      });
    },
    blocks: () => {
      for (const block of [...open.keys()]) close(block);
      return closed;
    },
  };
}

/**
 * Adds mean vectors to their models' sums, and the panel's mean, the origin of this probe, to the sum of origins. With
 * everyone's mean as the origin a suspect would move what other models depart from wherever some answer is missing.
 */
function addMeans(
  sums: RowSums,
  { starts, models, weights }: Holders,
  probe: {
    readonly size: number;
    readonly places: Int32Array;
    readonly models: readonly number[];
    readonly modelCount: number;
    readonly inPanel: Uint8Array;
    readonly rounding: number;
  },
): void {
  const { size, places, modelCount, inPanel, rounding } = probe;
  const share = 1 / Math.max(1, probe.models.filter((model) => inPanel[model] === 1).length);
  const present = new Set(probe.models);
  // The last column, which is the sum of origins, and the models that are absent.
  const withOrigin = Array.from({ length: modelCount + 1 }, (_, model) => model).filter(
    (m) => !present.has(m),
  );
  const { values, touched } = sums.reserve(size);
  const { words } = sums;
  const width = modelCount + 1;
  for (let id = 0; id < size; id++) {
    const from = starts[id] as number;
    const to = starts[id + 1] as number;
    if (from === to) continue;
    const row = sums.rowOf(places[id] as number);
    const first = row * width;
    const firstWord = row * words;
    let origin = 0;
    for (let entry = from; entry < to; entry++) {
      const model = models[entry] as number;
      const weight = (weights[entry] as number) + rounding - rounding;
      values[first + model] = (values[first + model] as number) + weight;
      const word = firstWord + (model >>> 5);
      touched[word] = (touched[word] as number) | (1 << (model & 31));
      if (inPanel[model] === 1) origin += weight;
    }
    origin = origin * share + rounding - rounding;
    // The sum of origins is taken off every model at the end: one that is absent here must not lose this probe's.
    for (let i = 0; i < withOrigin.length; i++) {
      const model = withOrigin[i] as number;
      values[first + model] = (values[first + model] as number) + origin;
      const word = firstWord + (model >>> 5);
      touched[word] = (touched[word] as number) | (1 << (model & 31));
    }
  }
}
