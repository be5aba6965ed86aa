import { probeHash } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import { planTarget, probeOrder } from "./plan.ts";

/** Samples that a run plans of one target, by content hash of the probe: what `planTarget` lists, counted. */
export function plannedCounts(manifest: Manifest, target: string): ReadonlyMap<string, number> {
  if (manifest.shard === undefined)
    return new Map(probeOrder(manifest).map(({ hash, samples }) => [hash, samples]));
  const counts = new Map<string, number>();
  const hashes = new Map(
    manifest.suites.flatMap(({ probes }) => probes.map((probe) => [probe, probeHash(probe)])),
  );
  for (const { probe } of planTarget(manifest, target)) {
    const hash = hashes.get(probe) ?? probeHash(probe);
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  return counts;
}
