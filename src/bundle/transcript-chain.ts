import { genesisHash, lineHash, sampleId } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Transcript } from "../schema/transcript.ts";
import { damagedLine, parseLine, rawLines } from "../store/json-lines.ts";
import { nativeSha256 } from "../store/native-sha256.ts";
import { checkTranscript } from "../store/open-transcripts.ts";
import { transcriptPath } from "../store/run-paths.ts";
import type { ChainLink } from "./chain-break.ts";

/** What a transcript file holds, read from its first line to its last. */
export interface TranscriptChain {
  /** Hashes by line, whether or not they join: see `chainBreak`. */
  readonly links: readonly ChainLink[];
  /** Hash of the last line; the genesis hash of an empty or missing file. */
  readonly head: string;
  /** Whether any line is redacted. */
  readonly redacted: boolean;
}

/**
 * Reads one target's transcripts with the hash of every line. Each line must be exactly what Congener writes of it, fit its
 * schema, be a sample of this target as the manifest has it, under its own id, and be there once: a line that two readers
 * could understand in two ways is none.
 * @throws StoreError naming file and line
 */
export async function readTranscriptChain(
  dir: string,
  target: Manifest["targets"][number],
): Promise<TranscriptChain> {
  const path = transcriptPath(dir, target.name);
  const links: ChainLink[] = [];
  const seen = new Map<string, number>();
  let redacted = false;
  for await (const line of rawLines(path)) {
    if (!line.terminated) throw damagedLine(path, line.number, "the line has no end");
    const record = parseLine(path, line);
    const isOwnWriting = Buffer.from(JSON.stringify(record)).equals(line.bytes);
    const transcript = checkTranscript(path, line.number, record);
    const problem = isOwnWriting
      ? foreign(transcript, target)
      : "it is not written as Congener writes a line";
    if (problem !== null) throw damagedLine(path, line.number, problem);
    const earlier = seen.get(transcript.sampleId);
    if (earlier !== undefined)
      throw damagedLine(path, line.number, `it is the sample of line ${earlier} again`);
    seen.set(transcript.sampleId, line.number);
    redacted ||= transcript.salt === null;
    links.push({ prevHash: transcript.prevHash, hash: lineHash(transcript, nativeSha256) });
  }
  return { links, head: links.at(-1)?.hash ?? genesisHash, redacted };
}

function foreign(line: Transcript, target: Manifest["targets"][number]): string | null {
  const { probeHash, wording, targetHash, index } = line;
  if (line.target !== target.name || targetHash !== target.hash)
    return `expected a sample of target ${target.name} as the manifest has it`;
  if (sampleId({ probeHash, wording, targetHash, index }, nativeSha256) !== line.sampleId)
    return "its sampleId is not that of its probe, wording, target and index";
  return null;
}
