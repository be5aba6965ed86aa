import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "../errors.ts";
import { genesisHash, lineHash, probeHash, sampleId } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Attempt, FailedSample, SampleRecord, Transcript } from "../schema/transcript.ts";
import { createCommitQueue } from "./commit-queue.ts";
import { acquireLock } from "./lock.ts";
import { refuseLostLines } from "./lost-lines.ts";
import { makeFolder } from "./make-folder.ts";
import { readManifest, writeManifest } from "./manifest-file.ts";
import { nativeSha256 } from "./native-sha256.ts";
import { cutUnfinishedLine, openTranscripts } from "./open-transcripts.ts";
import { refuseRedacted } from "./refuse-redacted.ts";
import { attemptsPath, transcriptPath } from "./run-paths.ts";
import { createSampleIds } from "./sample-ids.ts";
import { createSecretFilter, type Secret } from "./secret-filter.ts";
import { writeAtomically } from "./write-atomically.ts";

/** A sample whose attempts were exhausted. */
export interface SampleFailure {
  readonly suite: string;
  readonly probe: string;
  readonly wording: number;
  readonly target: string;
  readonly index: number;
  readonly attempts: readonly Attempt[];
}

/** A run folder opened by its only writer. */
export interface RunWriter {
  readonly dir: string;
  /** The manifest as it stands. */
  manifest(): Manifest;
  /** Replaces the manifest; on disk when the promise resolves. */
  setManifest(manifest: Manifest): Promise<void>;
  /** Identity of a sample of this run. @throws StoreError when the manifest lacks its suite, probe or target */
  sampleIdOf(sample: Pick<SampleRecord, "suite" | "probe" | "wording" | "target" | "index">): string;
  /** Whether the sample is recorded. */
  has(sampleId: string): boolean;
  /** Number of recorded samples. */
  size(): number;
  /**
   * Records a sample; on disk when the promise resolves.
   * @throws StoreError when it is recorded already, its probe or target is unknown, or the disk refuses
   */
  append(record: SampleRecord): Promise<void>;
  /**
   * Records many samples with one sync at the end. Samples that are recorded already are counted and skipped.
   * A crash in between leaves whole lines and at most one torn one.
   */
  appendMany(
    records: Iterable<SampleRecord> | AsyncIterable<SampleRecord>,
  ): Promise<{ written: number; repeated: number }>;
  /** Records exhausted attempts; the sample stays unanswered and is asked again. */
  recordFailure(failure: SampleFailure): Promise<void>;
  /** A text without this run's secrets, for messages. */
  scrub(text: string): string;
  /** Flushes, closes the files and gives the lock back. Safe to call twice. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Values that must not be written. */
  readonly secrets?: readonly Secret[];
}

/**
 * Starts a run in a new or empty folder and opens it for writing.
 * @throws StoreError when the folder holds a run or other files, is locked, or cannot be written
 */
export async function createRun(
  dir: string,
  manifest: Manifest,
  options: OpenOptions = {},
): Promise<RunWriter> {
  await makeFolder(dir);
  const release = acquireLock(dir);
  try {
    const names = (await readdir(dir)).filter((name) => name !== "lock" && !/^\.(lock|tmp)-/.test(name));
    if (names.includes("manifest.json"))
      throw new StoreError(
        "store.exists",
        `${dir} already holds a run: open it, or choose another folder with --run`,
      );
    const foreign = names.find((name) => name !== "transcripts" && name !== "attempts");
    if (foreign !== undefined)
      throw new StoreError(
        "store.not-empty",
        `${dir} holds files but no run (for example ${foreign}): expected a new or empty folder; choose another with --run`,
      );
    await writeManifest(dir, createSecretFilter(options.secrets ?? []).value(manifest).value);
    return await openLocked(dir, options, release);
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Opens an existing run for writing: cuts torn last lines off and reads which samples are there.
 * @throws StoreError when there is no run, another process writes to it, or a line is damaged
 * @throws SchemaError when another version wrote it
 */
export async function openRun(dir: string, options: OpenOptions = {}): Promise<RunWriter> {
  refuseRedacted(dir, await readManifest(dir));
  const release = acquireLock(dir);
  try {
    return await openLocked(dir, options, release);
  } catch (error) {
    release();
    throw error;
  }
}

async function openLocked(dir: string, options: OpenOptions, release: () => void): Promise<RunWriter> {
  await makeFolder(join(dir, "transcripts"));
  await makeFolder(join(dir, "attempts"));
  const filter = createSecretFilter(options.secrets ?? []);
  const queue = createCommitQueue();
  const sampleIds = createSampleIds();
  const nextSalt = saltSource();
  const heads = new Map<string, string>();
  /** Lines that are known to be on disk, by target. */
  const linesOnDisk = new Map<string, number>();
  const countLines = (target: string, lines: number) =>
    linesOnDisk.set(target, (linesOnDisk.get(target) ?? 0) + lines);
  let manifest = await readManifest(dir);
  let index = indexManifest(manifest);
  for (const target of manifest.targets) {
    const { headHash, lines } = await openTranscripts(transcriptPath(dir, target.name), sampleIds);
    refuseLostLines(dir, manifest, target.name, lines);
    heads.set(target.name, headHash);
    linesOnDisk.set(target.name, lines);
    await cutUnfinishedLine(attemptsPath(dir, target.name));
  }
  let closing: Promise<void> | null = null;

  const identify = (sample: Pick<SampleRecord, "suite" | "probe" | "wording" | "target" | "index">) => {
    const hashOfProbe = index.probes.get(`${sample.suite}\n${sample.probe}`);
    const hashOfTarget = index.targets.get(sample.target);
    if (hashOfProbe === undefined || hashOfTarget === undefined)
      throw new StoreError(
        "store.unknown-sample",
        `sample of target ${sample.target}, suite ${sample.suite}, probe ${sample.probe}: expected all three in the manifest of ${dir}; add them with setManifest first`,
      );
    return {
      probeHash: hashOfProbe,
      targetHash: hashOfTarget,
      id: sampleId(
        {
          probeHash: hashOfProbe,
          targetHash: hashOfTarget,
          wording: sample.wording,
          index: sample.index,
        },
        nativeSha256,
      ),
    };
  };

  /** Chains a record to its file; the line must then be written in this order. Null when it is recorded already. */
  const chain = (record: SampleRecord): string | null => {
    const identity = identify(record);
    if (sampleIds.has(identity.id)) return null;
    const scrubbed = filter.value(record);
    const line: Transcript = {
      schemaVersion: 1,
      sampleId: identity.id,
      prevHash: heads.get(record.target) ?? genesisHash,
      salt: nextSalt(),
      suite: record.suite,
      probe: record.probe,
      probeHash: identity.probeHash,
      wording: record.wording,
      target: record.target,
      targetHash: identity.targetHash,
      index: record.index,
      ...pickResult(scrubbed.value),
      secretsReplaced: scrubbed.replaced,
    };
    heads.set(record.target, lineHash(line, nativeSha256));
    sampleIds.add(identity.id);
    return JSON.stringify(line);
  };

  return {
    dir,
    manifest: () => manifest,
    async setManifest(next) {
      const recordedLines = Object.fromEntries([...linesOnDisk].filter(([, lines]) => lines > 0));
      const scrubbed = { ...filter.value(next).value, recordedLines };
      await writeManifest(dir, scrubbed);
      manifest = scrubbed;
      index = indexManifest(scrubbed);
    },
    sampleIdOf: (sample) => identify(sample).id,
    has: (id) => sampleIds.has(id),
    size: sampleIds.size,
    async append(record) {
      const line = chain(record);
      if (line === null)
        throw new StoreError(
          "store.repeated-sample",
          `sample ${record.index} of probe ${record.probe} and target ${record.target} is recorded already: expected one line a sample`,
        );
      await queue.append(transcriptPath(dir, record.target), line);
      countLines(record.target, 1);
    },
    async appendMany(records) {
      const pending = new Map<string, string[]>();
      let pendingBytes = 0;
      const lines = new Map<string, number>();
      let written = 0;
      let repeated = 0;
      const write = async () => {
        for (const [target, lines] of pending) await queue.appendBulk(transcriptPath(dir, target), lines);
        pending.clear();
        pendingBytes = 0;
      };
      for await (const record of records) {
        const line = chain(record);
        if (line === null) {
          repeated++;
          continue;
        }
        const batch = pending.get(record.target);
        if (batch === undefined) pending.set(record.target, [line]);
        else batch.push(line);
        lines.set(record.target, (lines.get(record.target) ?? 0) + 1);
        written++;
        pendingBytes += line.length;
        if (pendingBytes > bulkBytes) await write();
      }
      await write();
      await queue.flush();
      for (const [target, added] of lines) countLines(target, added);
      return { written, repeated };
    },
    async recordFailure(failure) {
      const line: FailedSample = filter.value({
        schemaVersion: 1 as const,
        sampleId: identify(failure).id,
        probe: failure.probe,
        wording: failure.wording,
        index: failure.index,
        attempts: [...failure.attempts],
      }).value;
      await queue.append(attemptsPath(dir, failure.target), JSON.stringify(line));
    },
    scrub: (text) => filter.text(text),
    close() {
      closing ??= queue.close().finally(release);
      return closing;
    },
  };
}

const saltBytes = 16;

/** Random salts in hex, drawn from the system many at a time. */
function saltSource(): () => string {
  let drawn = Buffer.alloc(0);
  let used = 0;
  return () => {
    if (used === drawn.length) {
      drawn = randomBytes(256 * saltBytes);
      used = 0;
    }
    used += saltBytes;
    return drawn.toString("hex", used - saltBytes, used);
  };
}

/** Characters gathered before a bulk write. */
const bulkBytes = 4_000_000;

/** The fields of a record that say what came back, named one by one: nothing else is ever persisted. */
function pickResult(record: SampleRecord) {
  const { request, attempts, response, text, reasoning, outcome, latencyMs, servedModel, provider } = record;
  const { systemFingerprint, finishReason, usage, startedAt, batchId } = record;
  return {
    request,
    attempts,
    response,
    text,
    reasoning,
    outcome,
    latencyMs,
    servedModel,
    provider,
    systemFingerprint,
    finishReason,
    usage,
    startedAt,
    ...(batchId === undefined ? {} : { batchId }),
  };
}

function indexManifest(manifest: Manifest) {
  return {
    probes: new Map(
      manifest.suites.flatMap((suite) =>
        suite.probes.map((probe) => [`${suite.name}\n${probe.id}`, probeHash(probe)] as const),
      ),
    ),
    targets: new Map(manifest.targets.map((target) => [target.name, target.hash] as const)),
  };
}

/** Writes a file of the run's report (atomically), for example `report.html`, without the given secrets. */
export async function writeReportFile(
  dir: string,
  name: string,
  content: string,
  options: OpenOptions = {},
): Promise<string> {
  const path = join(dir, name);
  await writeAtomically(path, createSecretFilter(options.secrets ?? []).text(content));
  return path;
}
