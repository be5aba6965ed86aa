import { enlarged } from "../views/enlarged.ts";
import { createFeatureIndex } from "../views/feature-index.ts";
import type { EmittedFeatures } from "../views/feature-text.ts";

/** Exact counts of some features over all probes. */
export interface FeatureCounts {
  readonly features: Uint32Array<ArrayBuffer>;
  /** Responses that have it. */
  readonly rows: Float64Array<ArrayBuffer>;
  /** Votes of the panel for it. */
  readonly votes: Float64Array<ArrayBuffer>;
}

/** The features of one view that may be habits, numbered as they are met, and their counts over all probes. */
export interface Candidates {
  /** Writes the numbers of features; new ones get the next. */
  readonly numberAll: (features: EmittedFeatures, into: Int32Array) => void;
  /** How many have a number. */
  readonly size: () => number;
  /** Forgets all counts. @param rounding - of a probe's votes; see `orderFreeRounding` */
  readonly start: (rounding: number) => void;
  /**
   * Counts a response.
   * @param share - its share of its model's vote, 0 for a model without one
   * @param numbers - its features, each once, stand from place `from` on up to before `to`
   */
  readonly add: (share: number, numbers: Int32Array, from: number, to: number) => void;
  /** Ends a probe: its votes are rounded as a whole. */
  readonly endProbe: () => void;
  readonly counts: () => FeatureCounts;
}

export function createCandidates(): Candidates {
  const index = createFeatureIndex();
  let rounding = 0;
  let rows = new Float64Array(1 << 12);
  let votes = new Float64Array(1 << 12);
  /** By feature: votes of this probe so far. */
  let ofProbe = new Float64Array(1 << 12);
  /** Features that have votes of this probe. */
  let voted = new Int32Array(1 << 12);
  let votedCount = 0;
  const makeRoom = () => {
    const size = index.size();
    if (size <= rows.length) return;
    rows = enlarged(rows, size);
    votes = enlarged(votes, size);
    ofProbe = enlarged(ofProbe, size);
    voted = enlarged(voted, size);
  };
  return {
    numberAll: ({ features, length }, into) => index.addAll(features, length, into),
    size: index.size,
    start: (given) => {
      rounding = given;
      rows.fill(0);
      votes.fill(0);
    },
    add: (share, numbers, from, to) => {
      makeRoom();
      for (let i = from; i < to; i++) {
        const id = numbers[i] as number;
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
      makeRoom();
      const features = new Uint32Array(index.size());
      index.writeFeatures(features);
      return { features, rows: rows.slice(0, features.length), votes: votes.slice(0, features.length) };
    },
  };
}
