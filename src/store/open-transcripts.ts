import { appendFile, truncate } from "node:fs/promises";
import { genesisHash, lineHash } from "../schema/identity.ts";
import { type Transcript, transcriptSchema } from "../schema/transcript.ts";
import { damagedLine, parseLine, type RawLine, rawLines } from "./json-lines.ts";
import { toStoreError } from "./system-error.ts";

/** What a writer needs to know of a transcript file before it appends. */
export interface TranscriptFileState {
  /** Hash of the last line, or the genesis hash. */
  readonly headHash: string;
  readonly lines: number;
}

/**
 * Reads a transcript file before it is written to: every `sampleId` goes into `sampleIds`. A last line that was being
 * written when its process ended is cut off (it was never acknowledged, and its sample is asked again); one that
 * only lacks its line break is kept and completed.
 * @throws StoreError naming file and line for any other damage
 */
export async function openTranscripts(path: string, sampleIds: Set<string>): Promise<TranscriptFileState> {
  let last: { record: Record<string, unknown>; number: number } | null = null;
  for await (const line of rawLines(path)) {
    if (!line.terminated && !isWholeTranscript(path, line)) {
      await cut(path, line.offset);
      break;
    }
    if (!line.terminated) await completeLastLine(path);
    const record = parseLine(path, line);
    if (typeof record.sampleId !== "string") throw damagedLine(path, line.number, "expected a sampleId");
    if (sampleIds.has(record.sampleId))
      throw damagedLine(path, line.number, `sample ${record.sampleId.slice(0, 12)} is recorded twice`);
    sampleIds.add(record.sampleId);
    last = { record, number: line.number };
  }
  if (last === null) return { headHash: genesisHash, lines: 0 };
  return { headHash: lineHash(checkTranscript(path, last.number, last.record)), lines: last.number };
}

/**
 * A parsed line as a transcript. The line's own object is returned, not a copy: its hash is over what was written.
 * @throws StoreError naming file and line when it does not fit the schema
 */
export function checkTranscript(path: string, line: number, record: Record<string, unknown>): Transcript {
  const result = transcriptSchema.safeParse(record);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw damagedLine(path, line, `${issue?.path.join(".") || "line"}: ${issue?.message ?? "does not fit"}`);
  }
  record.secretsReplaced ??= [];
  return record as unknown as Transcript;
}

/** Whether a last line without line break is a whole transcript all the same. */
export function isWholeTranscript(path: string, line: RawLine): boolean {
  try {
    checkTranscript(path, line.number, parseLine(path, line));
    return true;
  } catch {
    return false;
  }
}

/** Cuts an unfinished last line of a JSONL file off, and only that. */
export async function cutUnfinishedLine(path: string): Promise<void> {
  let unfinished: RawLine | null = null;
  for await (const line of rawLines(path)) if (!line.terminated) unfinished = line;
  if (unfinished !== null) await cut(path, unfinished.offset);
}

async function cut(path: string, offset: number): Promise<void> {
  try {
    await truncate(path, offset);
  } catch (error) {
    throw toStoreError(error, "cut the unfinished last line of", path);
  }
}

async function completeLastLine(path: string): Promise<void> {
  try {
    await appendFile(path, "\n");
  } catch (error) {
    throw toStoreError(error, "complete the last line of", path);
  }
}
