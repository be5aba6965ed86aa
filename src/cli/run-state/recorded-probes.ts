import { probeOrder } from "../../sampling/plan.ts";
import { plannedCounts } from "../../sampling/planned-counts.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { scanTranscripts } from "../../store/scan-transcripts.ts";

/** A probe of a run, and how many samples of it are recorded over the given targets. */
export interface RecordedProbe {
  readonly id: string;
  readonly suite: string;
  readonly family: string;
  /** Kind of answer. */
  readonly kind: string;
  readonly recorded: number;
  readonly planned: number;
}

/** The probes of a run by id. */
export async function recordedProbes(
  dir: string,
  manifest: Manifest,
  targets: readonly string[],
): Promise<RecordedProbe[]> {
  const recorded = new Map<string, number>();
  const planned = new Map<string, number>();
  for (const target of targets) {
    if (manifest.origin !== "imported")
      for (const [hash, count] of plannedCounts(manifest, target))
        planned.set(hash, (planned.get(hash) ?? 0) + count);
    for await (const { probeHash } of scanTranscripts(dir, target))
      recorded.set(probeHash, (recorded.get(probeHash) ?? 0) + 1);
  }
  return probeOrder(manifest)
    .map(({ suite, probe, hash }) => ({
      id: probe.id,
      suite,
      family: probe.family,
      kind: probe.answer.kind,
      recorded: recorded.get(hash) ?? 0,
      planned: planned.get(hash) ?? recorded.get(hash) ?? 0,
    }))
    .sort((first, second) => (first.id < second.id ? -1 : 1));
}
