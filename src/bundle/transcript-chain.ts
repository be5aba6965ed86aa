import { genesisHash, lineHash, sampleId } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Transcript } from "../schema/transcript.ts";
import { damagedLine, parseLine, rawLines } from "../store/json-lines.ts";
import { nativeSha256 } from "../store/native-sha256.ts";
import { checkTranscript } from "../store/open-transcripts.ts";
import { type HashedTranscript, summarizeTarget, type TargetSummary } from "../store/read-transcripts.ts";
import { transcriptPath } from "../store/run-paths.ts";
import type { ChainLink } from "./chain-break.ts";

type Target = Manifest["targets"][number];

/** What a transcript file holds, read from its first line to its last. */
export interface TranscriptChain {
  /** Hashes by line, whether or not they join: see `chainBreak`. */
  readonly links: readonly ChainLink[];
  /** Hash of the last line; the genesis hash of an empty or missing file. */
  readonly head: string;
  /** Whether any line is redacted. */
  readonly redacted: boolean;
}

/** Reads one target's transcripts with the hash of every line: see `chainLines`. @throws StoreError naming file and line */
export async function readTranscriptChain(dir: string, target: Target): Promise<TranscriptChain> {
  const links: ChainLink[] = [];
  let redacted = false;
  for await (const { transcript, hash } of chainLines(dir, target)) {
    redacted ||= transcript.salt === null;
    links.push({ prevHash: transcript.prevHash, hash });
  }
  return { links, head: links.at(-1)?.hash ?? genesisHash, redacted };
}

/**
 * The same, counted on the way, so that a comparison need not read and hash every line again. The counts mean something only
 * where the links join. Null where they cannot be made of lines that are each in order: the comparison will say why.
 * @throws StoreError naming file and line
 */
export async function countTranscriptChain(
  dir: string,
  target: Target,
): Promise<TranscriptChain & { readonly summary: TargetSummary | null }> {
  const links: ChainLink[] = [];
  let redacted = false;
  const noted = async function* () {
    for await (const line of chainLines(dir, target)) {
      redacted ||= line.transcript.salt === null;
      links.push({ prevHash: line.transcript.prevHash, hash: line.hash });
      yield line;
    }
  };
  try {
    const summary = await summarizeTarget(dir, target.name, noted());
    return { links, head: summary.headHash, redacted, summary };
  } catch {
    return { ...(await readTranscriptChain(dir, target)), summary: null };
  }
}

/**
 * The lines of one target's transcripts. Each must be exactly what Congener writes of it, fit its schema, be a sample of this
 * target as the manifest has it, under its own id, and be there once: a line that two readers could understand in two ways is
 * none.
 * @throws StoreError naming file and line
 */
async function* chainLines(dir: string, target: Target): AsyncGenerator<HashedTranscript> {
  const path = transcriptPath(dir, target.name);
  const seen = new Map<string, number>();
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
    yield { transcript, hash: lineHash(transcript, nativeSha256) };
  }
}

function foreign(line: Transcript, target: Target): string | null {
  const { probeHash, wording, targetHash, index } = line;
  if (line.target !== target.name || targetHash !== target.hash)
    return `expected a sample of target ${target.name} as the manifest has it`;
  if (sampleId({ probeHash, wording, targetHash, index }, nativeSha256) !== line.sampleId)
    return "its sampleId is not that of its probe, wording, target and index";
  return null;
}
