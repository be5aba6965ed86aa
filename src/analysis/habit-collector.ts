import { enlarged } from "../views/enlarged.ts";
import type { CountedHabits } from "./habit-counter.ts";
import type { HabitFeatures } from "./habit-features.ts";
import { createMeanVectors } from "./mean-vectors.ts";
import { createRowTerms, type RowTerms, type SparseRows } from "./row-sums.ts";
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
  readonly add: (probe: CountedHabits, number: number) => void;
  readonly blocks: () => BlockHabits[];
}

/**
 * Collects, block by block, what `habitSums` needs of a view: sums of mean unit vectors mu(m, p), with idf over all
 * probes. A block is summed up when its last probe has gone by; probes of it that come later are another part of it.
 */
export function createHabitCollector(
  { features, idf }: HabitFeatures,
  { modelCount, voteOf, blockOf, lastProbeOf, rounding }: HabitOptions,
): HabitCollector {
  const inPanel = Uint8Array.from(voteOf, (vote) => (vote > 0 ? 1 : 0));
  const meanVectors = createMeanVectors();
  const transposed = createTransposition();
  const open = new Map<number, RowTerms>();
  /** Emptied, to be used again: fresh memory for each block would cost more than the sums. */
  const idle: RowTerms[] = [];
  const closed: BlockHabits[] = [];
  let weights = new Float64Array(1 << 12);

  const close = (block: number) => {
    const terms = open.get(block) as RowTerms;
    closed.push({ block, rows: terms.take() });
    open.delete(block);
    idle.push(terms);
  };
  return {
    add: (probe, number) => {
      for (const block of open.keys()) if ((lastProbeOf[block] as number) < number) close(block);
      const block = blockOf[number] as number;
      const terms = open.get(block) ?? idle.pop() ?? createRowTerms(features.length, modelCount + 1);
      open.set(block, terms);

      const { places } = probe;
      weights = enlarged(weights, probe.size);
      for (let id = 0; id < probe.size; id++) weights[id] = idf[places[id] as number] as number;
      const vectors = meanVectors(probe, weights);
      const holders = transposed(vectors, probe.size);
      addMeans(terms, holders, {
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
  terms: RowTerms,
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
  terms.reserve((starts[size] as number) + size);
  // The sum of origins is taken off every model at the end: one that is absent here must not lose this probe's.
  const withOrigin = terms.columns([...absent(modelCount, probe.models), modelCount]);
  for (let id = 0; id < size; id++) {
    const from = starts[id] as number;
    const to = starts[id + 1] as number;
    if (from === to) continue;
    const feature = places[id] as number;
    let origin = 0;
    for (let entry = from; entry < to; entry++) {
      const model = models[entry] as number;
      const weight = (weights[entry] as number) + rounding - rounding;
      terms.add(feature, model, weight);
      if (inPanel[model] === 1) origin += weight;
    }
    terms.addToAll(feature, withOrigin, origin * share + rounding - rounding);
  }
}

function absent(modelCount: number, present: readonly number[]): number[] {
  const known = new Set(present);
  return Array.from({ length: modelCount }, (_, model) => model).filter((model) => !known.has(model));
}
