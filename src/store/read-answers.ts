import { open } from "node:fs/promises";
import { StoreError } from "../errors.ts";
import type { ProbeAnswers, RecordedAnswers } from "../schema/corpus.ts";
import { probeHash } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Probe } from "../schema/probe.ts";
import type { RecordedAnswer, WithheldSample, WithheldToken } from "../schema/withheld-answer.ts";
import { damagedLine, parseLine, rawLines } from "./json-lines.ts";
import { readLineStart } from "./line-start.ts";
import { readManifest } from "./manifest-file.ts";
import { isWholeTranscript } from "./open-transcripts.ts";
import { featuresPath, transcriptPath } from "./run-paths.ts";
import { toStoreError } from "./system-error.ts";
import { indexWithheld, parseWithheld, type WithheldPlace } from "./withheld-samples.ts";

/** Where one line lies, and in which place of its probe's answers it belongs. */
interface Entry {
  readonly target: string;
  readonly number: number;
  readonly offset: number;
  readonly length: number;
  readonly wording: number;
  readonly index: number;
  /** Where stands what is left of it, in a redacted run; null where nothing is. */
  readonly withheld: WithheldPlace | null;
}

interface ProbeEntries {
  readonly probe: Probe;
  readonly id: string;
  readonly entries: Entry[];
  bytes: number;
}

/** Bytes of transcripts held at once: probes are answered in batches of about this size. */
const batchBytes = 64 << 20;

/**
 * The `ok` answers of a run, one item a probe in the manifest's order, for all targets or the named ones. Samples are
 * ordered by wording and index. A first pass notes where each line lies, a second one reads batches of probes,
 * so memory stays at the batch size plus some 100 bytes a line. Probes without an `ok` answer are left out. Of a redacted run
 * come the answers' features, which must be those of the run's manifest, one record for every `ok` line.
 * @throws StoreError for an unknown target, a damaged line (file and line), or redacted answers without features
 */
export async function* readRecordedAnswers(
  dir: string,
  targetNames?: readonly string[],
): AsyncGenerator<RecordedAnswers> {
  const manifest = await readManifest(dir);
  const known = manifest.targets.map(({ name }) => name);
  const unknown = targetNames?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new StoreError(
      "store.no-target",
      `no target ${unknown} in ${dir}: expected one of ${known.join(", ")}`,
    );
  const targets = targetNames ?? known;
  const probes = probesByHash(manifest);
  const { redaction } = manifest;
  for (const target of targets) {
    const withheld = redaction === undefined ? null : await indexWithheld(dir, target, redaction);
    await indexTarget(transcriptPath(dir, target), target, probes, withheld);
    const extra = withheld?.keys().next().value;
    if (extra !== undefined)
      throw new StoreError(
        "store.features",
        `${featuresPath(dir, target)} speaks of sample ${extra.slice(0, 12)}..., which has no line in ${transcriptPath(dir, target)}: expected one record for each answer; restore both files from a copy`,
      );
  }

  let batch: ProbeEntries[] = [];
  let bytes = 0;
  for (const probe of probes.values()) {
    batch.push(probe);
    bytes += probe.bytes;
    if (bytes < batchBytes) continue;
    yield* answerBatch(dir, targets, batch, redaction?.claimsOf ?? null);
    batch = [];
    bytes = 0;
  }
  yield* answerBatch(dir, targets, batch, redaction?.claimsOf ?? null);
}

/**
 * The same for what cannot be done without the texts.
 * @throws StoreError `store.redacted` where they are withheld
 */
export async function* readAnswers(
  dir: string,
  targetNames?: readonly string[],
): AsyncGenerator<ProbeAnswers> {
  const { redaction } = await readManifest(dir);
  if (redaction !== undefined)
    throw new StoreError(
      "store.redacted",
      `the answers in ${dir} are redacted: expected their texts; use the run it was published from`,
    );
  for await (const item of readRecordedAnswers(dir, targetNames)) yield item as ProbeAnswers;
}

/** Under which name each probe's answers come, by content hash. */
export function answerNames(manifest: Pick<Manifest, "suites">): ReadonlyMap<string, string> {
  return new Map([...probesByHash(manifest)].map(([hash, { id }]) => [hash, id]));
}

/** Probes by content hash: suites that share a probe share its samples; another content under the same id is another probe. */
function probesByHash(manifest: Pick<Manifest, "suites">): Map<string, ProbeEntries> {
  const probes = new Map<string, ProbeEntries>();
  const ids = new Set<string>();
  for (const suite of manifest.suites)
    for (const probe of suite.probes) {
      const hash = probeHash(probe);
      if (probes.has(hash)) continue;
      const id = ids.has(probe.id) ? `${suite.name}:${probe.id}` : probe.id;
      ids.add(id);
      probes.set(hash, { probe, id, entries: [], bytes: 0 });
    }
  return probes;
}

async function indexTarget(
  path: string,
  target: string,
  probes: Map<string, ProbeEntries>,
  withheld: Map<string, WithheldPlace> | null,
): Promise<void> {
  for await (const line of rawLines(path)) {
    if (!line.terminated && !isWholeTranscript(path, line)) return;
    const place = readLineStart(line.bytes) ?? parseLine(path, line);
    const { probeHash: hash, wording, index } = place;
    const probe = typeof hash === "string" ? probes.get(hash) : undefined;
    if (probe === undefined || typeof wording !== "number" || typeof index !== "number")
      throw damagedLine(path, line.number, "expected a probe of the manifest, a wording and an index");
    const { number, offset, bytes } = line;
    const { sampleId } = place;
    const left = withheld?.get(String(sampleId)) ?? null;
    withheld?.delete(String(sampleId));
    probe.entries.push({ target, number, offset, length: bytes.length, wording, index, withheld: left });
    probe.bytes += bytes.length + (left?.length ?? 0);
  }
}

async function* answerBatch(
  dir: string,
  targets: readonly string[],
  batch: readonly ProbeEntries[],
  claimsOf: string | null,
): AsyncGenerator<RecordedAnswers> {
  const samples = new Map<Entry, Sample>();
  for (const target of targets) {
    const entries = batch.flatMap((probe) => probe.entries.filter((entry) => entry.target === target));
    await readSamples(dir, target, entries, samples);
  }
  for (const { probe, id, entries } of batch) {
    const answers = new Map<string, RecordedAnswer[]>();
    const retried = new Map<string, Set<number>>();
    const logprobBodies = new Map<string, (string | WithheldToken[])[]>();
    // By target in the caller's order, then by wording and index.
    const ordered = entries.toSorted(
      (a, b) =>
        targets.indexOf(a.target) - targets.indexOf(b.target) || a.wording - b.wording || a.index - b.index,
    );
    for (const entry of ordered) {
      const sample = samples.get(entry);
      if (sample === undefined) continue;
      const { answer: given, logprobBody } = sample;
      if (logprobBody !== null) listOf(logprobBodies, entry.target).push(logprobBody);
      if (given === null) continue;
      const list = listOf(answers, entry.target);
      if (sample.retried)
        retried.set(entry.target, (retried.get(entry.target) ?? new Set()).add(list.length));
      list.push(given);
    }
    if (answers.size === 0) continue;
    const { family, answer, language, withheld } = probe;
    yield {
      probe: id,
      family,
      prompt: promptText(probe),
      answers,
      answer,
      language,
      ...(retried.size > 0 ? { retried } : {}),
      ...(logprobBodies.size > 0 ? { logprobBodies } : {}),
      ...(withheld === undefined ? {} : { withheld: { ...withheld, claimsOf } }),
    };
  }
}

function listOf<T>(lists: Map<string, T[]>, target: string): T[] {
  const list = lists.get(target) ?? [];
  lists.set(target, list);
  return list;
}

/** Neighbouring lines are read together, up to this many bytes. */
const readBytes = 1 << 20;

/** A line or record to be read again. */
interface Piece {
  readonly offset: number;
  readonly length: number;
}

async function readSamples(
  dir: string,
  target: string,
  entries: readonly Entry[],
  samples: Map<Entry, Sample>,
): Promise<void> {
  const path = transcriptPath(dir, target);
  const left = new Map<Entry, WithheldSample>();
  const ofPlace = new Map(
    entries.flatMap((entry) => (entry.withheld === null ? [] : [[entry.withheld, entry]])),
  );
  const features = featuresPath(dir, target);
  await readPieces(features, [...ofPlace.keys()], (place, bytes) => {
    left.set(ofPlace.get(place) as Entry, parseWithheld(features, { bytes, number: place.number }));
  });
  await readPieces(path, entries, (entry, bytes) => {
    samples.set(entry, readSample(path, { bytes, number: entry.number }, left.get(entry)));
  });
}

/** Reads pieces of a file, neighbours together; the bytes handed over are valid during the call. */
async function readPieces<P extends Piece>(
  path: string,
  pieces: readonly P[],
  use: (piece: P, bytes: Buffer) => void,
): Promise<void> {
  if (pieces.length === 0) return;
  const sorted = pieces.toSorted((a, b) => a.offset - b.offset);
  try {
    const handle = await open(path, "r");
    try {
      for (let from = 0; from < sorted.length; ) {
        const first = sorted[from] as P;
        let to = from + 1;
        let end = first.offset + first.length;
        for (let next = sorted[to]; next !== undefined; next = sorted[++to]) {
          if (next.offset !== end + 1 || next.offset + next.length - first.offset > readBytes) break;
          end = next.offset + next.length;
        }
        const buffer = Buffer.allocUnsafe(end - first.offset);
        await handle.read(buffer, 0, buffer.length, first.offset);
        for (const piece of sorted.slice(from, to)) {
          const start = piece.offset - first.offset;
          use(piece, buffer.subarray(start, start + piece.length));
        }
        from = to;
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw toStoreError(error, "read", path);
  }
}

/** What is read of one line. */
interface Sample {
  /** Null unless the outcome is `ok`. */
  readonly answer: RecordedAnswer | null;
  readonly retried: boolean;
  /** Null without token log-probabilities. */
  readonly logprobBody: string | WithheldToken[] | null;
}

const holdsLogprobs = /"logprobs":\s*\{/;

/** The raw body where it is read for token log-probabilities; a response cut at its first token is no answer, but these are what was asked for. */
export function logprobBodyOf(outcome: string, body: unknown): string | null {
  return (outcome === "ok" || outcome === "truncated") && typeof body === "string" && holdsLogprobs.test(body)
    ? body
    : null;
}

function readSample(
  path: string,
  line: { bytes: Buffer; number: number },
  withheld: WithheldSample | undefined,
): Sample {
  const { outcome, text, attempts, response } = parseLine(path, line);
  if (typeof outcome !== "string") throw damagedLine(path, line.number, "expected an outcome");
  const retried = Array.isArray(attempts) && attempts.length > 1;
  if (text !== null && typeof text === "object" && "redacted" in text) {
    const answer = withheld?.answer ?? null;
    if (outcome === "ok" && answer === null)
      throw new StoreError(
        "store.redacted",
        `${path}:${line.number} is redacted: expected its features; compare the run it was published from`,
      );
    if (outcome !== "ok" && answer !== null)
      throw damagedLine(path, line.number, `expected no features of an answer that is ${outcome}`);
    return { answer, retried, logprobBody: withheld?.tokens ?? null };
  }
  const body = response !== null && typeof response === "object" && "body" in response ? response.body : null;
  const logprobBody = logprobBodyOf(outcome, body);
  if (outcome !== "ok") return { answer: null, retried, logprobBody };
  if (typeof text === "string") return { answer: text, retried, logprobBody };
  throw damagedLine(path, line.number, "expected the text of an answer");
}

/** What was asked, as one text: a lone user message as it is, several with their roles. */
export function promptText(probe: Pick<Probe, "messages" | "prefix">): string {
  const messages = probe.messages ?? [];
  if (messages.length === 1 && messages[0]?.role === "user") return messages[0].content;
  if (messages.length > 0) return messages.map(({ role, content }) => `${role}: ${content}`).join("\n\n");
  return probe.prefix ?? "";
}
