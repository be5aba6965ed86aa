import type { CountedProbe } from "./probe-counter.ts";

/** Counters of a sketch, a power of two; they stop at 65535. */
export type SketchCounters = Uint16Array<ArrayBuffer>;

/**
 * A count-min sketch with a single row: a feature's counter is at least the number of responses that have it, so
 * features of small counters can be left aside at no loss. It grows with what it counts up to a fixed size.
 * @see Cormode and Muthukrishnan (2005), doi:10.1016/j.jalgor.2003.12.001
 */
export interface FeatureSketch {
  /** Counts the responses to a probe. */
  readonly add: (probe: CountedProbe) => void;
  readonly counters: () => SketchCounters;
}

const fewestCounters = 1 << 12;
const mostCounters = 1 << 22;
const mostCounted = 65535;

export function createFeatureSketch(): FeatureSketch {
  let counters = new Uint16Array(fewestCounters);
  let added = 0;
  return {
    add: ({ size, featureOf, rows }) => {
      added += size;
      while (added > counters.length && counters.length < mostCounters) {
        // What shared a counter may be any of the features whose counters are now apart: all begin with its count.
        const more = new Uint16Array(4 * counters.length);
        for (let copy = 0; copy < 4; copy++) more.set(counters, copy * counters.length);
        counters = more;
      }
      const mask = counters.length - 1;
      for (let id = 0; id < size; id++) {
        const at = featureOf(id) & mask;
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

/** False only for features that fewer responses have than the filter asks for. */
export function passes(filter: FeatureFilter, feature: number): boolean {
  const at = feature & (filter.length * 32 - 1);
  return (((filter[at >>> 5] as number) >>> (at & 31)) & 1) === 1;
}
