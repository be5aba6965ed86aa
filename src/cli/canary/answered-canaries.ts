import { canaryProbes, type RecordedSample, slotSamples } from "../../canary/answered-slots.ts";
import { commitmentHash } from "../../canary/commit.ts";
import { greenTexts, type WrittenSample } from "../../canary/green-list/green-texts.ts";
import type { SlotSamples } from "../../canary/score-slots.ts";
import { StoreError } from "../../errors.ts";
import type { CanaryOpening } from "../../schema/canary.ts";
import type { GreenOpening } from "../../schema/green-list.ts";
import { genesisHash } from "../../schema/identity.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { WithheldSample } from "../../schema/withheld-answer.ts";
import { verifiedTranscripts } from "../../store/read-transcripts.ts";
import { readWithheld } from "../../store/withheld-samples.ts";

/** What a run holds of one target's answers to the test prompts, by opening. */
export interface AnsweredCanaries {
  readonly samples: readonly SlotSamples[];
  /** The free texts by green list. */
  readonly texts: readonly (readonly string[])[];
  /** Head of the hash chain of its transcripts. */
  readonly head: string;
  /** Whether the samples are the variants that were read in the answers, which are withheld. */
  readonly alreadyRead: boolean;
}

/** What is to be read. */
export interface WantedAnswers {
  readonly openings: readonly CanaryOpening[];
  readonly greenLists: readonly GreenOpening[];
  /** Read every answer for the green lists, not only those to the committed prompts. */
  readonly allAnswers: boolean;
}

/**
 * Reads a target's answers to test prompts, verifying the hash chain. Of a redacted run, the variants that were read in
 * them; texts for green lists there are none.
 * @throws StoreError where the chain is broken, or the answers are redacted and were not read for these canaries
 */
export async function answeredCanaries(
  dir: string,
  manifest: Manifest,
  target: string,
  { openings, greenLists, allAnswers }: WantedAnswers,
): Promise<AnsweredCanaries> {
  if (manifest.redaction !== undefined) return readVariants(dir, manifest, target, openings, greenLists);
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
    alreadyRead: false,
  };
}

/** The same of a redacted run, from its features. */
async function readVariants(
  dir: string,
  { redaction }: Manifest,
  target: string,
  openings: readonly CanaryOpening[],
  greenLists: readonly GreenOpening[],
): Promise<AnsweredCanaries> {
  if (greenLists.length > 0)
    throw new StoreError(
      "store.redacted",
      `the answers of ${target} in ${dir} are redacted: expected their texts, for a green list is found in nothing else; test the run it was published from`,
    );
  const read = openings.map((opening) => {
    const hash = commitmentHash(opening);
    const at = redaction?.canaries.findIndex(({ commitment }) => commitment === hash) ?? -1;
    const slots = redaction?.canaries[at]?.slots;
    if (slots === undefined)
      throw new StoreError(
        "store.redacted",
        `the answers of ${target} in ${dir} are redacted, and were not read for the canary ${opening.sealed.name}: expected one that was revealed when they were; test the run it was published from`,
      );
    return { at: String(at), slots: new Map(Object.entries(slots)) };
  });
  const withheld = new Map<string, WithheldSample>();
  for await (const sample of readWithheld(dir, target))
    if (sample.variants !== undefined) withheld.set(sample.sampleId, sample);
  const samples: { sample: Omit<RecordedSample, "text">; variants: WithheldSample["variants"] }[] = [];
  let head = genesisHash;
  for await (const { transcript, hash } of verifiedTranscripts(dir, target)) {
    head = hash;
    const { sampleId, probeHash, wording, index, outcome } = transcript;
    if (read.some(({ slots }) => slots.has(probeHash)))
      samples.push({
        sample: { probeHash, wording, index, outcome },
        variants: withheld.get(sampleId)?.variants,
      });
  }
  return {
    samples: read.map(({ at, slots }) =>
      slotSamples(
        samples.map(({ sample, variants }) => ({ ...sample, text: variants?.[at] ?? null })),
        slots,
      ),
    ),
    texts: [],
    head,
    alreadyRead: true,
  };
}
