import { StoreError } from "../errors.ts";
import type { OutcomeCounts } from "../schema/corpus.ts";
import { genesisHash, lineHash } from "../schema/identity.ts";
import { createRepeatDetector, responseIdIn } from "../schema/repeated-response.ts";
import { failedSampleSchema, type Outcome, outcomeSchema, type Transcript } from "../schema/transcript.ts";
import { damagedLine, parseLine, rawLines } from "./json-lines.ts";
import { refuseLostLines } from "./lost-lines.ts";
import { readManifest } from "./manifest-file.ts";
import { nativeSha256 } from "./native-sha256.ts";
import { checkTranscript, isWholeTranscript, readSampleIds } from "./open-transcripts.ts";
import { attemptsPath, transcriptPath } from "./run-paths.ts";
import { createSampleIds, type RecordedIds } from "./sample-ids.ts";
import { countRepeated } from "./withheld-samples.ts";

/**
 * The transcripts of one target in the order they were recorded, streamed and checked; none where nothing was
 * recorded. A torn last line is left out. The hash chain is not verified: see `verifiedTranscripts`.
 * @throws StoreError naming file and line for a damaged line
 */
export async function* readTranscripts(dir: string, target: string): AsyncGenerator<Transcript> {
  const path = transcriptPath(dir, target);
  for await (const line of rawLines(path)) {
    if (!line.terminated && !isWholeTranscript(path, line)) return;
    yield checkTranscript(path, line.number, parseLine(path, line));
  }
}

/** A transcript with its line's hash. */
export interface HashedTranscript {
  readonly transcript: Transcript;
  readonly hash: string;
}

/**
 * Transcripts of one target with the hash of each line, which must continue the hash chain from the first line on.
 * @throws StoreError naming file and line where a line was changed, removed or put in
 */
export async function* verifiedTranscripts(dir: string, target: string): AsyncGenerator<HashedTranscript> {
  let hash = genesisHash;
  let number = 0;
  for await (const transcript of readTranscripts(dir, target)) {
    number++;
    if (transcript.prevHash !== hash)
      throw damagedLine(
        transcriptPath(dir, target),
        number,
        "its prevHash is not the hash of the line before: one of the two was changed, removed or put in",
      );
    hash = lineHash(transcript, nativeSha256);
    yield { transcript, hash };
  }
}

/** Ids of the samples of one target that are recorded, without opening the run for writing. */
export async function recordedSampleIds(dir: string, target: string): Promise<RecordedIds> {
  const ids = createSampleIds();
  await readSampleIds(transcriptPath(dir, target), ids);
  return ids;
}

/** What a run holds of one target: the transcript part of a report's model summary. */
export interface TargetSummary {
  readonly samples: number;
  /** Samples whose attempts were exhausted and that have no transcript. */
  readonly failed: number;
  /** Samples that took more than one attempt. */
  readonly retried: number;
  readonly outcomes: Record<Outcome, number>;
  /** Probe id -> outcome counts. */
  readonly outcomesByProbe: ReadonlyMap<string, OutcomeCounts>;
  /** Probe id -> wording by sample number; probes that were asked in their own wording alone are absent. */
  readonly wordings: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** Models the endpoint said it served, sorted. */
  readonly servedModels: string[];
  /** Answers that came with the response id and the text of an earlier one; absent where none did. */
  readonly repeatedResponses?: number;
  /** Sum over samples that told it; null when none did. */
  readonly outputTokens: number | null;
  readonly lines: number;
  /** Hash of the last line; the genesis hash of an empty file. */
  readonly headHash: string;
}

/**
 * Counts a target's transcripts and verifies their hash chain.
 * @param lines - every line of the target with its hash, where the caller reads and verifies them itself
 * @throws StoreError naming file and line when the chain is broken, or when the run has no such target
 */
export async function summarizeTarget(
  dir: string,
  target: string,
  lines: AsyncIterable<HashedTranscript> = verifiedTranscripts(dir, target),
): Promise<TargetSummary> {
  const manifest = await readManifest(dir);
  if (!manifest.targets.some(({ name }) => name === target))
    throw new StoreError(
      "store.no-target",
      `no target ${target} in ${dir}: expected one of ${manifest.targets.map(({ name }) => name).join(", ")}`,
    );
  const outcomes = Object.fromEntries(outcomeSchema.options.map((outcome) => [outcome, 0])) as Record<
    Outcome,
    number
  >;
  const outcomesByProbe = new Map<string, Partial<Record<Outcome, number>>>();
  const wordings = new Map<string, Map<number, number>>();
  const servedModels = new Set<string>();
  const recorded = new Set<string>();
  const isRepeated = createRepeatDetector();
  let repeated = manifest.redaction === undefined ? 0 : await countRepeated(dir, target);
  let retried = 0;
  let outputTokens: number | null = null;
  let headHash = genesisHash;
  for await (const { transcript, hash } of lines) {
    recorded.add(transcript.sampleId);
    outcomes[transcript.outcome]++;
    const ofProbe = outcomesByProbe.get(transcript.probe) ?? {};
    ofProbe[transcript.outcome] = (ofProbe[transcript.outcome] ?? 0) + 1;
    outcomesByProbe.set(transcript.probe, ofProbe);
    const { probe, index, wording } = transcript;
    wordings.set(probe, (wordings.get(probe) ?? new Map<number, number>()).set(index, wording));
    if (transcript.attempts.length > 1) retried++;
    if (transcript.servedModel !== null) servedModels.add(transcript.servedModel);
    // A name that is no plain one, in a redacted line: another than the model's own.
    if (transcript.withheld?.servedModel !== undefined) servedModels.add("(withheld)");
    if (isRepeatedLine(transcript, isRepeated)) repeated++;
    const tokens = transcript.usage?.outputTokens;
    if (typeof tokens === "number") outputTokens = (outputTokens ?? 0) + tokens;
    headHash = hash;
  }
  refuseLostLines(dir, manifest, target, recorded.size);
  return {
    samples: recorded.size,
    failed: await countFailed(dir, target, recorded),
    retried,
    outcomes,
    outcomesByProbe,
    wordings: new Map([...wordings].filter(([, used]) => [...used.values()].some((wording) => wording > 0))),
    servedModels: [...servedModels].sort(),
    ...(repeated === 0 ? {} : { repeatedResponses: repeated }),
    outputTokens,
    lines: recorded.size,
    headHash,
  };
}

/** Filtered answers have no text, and redacted ones nothing to compare: what they repeat was counted before. */
function isRepeatedLine(
  { response, text, outcome }: Transcript,
  isRepeated: ReturnType<typeof createRepeatDetector>,
): boolean {
  if (response === null || "redacted" in response || typeof text !== "string") return false;
  return outcome !== "filtered" && isRepeated(responseIdIn(response.body), text);
}

async function countFailed(dir: string, target: string, recorded: ReadonlySet<string>): Promise<number> {
  const path = attemptsPath(dir, target);
  const failed = new Set<string>();
  for await (const line of rawLines(path)) {
    if (!line.terminated) break;
    const parsed = failedSampleSchema.safeParse(parseLine(path, line));
    if (!parsed.success) throw damagedLine(path, line.number, "expected a failed sample");
    if (!recorded.has(parsed.data.sampleId)) failed.add(parsed.data.sampleId);
  }
  return failed.size;
}
