import type { KeptFeatures } from "../views/emitted-features.ts";
import { enlarged } from "../views/enlarged.ts";
import { createFeatureIndex } from "../views/feature-index.ts";

/** Exact counts of some features over all probes. */
export interface FeatureCounts {
  readonly features: Uint32Array<ArrayBuffer>;
  /** Responses that have it. */
  readonly rows: Float64Array<ArrayBuffer>;
  /** Votes of the panel for it. */
  readonly votes: Float64Array<ArrayBuffer>;
}

/** Counts the features of one view over all probes. */
export interface CandidateCounter {
  /** Adds a response. @param share - its share of its model's vote, 0 for a model without one */
  readonly add: (share: number, kept: KeptFeatures, response: number) => void;
  /** Ends a probe: its votes are rounded as a whole. */
  readonly endProbe: () => void;
  readonly counts: () => FeatureCounts;
}

/** @param rounding - of a probe's votes; see `orderFreeRounding` */
export function createCandidateCounter(rounding: number): CandidateCounter {
  const index = createFeatureIndex();
  let ids = new Int32Array(1 << 12);
  let response = 0;
  /** By feature: number of the latest response that has it, so that each counts once. */
  let latest = new Int32Array(1 << 12);
  let rows = new Float64Array(1 << 12);
  let votes = new Float64Array(1 << 12);
  /** By feature: votes of this probe so far. */
  let ofProbe = new Float64Array(1 << 12);
  /** Features that have votes of this probe. */
  let voted = new Int32Array(1 << 12);
  let votedCount = 0;
  return {
    add: (share, { features, starts }, number) => {
      const from = starts[number] as number;
      const length = (starts[number + 1] as number) - from;
      ids = enlarged(ids, length);
      index.addAll(features.subarray(from, from + length), length, ids);
      const size = index.size();
      if (size > latest.length) {
        latest = enlarged(latest, size);
        rows = enlarged(rows, size);
        votes = enlarged(votes, size);
        ofProbe = enlarged(ofProbe, size);
        voted = enlarged(voted, size);
      }
      response++;
      for (let i = 0; i < length; i++) {
        const id = ids[i] as number;
        if (latest[id] === response) continue;
        latest[id] = response;
        rows[id] = (rows[id] as number) + 1;
        if (share === 0) continue;
        if (ofProbe[id] === 0) voted[votedCount++] = id;
        ofProbe[id] = (ofProbe[id] as number) + share;
      }
    },
    endProbe: () => {
      for (let i = 0; i < votedCount; i++) {
        const id = voted[i] as number;
        votes[id] = (votes[id] as number) + ((ofProbe[id] as number) + rounding - rounding);
        ofProbe[id] = 0;
      }
      votedCount = 0;
    },
    counts: () => {
      const features = new Uint32Array(index.size());
      index.writeFeatures(features);
      return { features, rows: rows.slice(0, features.length), votes: votes.slice(0, features.length) };
    },
  };
}
