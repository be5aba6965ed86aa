import { canaryProbes, type RecordedSample, slotSamples } from "../../canary/answered-slots.ts";
import type { SlotSamples } from "../../canary/score-slots.ts";
import { StoreError } from "../../errors.ts";
import type { CanaryOpening } from "../../schema/canary.ts";
import { genesisHash } from "../../schema/identity.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { verifiedTranscripts } from "../../store/read-transcripts.ts";

/** What a run holds of one target's answers to the test prompts, by opening. */
export interface AnsweredCanaries {
  readonly samples: readonly SlotSamples[];
  /** Head of the hash chain of its transcripts. */
  readonly head: string;
}

/**
 * Reads a target's answers to test prompts, verifying the hash chain.
 * @throws StoreError where the chain is broken, or the answers are redacted
 */
export async function answeredCanaries(
  dir: string,
  manifest: Manifest,
  target: string,
  openings: readonly CanaryOpening[],
): Promise<AnsweredCanaries> {
  const slotOf = openings.map(({ sealed }) => canaryProbes(manifest, sealed));
  const wanted = new Set(slotOf.flatMap((slots) => [...slots.keys()]));
  const samples: RecordedSample[] = [];
  let head = genesisHash;
  for await (const { transcript, hash } of verifiedTranscripts(dir, target)) {
    head = hash;
    const { probeHash, wording, index, outcome, text } = transcript;
    if (!wanted.has(probeHash)) continue;
    if (typeof text !== "string")
      throw new StoreError(
        "store.redacted",
        `the answers of ${target} in ${dir} are redacted: expected the answers; test the run it was published from`,
      );
    samples.push({ probeHash, wording, index, outcome, text });
  }
  return { samples: slotOf.map((slots) => slotSamples(samples, slots)), head };
}
