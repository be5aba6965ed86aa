import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { StoreError, UsageError } from "../../errors.ts";
import type { Analysis } from "../../schema/analysis.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { Target } from "../../schema/target.ts";
import { readAnalysis } from "../../store/analysis-file.ts";
import { readManifest } from "../../store/manifest-file.ts";
import { answerNames } from "../../store/read-answers.ts";
import { readTargetRecords, type TargetRecords } from "./target-records.ts";

/** A run of a history; its answers stay on disk. */
export interface HistoryFolder {
  /** As it was typed. */
  readonly run: string;
  readonly dir: string;
  readonly manifest: Manifest;
  /** Null where `compare` has not been run. */
  readonly analysis: Analysis | null;
  readonly targets: ReadonlyMap<string, Target & { readonly hash: string }>;
  /** Probe content hash -> id under which `readAnswers` gives it, and family. */
  readonly probes: ReadonlyMap<string, { readonly id: string; readonly family: string }>;
  /** Reads a target's records once and keeps them until `forget`. */
  records(target: string): Promise<TargetRecords>;
  forget(): void;
}

/**
 * Opens the runs and puts them in order of when they were started; equal times stay as typed.
 * @throws UsageError for fewer than two runs, the same run twice, or a shard
 */
export async function openRuns(cwd: string, runs: readonly string[]): Promise<HistoryFolder[]> {
  if (runs.length < 2)
    throw new UsageError(
      "history.one-run",
      `a history needs two runs or more, got ${runs.length}; name them: congener history RUN RUN...`,
    );
  const folders: HistoryFolder[] = [];
  const real = new Map<string, string>();
  for (const run of runs) {
    const folder = await openRun(resolve(cwd, run), run);
    const path = await realpath(folder.dir);
    const other = real.get(path);
    if (other !== undefined)
      throw new UsageError(
        "history.same-run",
        `${run} is the same run as ${other}: expected different runs; name each once`,
      );
    real.set(path, run);
    folders.push(folder);
  }
  return folders
    .map((folder, at) => ({ folder, at }))
    .sort((a, b) => {
      const [one, two] = [a.folder.manifest.createdAt, b.folder.manifest.createdAt];
      return one < two ? -1 : one > two ? 1 : a.at - b.at;
    })
    .map(({ folder }) => folder);
}

async function openRun(dir: string, run: string): Promise<HistoryFolder> {
  const manifest = await readManifest(dir);
  if (manifest.shard !== undefined) {
    const { index, count } = manifest.shard;
    throw new UsageError(
      "history.shard",
      `${run} is shard ${index} of ${count}: expected a whole run; unite the shards first: congener merge SHARD... --run DIR`,
    );
  }
  const families = new Map(
    manifest.suites.flatMap(({ name, probes }) =>
      probes.flatMap(({ id, family }) => [[id, family] as const, [`${name}:${id}`, family] as const]),
    ),
  );
  const kept = new Map<string, TargetRecords>();
  return {
    run,
    dir,
    manifest,
    analysis: await analysisOf(dir),
    targets: new Map(manifest.targets.map((target) => [target.name, target])),
    probes: new Map(
      [...answerNames(manifest)].map(([hash, id]) => [hash, { id, family: families.get(id) ?? "" }]),
    ),
    records: async (target) => {
      const records = kept.get(target) ?? (await readTargetRecords(dir, manifest, target));
      kept.set(target, records);
      return records;
    },
    forget: () => {
      kept.clear();
    },
  };
}

async function analysisOf(dir: string): Promise<Analysis | null> {
  try {
    return await readAnalysis(dir);
  } catch (error) {
    if (error instanceof StoreError && error.code === "store.no-analysis") return null;
    throw error;
  }
}
