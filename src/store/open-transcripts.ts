import { appendFile, open, truncate } from "node:fs/promises";
import { genesisHash, lineHash } from "../schema/identity.ts";
import { type Transcript, transcriptSchema } from "../schema/transcript.ts";
import { damagedLine, parseAsciiFields, parseLine, type RawLine, rawLines } from "./json-lines.ts";
import { nativeSha256 } from "./native-sha256.ts";
import type { SampleIds } from "./sample-ids.ts";
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
export async function openTranscripts(path: string, sampleIds: SampleIds): Promise<TranscriptFileState> {
  const { last, unfinished } = await readSampleIds(path, sampleIds);
  if (unfinished !== null) await cut(path, unfinished.offset);
  else if (last?.terminated === false) await completeLastLine(path);
  if (last === null) return { headHash: genesisHash, lines: 0 };
  const transcript = checkTranscript(path, last.number, parseLine(path, await readLine(path, last)));
  return { headHash: lineHash(transcript, nativeSha256), lines: last.number };
}

/**
 * Adds the ids of a transcript file's whole lines to `sampleIds`, and changes nothing.
 * @returns its last whole line, and the torn one behind it if there is one
 * @throws StoreError naming file and line for a line that is no JSON object or whose id is missing or was there before
 */
export async function readSampleIds(
  path: string,
  sampleIds: SampleIds,
): Promise<{ last: LinePlace | null; unfinished: LinePlace | null }> {
  let last: LinePlace | null = null;
  for await (const line of rawLines(path)) {
    const { number, offset, terminated, bytes } = line;
    const place = { number, offset, terminated, length: bytes.length };
    if (!terminated && !isWholeTranscript(path, line)) return { last, unfinished: place };
    const { sampleId } = parseAsciiFields(path, line);
    if (typeof sampleId !== "string" || !isSampleId.test(sampleId))
      throw damagedLine(path, line.number, "expected a sampleId");
    if (!sampleIds.add(sampleId))
      throw damagedLine(path, line.number, `sample ${sampleId.slice(0, 12)} is recorded twice`);
    last = place;
  }
  return { last, unfinished: null };
}

/** Where a line lies in its file. */
interface LinePlace extends Omit<RawLine, "bytes"> {
  readonly length: number;
}

async function readLine(path: string, { number, offset, length }: LinePlace) {
  try {
    const handle = await open(path, "r");
    try {
      const bytes = Buffer.alloc(length);
      await handle.read(bytes, 0, length, offset);
      return { number, bytes };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw toStoreError(error, "read", path);
  }
}

const isSampleId = /^[0-9a-f]{64}$/;

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
