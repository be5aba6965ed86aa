import type { Manifest } from "../schema/manifest.ts";
import { inShard } from "../schema/shard.ts";
import type { PartialRun } from "./merge-manifests.ts";
import { type PlannedSample, planTarget } from "./plan.ts";

/** What a united run lacks. */
export interface RunGaps {
  readonly planned: number;
  readonly missing: number;
  /** In one line, by shard where the runs were shards, else by target with the first probes and sample numbers; empty without gaps. */
  readonly words: string;
}

/** Samples named for a target. */
const namedSamples = 4;

/** Collects, target by target, what a united run lacks of what was planned. */
export function createGapCounter(manifest: Manifest, parts: readonly PartialRun[]) {
  const count = parts.find(({ manifest: { shard } }) => shard !== undefined)?.manifest.shard?.count ?? null;
  const byShard = new Map<number, number>();
  const byTarget: string[] = [];
  let planned = 0;
  let missing = 0;
  return {
    add(target: string, isRecorded: (sampleId: string) => boolean): void {
      const plan = planTarget(manifest, target);
      const lacking = plan.filter(({ sampleId }) => !isRecorded(sampleId));
      planned += plan.length;
      missing += lacking.length;
      if (lacking.length === 0) return;
      if (count === null) byTarget.push(targetWords(target, lacking, plan.length));
      else
        for (const { sampleId } of lacking)
          for (let index = 1; index <= count; index++)
            if (inShard(sampleId, { index, count })) byShard.set(index, (byShard.get(index) ?? 0) + 1);
    },
    gaps: (): RunGaps => ({
      planned,
      missing,
      words:
        count === null
          ? byTarget.join("; ")
          : [...byShard]
              .sort(([a], [b]) => a - b)
              .map(([index, samples]) => shardWords(index, count, samples, parts))
              .join("; "),
    }),
  };
}

function targetWords(target: string, lacking: readonly PlannedSample[], planned: number): string {
  const shown = lacking.slice(0, namedSamples).map(({ probe, index }) => `${probe.id}/${index}`);
  const more = lacking.length > shown.length ? ", ..." : "";
  return `target ${target} lacks ${lacking.length} of ${planned} (${shown.join(", ")}${more})`;
}

function shardWords(index: number, count: number, samples: number, parts: readonly PartialRun[]): string {
  const part = parts.find(({ manifest }) => manifest.shard?.index === index);
  return part === undefined
    ? `shard ${index} of ${count} is missing`
    : `shard ${index} of ${count} (${part.name}) lacks ${samples}: go on with congener run --shard ${index}/${count}`;
}
