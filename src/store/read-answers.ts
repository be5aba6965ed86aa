import { open } from "node:fs/promises";
import { StoreError } from "../errors.ts";
import type { ProbeAnswers } from "../schema/corpus.ts";
import { probeHash } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Probe } from "../schema/probe.ts";
import { damagedLine, parseLine, rawLines } from "./json-lines.ts";
import { readLineStart } from "./line-start.ts";
import { readManifest } from "./manifest-file.ts";
import { isWholeTranscript } from "./open-transcripts.ts";
import { transcriptPath } from "./run-paths.ts";
import { toStoreError } from "./system-error.ts";

/** Where one line lies, and in which place of its probe's answers it belongs. */
interface Entry {
  readonly target: string;
  readonly number: number;
  readonly offset: number;
  readonly length: number;
  readonly wording: number;
  readonly index: number;
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
 * so memory stays at the batch size plus some 100 bytes a line. Probes without an `ok` answer are left out.
 * @throws StoreError for an unknown target, a damaged line (file and line), or redacted answers
 */
export async function* readAnswers(
  dir: string,
  targetNames?: readonly string[],
): AsyncGenerator<ProbeAnswers> {
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
  for (const target of targets) await indexTarget(transcriptPath(dir, target), target, probes);

  let batch: ProbeEntries[] = [];
  let bytes = 0;
  for (const probe of probes.values()) {
    batch.push(probe);
    bytes += probe.bytes;
    if (bytes < batchBytes) continue;
    yield* answerBatch(dir, targets, batch);
    batch = [];
    bytes = 0;
  }
  yield* answerBatch(dir, targets, batch);
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

async function indexTarget(path: string, target: string, probes: Map<string, ProbeEntries>): Promise<void> {
  for await (const line of rawLines(path)) {
    if (!line.terminated && !isWholeTranscript(path, line)) return;
    const place = readLineStart(line.bytes) ?? parseLine(path, line);
    const { probeHash: hash, wording, index } = place;
    const probe = typeof hash === "string" ? probes.get(hash) : undefined;
    if (probe === undefined || typeof wording !== "number" || typeof index !== "number")
      throw damagedLine(path, line.number, "expected a probe of the manifest, a wording and an index");
    const { number, offset, bytes } = line;
    probe.entries.push({ target, number, offset, length: bytes.length, wording, index });
    probe.bytes += bytes.length;
  }
}

async function* answerBatch(
  dir: string,
  targets: readonly string[],
  batch: readonly ProbeEntries[],
): AsyncGenerator<ProbeAnswers> {
  const samples = new Map<Entry, Sample>();
  for (const target of targets) {
    const entries = batch.flatMap((probe) => probe.entries.filter((entry) => entry.target === target));
    await readSamples(transcriptPath(dir, target), entries, samples);
  }
  for (const { probe, id, entries } of batch) {
    const answers = new Map<string, string[]>();
    const retried = new Map<string, Set<number>>();
    const logprobBodies = new Map<string, string[]>();
    // By target in the caller's order, then by wording and index.
    const ordered = entries.toSorted(
      (a, b) =>
        targets.indexOf(a.target) - targets.indexOf(b.target) || a.wording - b.wording || a.index - b.index,
    );
    for (const entry of ordered) {
      const sample = samples.get(entry);
      if (sample === undefined) continue;
      const { text, logprobBody } = sample;
      if (logprobBody !== null) listOf(logprobBodies, entry.target).push(logprobBody);
      if (text === null) continue;
      const list = listOf(answers, entry.target);
      if (sample.retried)
        retried.set(entry.target, (retried.get(entry.target) ?? new Set()).add(list.length));
      list.push(text);
    }
    if (answers.size === 0) continue;
    const { family, answer, language } = probe;
    yield {
      probe: id,
      family,
      prompt: promptText(probe),
      answers,
      answer,
      language,
      ...(retried.size > 0 ? { retried } : {}),
      ...(logprobBodies.size > 0 ? { logprobBodies } : {}),
    };
  }
}

function listOf(lists: Map<string, string[]>, target: string): string[] {
  const list = lists.get(target) ?? [];
  lists.set(target, list);
  return list;
}

/** Neighbouring lines are read together, up to this many bytes. */
const readBytes = 1 << 20;

async function readSamples(
  path: string,
  entries: readonly Entry[],
  samples: Map<Entry, Sample>,
): Promise<void> {
  if (entries.length === 0) return;
  const sorted = entries.toSorted((a, b) => a.offset - b.offset);
  try {
    const handle = await open(path, "r");
    try {
      for (let from = 0; from < sorted.length; ) {
        const first = sorted[from] as Entry;
        let to = from + 1;
        let end = first.offset + first.length;
        for (let next = sorted[to]; next !== undefined; next = sorted[++to]) {
          if (next.offset !== end + 1 || next.offset + next.length - first.offset > readBytes) break;
          end = next.offset + next.length;
        }
        const buffer = Buffer.allocUnsafe(end - first.offset);
        await handle.read(buffer, 0, buffer.length, first.offset);
        for (const entry of sorted.slice(from, to)) {
          const start = entry.offset - first.offset;
          const bytes = buffer.subarray(start, start + entry.length);
          samples.set(entry, readSample(path, { bytes, number: entry.number }));
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
  readonly text: string | null;
  readonly retried: boolean;
  /** Null without token log-probabilities. */
  readonly logprobBody: string | null;
}

const holdsLogprobs = /"logprobs":\s*\{/;

function readSample(path: string, line: { bytes: Buffer; number: number }): Sample {
  const { outcome, text, attempts, response } = parseLine(path, line);
  if (typeof outcome !== "string") throw damagedLine(path, line.number, "expected an outcome");
  const retried = Array.isArray(attempts) && attempts.length > 1;
  const body = response !== null && typeof response === "object" && "body" in response ? response.body : null;
  // A response cut at its first token is no answer, but its probabilities are what was asked for.
  const logprobBody =
    (outcome === "ok" || outcome === "truncated") && typeof body === "string" && holdsLogprobs.test(body)
      ? body
      : null;
  if (outcome !== "ok") return { text: null, retried, logprobBody };
  if (typeof text === "string") return { text, retried, logprobBody };
  if (text !== null && typeof text === "object" && "redacted" in text)
    throw new StoreError(
      "store.redacted",
      `${path}:${line.number} is redacted: expected the answers; compare the run it was published from`,
    );
  throw damagedLine(path, line.number, "expected the text of an answer");
}

/** What was asked, as one text: a lone user message as it is, several with their roles. */
export function promptText(probe: Pick<Probe, "messages" | "prefix">): string {
  const messages = probe.messages ?? [];
  if (messages.length === 1 && messages[0]?.role === "user") return messages[0].content;
  if (messages.length > 0) return messages.map(({ role, content }) => `${role}: ${content}`).join("\n\n");
  return probe.prefix ?? "";
}
