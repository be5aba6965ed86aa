import { emittedFeatures, type SeenResponse } from "../views/emitted-features.ts";
import { enlarged } from "../views/enlarged.ts";
import { createFeatureIndex } from "../views/feature-index.ts";
import type { View } from "../views/view.ts";

/**
 * Features of responses to one probe in one view. Ids number the distinct features of this probe from 0 to size - 1;
 * arrays may be longer than what they hold, and hold it until the counter's next probe.
 */
export interface CountedResponses {
  /** Model of each response, ascending. */
  readonly models: readonly number[];
  /** Where the entries of each response begin; one more at the end. */
  readonly starts: readonly number[];
  /** By entry: a feature that the response has. */
  readonly ids: Int32Array;
  /** By entry: how often, 1 to 65535. */
  readonly counts: Uint16Array;
  readonly size: number;
}

/** The same of all responses, and how widespread its features are. */
export interface CountedProbe extends CountedResponses {
  /** By feature: its hash. */
  readonly features: Uint32Array;
  /** By feature: how many responses have it. */
  readonly rows: Int32Array;
  /** By feature: votes of the panel for it. */
  readonly votes: Float64Array;
}

/** Counts a view's features, probe by probe. */
export interface ProbeCounter {
  /** Begins a probe. */
  readonly start: () => void;
  /**
   * Adds a response; they come grouped by model, models in ascending order.
   * @param share - its share of its model's vote
   */
  readonly add: (model: number, share: number, seen: SeenResponse) => void;
  readonly counted: () => CountedProbe;
}

const mostCounted = 65535;

export function createProbeCounter(view: View): ProbeCounter {
  const index = createFeatureIndex();
  let found = new Int32Array(1 << 12);
  let hashes = new Uint32Array(1 << 12);
  let models: number[] = [];
  let starts: number[] = [0];
  let end = 0;
  let ids = new Int32Array(1 << 12);
  let counts = new Uint16Array(1 << 12);
  /** By feature: place after its latest entry. */
  let entryOf = new Int32Array(1 << 12);
  let rows = new Int32Array(1 << 12);
  let votes = new Float64Array(1 << 12);

  return {
    start: () => {
      const size = index.size();
      entryOf.fill(0, 0, size);
      rows.fill(0, 0, size);
      votes.fill(0, 0, size);
      index.clear();
      models = [];
      starts = [0];
      end = 0;
    },
    add: (model, share, seen) => {
      const { features, length } = emittedFeatures(view, seen);
      found = enlarged(found, length);
      index.addAll(features, length, found);
      const size = index.size();
      entryOf = enlarged(entryOf, size);
      rows = enlarged(rows, size);
      votes = enlarged(votes, size);
      ids = enlarged(ids, end + length);
      counts = enlarged(counts, end + length);
      end = countEntries({ found, length, share, ids, counts, entryOf, rows, votes }, end);
      models.push(model);
      starts.push(end);
    },
    counted: () => {
      const size = index.size();
      hashes = enlarged(hashes, size);
      index.writeFeatures(hashes);
      return { models, starts, ids, counts, size, features: hashes, rows, votes };
    },
  };
}

interface Counting {
  /** Features of the response as they came. */
  readonly found: Int32Array;
  readonly length: number;
  readonly share: number;
  readonly ids: Int32Array;
  readonly counts: Uint16Array;
  readonly entryOf: Int32Array;
  readonly rows: Int32Array;
  readonly votes: Float64Array;
}

/** Writes the entries of a response from `first` on; returns the place after the last one. */
function countEntries(
  { found, length, share, ids, counts, entryOf, rows, votes }: Counting,
  first: number,
): number {
  let end = first;
  for (let i = 0; i < length; i++) {
    const id = found[i] as number;
    const entry = (entryOf[id] as number) - 1;
    if (entry >= first) {
      const count = counts[entry] as number;
      if (count < mostCounted) counts[entry] = count + 1;
    } else {
      ids[end] = id;
      counts[end] = 1;
      end++;
      entryOf[id] = end;
      rows[id] = (rows[id] as number) + 1;
      votes[id] = (votes[id] as number) + share;
    }
  }
  return end;
}
