import { createHash, randomBytes } from "node:crypto";
import { rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StoreError } from "../errors.ts";
import { genesisHash, lineHash, sampleId, sha256Hex } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import { failedSampleSchema, type Transcript } from "../schema/transcript.ts";
import { type CommitQueue, createCommitQueue } from "./commit-queue.ts";
import { damagedLine, parseLine, rawLines } from "./json-lines.ts";
import { refuseLiveWriter } from "./lock.ts";
import { refuseLostLines } from "./lost-lines.ts";
import { makeFolder } from "./make-folder.ts";
import { writeManifest } from "./manifest-file.ts";
import { verifiedTranscripts } from "./read-transcripts.ts";
import { attemptsPath, transcriptPath } from "./run-paths.ts";
import { toStoreError } from "./system-error.ts";
import { syncFolder } from "./write-atomically.ts";

/** A run folder whose lines are copied. */
export interface MergeSource {
  readonly dir: string;
  readonly manifest: Manifest;
}

export interface MergeOptions {
  /** Called after each target with its samples. */
  readonly onTarget: (target: string, isRecorded: (sampleId: string) => boolean) => void;
  /** Called at the end, before anything can be seen at the target folder: the status, or an error that undoes it all. */
  readonly finish: () => Manifest["status"];
}

/**
 * Unites runs of one request in a new folder, streamed: the lines of all sources, target by target in the order of the
 * sources, in one new hash chain a target. Salts and all else of a line stay. Each source is named in the manifest with
 * the SHA-256 of its old chains' heads. The folder appears whole or not at all. Memory: some 200 bytes a sample of one target.
 * @param manifest - what all sources say
 * @throws StoreError when the folder exists, a source is damaged or being written to, or a sample has two records
 */
export async function mergeRuns(
  dir: string,
  sources: readonly MergeSource[],
  manifest: Manifest,
  options: MergeOptions,
): Promise<{ samples: number; repeated: number }> {
  await refuseExisting(dir);
  for (const source of sources) refuseLiveWriter(source.dir);
  const unfinished = `${dir}.merging-${randomBytes(4).toString("hex")}`;
  const queue = createCommitQueue();
  const heads = new Map<MergeSource, string[]>(sources.map((source) => [source, []]));
  const rows = new Map<MergeSource, number>();
  const recordedLines: Record<string, number> = {};
  let repeated = 0;
  try {
    await makeFolder(join(unfinished, "transcripts"));
    await makeFolder(join(unfinished, "attempts"));
    for (const target of manifest.targets) {
      const united = uniteTarget(unfinished, target, queue);
      for (const source of sources) {
        const { lines, headHash } = await united.add(source);
        rows.set(source, (rows.get(source) ?? 0) + lines);
        if (lines > 0) heads.get(source)?.push(`${target.name} ${lines} ${headHash}`);
      }
      await united.end();
      if (united.recorded.size > 0) recordedLines[target.name] = united.recorded.size;
      repeated += united.repeated();
      await uniteAttempts(unfinished, target.name, sources, queue);
      options.onTarget(target.name, (id) => united.recorded.has(id));
    }
    await queue.close();
    const status = options.finish();
    const origins = sources.flatMap((source) => [
      ...source.manifest.sources,
      {
        file: basename(source.dir),
        sha256: sha256Hex((heads.get(source) ?? []).join("\n")),
        format: "run",
        rows: rows.get(source) ?? 0,
      },
    ]);
    await writeManifest(unfinished, { ...manifest, status, sources: origins, recordedLines });
    await rename(unfinished, dir);
    await syncFolder(dirname(dir));
  } catch (error) {
    await queue.close().catch(() => {});
    await rm(unfinished, { recursive: true, force: true }).catch(() => {});
    throw toStoreErrorUnlessExpected(error, dir);
  }
  return { samples: Object.values(recordedLines).reduce((sum, lines) => sum + lines, 0), repeated };
}

/** Characters gathered before a write. */
const bulkBytes = 4_000_000;

/** One target's lines of all sources in one chain. */
function uniteTarget(dir: string, target: Manifest["targets"][number], queue: CommitQueue) {
  const recorded = new Map<string, { digest: string; source: MergeSource }>();
  let headHash = genesisHash;
  let repeated = 0;
  let lines: string[] = [];
  let bytes = 0;
  const write = async () => {
    if (lines.length > 0) await queue.appendBulk(transcriptPath(dir, target.name), lines);
    lines = [];
    bytes = 0;
  };
  return {
    recorded,
    repeated: () => repeated,
    async add(source: MergeSource): Promise<{ lines: number; headHash: string }> {
      let read = 0;
      let sourceHead = genesisHash;
      for await (const { transcript, hash } of verifiedTranscripts(source.dir, target.name)) {
        read++;
        sourceHead = hash;
        refuseForeign(source, target, transcript, read);
        const digest = digestOf(transcript);
        const known = recorded.get(transcript.sampleId);
        if (known !== undefined) {
          if (known.digest !== digest) throw twoRecords(known.source, source, transcript);
          repeated++;
          continue;
        }
        recorded.set(transcript.sampleId, { digest, source });
        const line = { ...transcript, prevHash: headHash };
        headHash = lineHash(line);
        const text = JSON.stringify(line);
        lines.push(text);
        bytes += text.length;
        if (bytes > bulkBytes) await write();
      }
      refuseLostLines(source.dir, source.manifest, target.name, read);
      return { lines: read, headHash: sourceHead };
    },
    end: write,
  };
}

/** What a line says, wherever it stands in a chain. */
function digestOf(transcript: Transcript): string {
  const { prevHash: _prevHash, ...rest } = transcript;
  return createHash("sha256").update(JSON.stringify(rest)).digest("base64");
}

function refuseForeign(
  source: MergeSource,
  target: Manifest["targets"][number],
  line: Transcript,
  number: number,
): void {
  const { probeHash, wording, targetHash, index } = line;
  if (line.target !== target.name || targetHash !== target.hash)
    throw damagedLine(
      transcriptPath(source.dir, target.name),
      number,
      `expected a sample of target ${target.name} as the manifest has it`,
    );
  if (sampleId({ probeHash, wording, targetHash, index }) !== line.sampleId)
    throw damagedLine(
      transcriptPath(source.dir, target.name),
      number,
      "its sampleId is not that of its probe, wording, target and index",
    );
}

function twoRecords(one: MergeSource, two: MergeSource, { target, probe, index }: Transcript): StoreError {
  return new StoreError(
    "store.two-records",
    `sample ${index} of probe ${probe} and target ${target} was asked twice, in ${one.dir} and in ${two.dir}, and has two records: expected one; leave one of the two runs out, for which answer counts is not to be chosen afterwards`,
  );
}

/** Copies the lines on exhausted attempts, a line that several sources share once. */
async function uniteAttempts(
  dir: string,
  target: string,
  sources: readonly MergeSource[],
  queue: CommitQueue,
): Promise<void> {
  const seen = new Set<string>();
  let lines: string[] = [];
  let bytes = 0;
  const write = async () => {
    if (lines.length > 0) await queue.appendBulk(attemptsPath(dir, target), lines);
    lines = [];
    bytes = 0;
  };
  for (const source of sources) {
    const path = attemptsPath(source.dir, target);
    for await (const line of rawLines(path)) {
      if (!line.terminated) break;
      const parsed = failedSampleSchema.safeParse(parseLine(path, line));
      if (!parsed.success) throw damagedLine(path, line.number, "expected a failed sample");
      const digest = createHash("sha256").update(line.bytes).digest("base64");
      if (seen.has(digest)) continue;
      seen.add(digest);
      const text = line.bytes.toString("utf8");
      lines.push(text);
      bytes += text.length;
      if (bytes > bulkBytes) await write();
    }
  }
  await write();
}

async function refuseExisting(dir: string): Promise<void> {
  const exists = await stat(dir).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new StoreError(
      "store.exists",
      `${dir} exists already: expected a new folder for the united run; choose another with --run`,
    );
}

function toStoreErrorUnlessExpected(error: unknown, dir: string): unknown {
  return error instanceof Error && "syscall" in error ? toStoreError(error, "write", dir) : error;
}
