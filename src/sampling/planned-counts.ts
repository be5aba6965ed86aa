import type { Manifest } from "../schema/manifest.ts";
import { hashOf, planSamples, probeOrder } from "./plan.ts";

/** Samples that a run plans of one target, by content hash of the probe: what `planSamples` gives, counted. */
export function plannedCounts(manifest: Manifest, target: string): ReadonlyMap<string, number> {
  if (manifest.shard === undefined)
    return new Map(probeOrder(manifest).map(({ hash, samples }) => [hash, samples]));
  const counts = new Map<string, number>();
  for (const { probe } of planSamples(manifest, target)) {
    const hash = hashOf(probe);
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  return counts;
}
