import { enlarged } from "../views/enlarged.ts";
import { createFeatureIndex } from "../views/feature-index.ts";
import type { TokenScan } from "../views/token-scan.ts";
import type { View } from "../views/view.ts";

/**
 * Features of all responses to one probe in one view. Ids number the distinct features of this probe from 0 to size - 1;
 * arrays may be longer than what they hold, and hold it until the counter's next probe.
 */
export interface CountedProbe {
  /** Model of each response, ascending. */
  readonly models: readonly number[];
  /** Where the entries of each response begin; one more at the end. */
  readonly starts: readonly number[];
  /** By entry: a feature that the response has. */
  readonly ids: Int32Array;
  /** By entry: how often, 1 to 65535. */
  readonly counts: Uint16Array;
  readonly size: number;
  /** Hash of a feature. */
  readonly featureOf: (id: number) => number;
  /** By feature: how many responses have it. */
  readonly rows: Int32Array;
  /** By feature: votes of the panel for it. */
  readonly votes: Float64Array;
}

/** Counts a view's features, probe by probe. */
export interface ProbeCounter {
  readonly start: () => void;
  /**
   * Adds a response; they come grouped by model, models in ascending order.
   * @param share - its share of its model's vote
   */
  readonly add: (model: number, share: number, scan: TokenScan) => void;
  readonly counted: () => CountedProbe;
}

const mostCounted = 65535;

export function createProbeCounter(view: View): ProbeCounter {
  const index = createFeatureIndex();
  let features = new Uint32Array(1 << 12);
  let pushed = 0;
  const push = (feature: number) => {
    if (pushed === features.length) features = enlarged(features, pushed + 1);
    features[pushed] = feature;
    pushed++;
  };
  let found = new Int32Array(1 << 12);
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
    add: (model, share, scan) => {
      pushed = 0;
      view.emit(scan, push);
      found = enlarged(found, pushed);
      index.addAll(features, pushed, found);
      const size = index.size();
      entryOf = enlarged(entryOf, size);
      rows = enlarged(rows, size);
      votes = enlarged(votes, size);
      ids = enlarged(ids, end + pushed);
      counts = enlarged(counts, end + pushed);
      const first = end;
      for (let i = 0; i < pushed; i++) {
        const id = found[i] as number;
        const entry = (entryOf[id] as number) - 1;
        if (entry >= first) counts[entry] = Math.min((counts[entry] as number) + 1, mostCounted);
        else {
          ids[end] = id;
          counts[end] = 1;
          end++;
          entryOf[id] = end;
          rows[id] = (rows[id] as number) + 1;
          votes[id] = (votes[id] as number) + share;
        }
      }
      models.push(model);
      starts.push(end);
    },
    counted: () => ({
      models,
      starts,
      ids,
      counts,
      size: index.size(),
      featureOf: index.featureOf,
      rows,
      votes,
    }),
  };
}
