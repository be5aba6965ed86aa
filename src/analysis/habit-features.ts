import { enlarged } from "../views/enlarged.ts";
import { capacityFor, createFeatureIndex } from "../views/feature-index.ts";
import type { FeatureCounts } from "./candidates.ts";

/** Features of one view that are frequent enough to be habits, in ascending order, with their idf over all probes. */
export interface HabitFeatures {
  readonly features: Uint32Array<ArrayBuffer>;
  readonly idf: Float64Array<ArrayBuffer>;
}

/**
 * In how many answers a feature must occur to be a habit at all, of so many answers by model and probe. Of all models and
 * not of the panel alone: what only models outside the panel say has no weight in the end, but its share of their unit
 * vectors. Without it what they say like everyone would seem a habit of theirs.
 */
export const fewestRows = (rows: number) => Math.max(5, rows * 5e-4);

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
  const index = createFeatureIndex(capacityFor(Math.max(0, ...parts.map((part) => part.features.length))));
  let rows = new Float64Array(1 << 12);
  let votes = new Float64Array(1 << 12);
  for (const part of parts) {
    const ids = new Int32Array(part.features.length);
    index.addAll(part.features, ids.length, ids);
    rows = enlarged(rows, index.size());
    votes = enlarged(votes, index.size());
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      rows[id] = (rows[id] as number) + (part.rows[i] as number);
      votes[id] = (votes[id] as number) + (part.votes[i] as number);
    }
  }
  const weightOf = (id: number) => Math.log((totals.votes + 1) / ((votes[id] as number) + 1));
  const fewest = fewestRows(totals.rows);
  const kept = new Uint32Array(index.size());
  let count = 0;
  for (let id = 0; id < index.size(); id++)
    if ((rows[id] as number) >= fewest && weightOf(id) > 0) kept[count++] = index.featureOf(id);
  const features = kept.slice(0, count).sort();
  return { features, idf: Float64Array.from(features, (feature) => weightOf(index.find(feature))) };
}
