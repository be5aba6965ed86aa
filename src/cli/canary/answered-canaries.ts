import { canaryProbes, type RecordedSample, slotSamples } from "../../canary/answered-slots.ts";
import { greenTexts, type WrittenSample } from "../../canary/green-list/green-texts.ts";
import type { SlotSamples } from "../../canary/score-slots.ts";
import { StoreError } from "../../errors.ts";
import type { CanaryOpening } from "../../schema/canary.ts";
import type { GreenOpening } from "../../schema/green-list.ts";
import { genesisHash } from "../../schema/identity.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { verifiedTranscripts } from "../../store/read-transcripts.ts";

/** What a run holds of one target's answers to the test prompts, by opening. */
export interface AnsweredCanaries {
  readonly samples: readonly SlotSamples[];
  /** The free texts by green list. */
  readonly texts: readonly (readonly string[])[];
  /** Head of the hash chain of its transcripts. */
  readonly head: string;
}

/** What is to be read. */
export interface WantedAnswers {
  readonly openings: readonly CanaryOpening[];
  readonly greenLists: readonly GreenOpening[];
  /** Read every answer for the green lists, not only those to the committed prompts. */
  readonly allAnswers: boolean;
}

/**
 * Reads a target's answers to test prompts, verifying the hash chain.
 * @throws StoreError where the chain is broken, or the answers are redacted
 */
export async function answeredCanaries(
  dir: string,
  manifest: Manifest,
  target: string,
  { openings, greenLists, allAnswers }: WantedAnswers,
): Promise<AnsweredCanaries> {
  const slotOf = openings.map(({ sealed }) => canaryProbes(manifest, sealed));
  const wanted = new Set(slotOf.flatMap((slots) => [...slots.keys()]));
  const samples: RecordedSample[] = [];
  const written: WrittenSample[] = [];
  let head = genesisHash;
  for await (const { transcript, hash } of verifiedTranscripts(dir, target)) {
    head = hash;
    const { probeHash, wording, index, outcome, text } = transcript;
    const isWanted = wanted.has(probeHash);
    if (!isWanted && greenLists.length === 0) continue;
    if (typeof text !== "string")
      throw new StoreError(
        "store.redacted",
        `the answers of ${target} in ${dir} are redacted: expected the answers; test the run it was published from`,
      );
    if (isWanted) samples.push({ probeHash, wording, index, outcome, text });
    if (outcome === "ok" || outcome === "truncated") written.push({ probeHash, wording, index, text });
  }
  return {
    samples: slotOf.map((slots) => slotSamples(samples, slots)),
    texts: greenLists.map(({ sealed }) => greenTexts(written, manifest, allAnswers ? null : sealed)),
    head,
  };
}
