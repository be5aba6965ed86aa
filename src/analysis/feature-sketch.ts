import type { EmittedFeatures } from "../views/feature-text.ts";

/** Counters of a sketch, a power of two; they stop at 65535. */
export type SketchCounters = Uint16Array<ArrayBuffer>;

/** Distinct features of some responses, with the number of responses that have each. */
export interface CountedFeatures {
  readonly size: number;
  readonly features: Uint32Array;
  readonly rows: Int32Array;
}

/**
 * A count-min sketch with a single row: a feature's counter is at least the number of responses that have it, so
 * features of small counters can be left aside at no loss. It grows with what it counts up to a fixed size.
 * @see Cormode and Muthukrishnan (2005), doi:10.1016/j.jalgor.2003.12.001
 */
export interface FeatureSketch {
  /** Counts the responses to a probe. */
  readonly add: (probe: CountedFeatures) => void;
  readonly counters: () => SketchCounters;
}

const fewestCounters = 1 << 12;
const mostCounters = 1 << 22;
const mostCounted = 65535;

export function createFeatureSketch(): FeatureSketch {
  let counters = new Uint16Array(fewestCounters);
  let added = 0;
  return {
    add: ({ size, features, rows }) => {
      added += size;
      while (added > counters.length && counters.length < mostCounters) {
        // What shared a counter may be any of the features whose counters are now apart: all begin with its count.
        const more = new Uint16Array(4 * counters.length);
        for (let copy = 0; copy < 4; copy++) more.set(counters, copy * counters.length);
        counters = more;
      }
      const mask = counters.length - 1;
      for (let id = 0; id < size; id++) {
        const at = (features[id] as number) & mask;
        counters[at] = Math.min((counters[at] as number) + (rows[id] as number), mostCounted);
      }
    },
    counters: () => counters,
  };
}

/** One bit a counter: whether several sketches together have counted enough. */
export type FeatureFilter = Uint32Array<ArrayBuffer>;

/** @param fewest - responses that a feature must be in to pass (at most 65535 are asked for, where counters stop) */
export function frequentFilter(sketches: readonly SketchCounters[], fewest: number): FeatureFilter {
  const size = Math.max(...sketches.map(({ length }) => length));
  const filter = new Uint32Array(size / 32);
  const least = Math.min(fewest, mostCounted);
  const sums = new Uint32Array(size);
  for (const counters of sketches) {
    const mask = counters.length - 1;
    for (let at = 0; at < size; at++) sums[at] = (sums[at] as number) + (counters[at & mask] as number);
  }
  for (let at = 0; at < size; at++)
    if ((sums[at] as number) >= least) filter[at >>> 5] = (filter[at >>> 5] as number) | (1 << (at & 31));
  return filter;
}

/** Leaves the features that pass, in their order; all others are in too few responses. */
export function keepPassing(filter: FeatureFilter, emitted: EmittedFeatures): void {
  const { features, length } = emitted;
  const mask = filter.length * 32 - 1;
  let end = 0;
  for (let i = 0; i < length; i++) {
    const feature = features[i] as number;
    const at = feature & mask;
    // Written in any case and kept or not: without a branch, which would be guessed wrong half of the time.
    features[end] = feature;
    end += ((filter[at >>> 5] as number) >>> (at & 31)) & 1;
  }
  emitted.length = end;
}
