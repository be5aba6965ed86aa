import { enlarged } from "../views/enlarged.ts";
import { createFeatureIndex } from "../views/feature-index.ts";
import { type FeatureFilter, passes } from "./feature-sketch.ts";
import type { CountedProbe } from "./probe-counter.ts";

/** Exact counts of some features over all probes. */
export interface FeatureCounts {
  readonly features: Uint32Array<ArrayBuffer>;
  /** Responses that have it. */
  readonly rows: Float64Array<ArrayBuffer>;
  /** Votes of the panel for it. */
  readonly votes: Float64Array<ArrayBuffer>;
}

/** Features of one view that are frequent enough to be habits, in ascending order, with their idf over all probes. */
export interface HabitFeatures {
  readonly features: Uint32Array<ArrayBuffer>;
  readonly idf: Float64Array<ArrayBuffer>;
}

/** In how many answers a feature must occur to be a habit at all, of so many answers by model and probe. */
export const fewestRows = (rows: number) => Math.max(5, rows * 5e-4);

/** Adds up the counts of features. */
interface FeatureCounter {
  readonly add: (feature: number, rows: number, votes: number) => void;
  readonly counts: () => FeatureCounts;
}

function createFeatureCounter(): FeatureCounter {
  const index = createFeatureIndex();
  let rows = new Float64Array(1 << 12);
  let votes = new Float64Array(1 << 12);
  return {
    add: (feature, moreRows, moreVotes) => {
      const id = index.add(feature);
      if (id === rows.length) {
        rows = enlarged(rows, id + 1);
        votes = enlarged(votes, id + 1);
      }
      rows[id] = (rows[id] as number) + moreRows;
      votes[id] = (votes[id] as number) + moreVotes;
    },
    counts: () => ({
      features: Uint32Array.from({ length: index.size() }, (_, id) => index.featureOf(id)),
      rows: rows.slice(0, index.size()),
      votes: votes.slice(0, index.size()),
    }),
  };
}

/** Counts, probe by probe, the features that pass a filter. @param rounding - of votes; see `orderFreeRounding` */
export function createCandidateCounter(filter: FeatureFilter, rounding: number) {
  const counter = createFeatureCounter();
  return {
    add: ({ size, featureOf, rows, votes }: CountedProbe): void => {
      for (let id = 0; id < size; id++) {
        const feature = featureOf(id);
        if (passes(filter, feature))
          counter.add(feature, rows[id] as number, (votes[id] as number) + rounding - rounding);
      }
    },
    counts: counter.counts,
  };
}

/**
 * Features in enough answers, with idf = ln((votes in all + 1) / (votes + 1)) over the panel's answers; those that the
 * whole panel has everywhere weigh nothing and are left out.
 *
 * @param parts - counts of disjoint sets of probes, which are added up
 */
export function habitFeatures(
  parts: readonly FeatureCounts[],
  totals: { readonly rows: number; readonly votes: number },
): HabitFeatures {
  const counter = createFeatureCounter();
  for (const { features, rows, votes } of parts)
    features.forEach((feature, i) => {
      counter.add(feature, rows[i] as number, votes[i] as number);
    });
  const { features, rows, votes } = counter.counts();
  const weightOf = (i: number) => Math.log((totals.votes + 1) / ((votes[i] as number) + 1));
  const kept = Array.from(features.keys())
    .filter((i) => (rows[i] as number) >= fewestRows(totals.rows) && weightOf(i) > 0)
    .sort((i, j) => (features[i] as number) - (features[j] as number));
  return {
    features: Uint32Array.from(kept, (i) => features[i] as number),
    idf: Float64Array.from(kept, weightOf),
  };
}
