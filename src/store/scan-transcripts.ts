import {
  type Attempt,
  type FailedSample,
  failedSampleSchema,
  type Outcome,
  type Usage,
} from "../schema/transcript.ts";
import { damagedLine, parseLine, type RawLine, rawLines } from "./json-lines.ts";
import { readLineStart } from "./line-start.ts";
import { isWholeTranscript } from "./open-transcripts.ts";
import { attemptsPath, transcriptPath } from "./run-paths.ts";

/** A recorded sample without its texts. */
export interface ScannedSample {
  readonly sampleId: string;
  readonly probeHash: string;
  readonly wording: number;
  readonly index: number;
  readonly outcome: Outcome;
  readonly latencyMs: number | null;
  readonly usage: Usage | null;
  /** ISO time of the attempt that was answered, or null. */
  readonly startedAt: string | null;
  /** Batch of the provider's batch API that was asked; null for a request of its own. */
  readonly batchId: string | null;
  /** Attempts of which one failed at least; empty where the first one was answered. */
  readonly attempts: readonly Attempt[];
  /** All fields as they are in the file; valid until the next sample is asked for. */
  whole(): Record<string, unknown>;
}

/** Keys as they stand in a line. Within a text the quotes are escaped, so neither can be part of one. */
const keys = { outcome: Buffer.from('"outcome":"'), errorClass: Buffer.from('"errorClass":"') };

/**
 * Samples of one target in the order they were recorded, read at about the speed of the disk: of each line only its start
 * and what follows the texts are parsed. Neither schema nor hash chain is checked: see `verifiedTranscripts`. A torn last
 * line is left out.
 * @throws StoreError naming file and line for a line that is no transcript
 */
export async function* scanTranscripts(dir: string, target: string): AsyncGenerator<ScannedSample> {
  const path = transcriptPath(dir, target);
  for await (const line of rawLines(path)) {
    if (!line.terminated && !isWholeTranscript(path, line)) return;
    yield scanLine(path, line);
  }
}

/**
 * Samples of one target that were given up, in the order they were; one may come several times, and be recorded by now.
 * @throws StoreError naming file and line for a line that is none
 */
export async function* scanFailures(dir: string, target: string): AsyncGenerator<FailedSample> {
  const path = attemptsPath(dir, target);
  for await (const line of rawLines(path)) {
    if (!line.terminated) return;
    const parsed = failedSampleSchema.safeParse(parseLine(path, line));
    if (!parsed.success) throw damagedLine(path, line.number, "expected a failed sample");
    yield parsed.data;
  }
}

function scanLine(path: string, line: RawLine): ScannedSample {
  const { bytes } = line;
  let parsed: Record<string, unknown> | null = null;
  const whole = () => {
    parsed ??= parseLine(path, line);
    return parsed;
  };
  const start = readLineStart(bytes);
  const place = start ?? whole();
  const end = start === null ? whole() : (parseEnd(bytes) ?? whole());
  const { sampleId, probeHash, wording, index } = place;
  const { outcome, latencyMs = null, usage = null, startedAt = null, batchId } = end;
  if (
    typeof sampleId !== "string" ||
    typeof probeHash !== "string" ||
    typeof wording !== "number" ||
    typeof index !== "number" ||
    typeof outcome !== "string"
  )
    throw damagedLine(path, line.number, "expected a transcript with probe, index and outcome");
  const failed = start === null || bytes.includes(keys.errorClass);
  const attempts = failed ? whole().attempts : [];
  return {
    sampleId,
    probeHash,
    wording,
    index,
    outcome: outcome as Outcome,
    latencyMs: typeof latencyMs === "number" ? latencyMs : null,
    usage: usage as Usage | null,
    startedAt: typeof startedAt === "string" ? startedAt : null,
    batchId: typeof batchId === "string" ? batchId : null,
    attempts: Array.isArray(attempts) ? (attempts as Attempt[]) : [],
    whole,
  };
}

/** The fields from the outcome on; null where the line is written otherwise. */
function parseEnd(bytes: Buffer): Record<string, unknown> | null {
  const at = bytes.lastIndexOf(keys.outcome);
  if (at === -1) return null;
  try {
    return JSON.parse(`{${bytes.toString("utf8", at)}`) as Record<string, unknown>;
  } catch {
    return null;
  }
}
