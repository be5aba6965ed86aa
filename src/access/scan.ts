import { existsSync } from "node:fs";
import { chmod, mkdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type AccessAnalysis, accessAnalysisSchema } from "../schema/access.ts";
import type { AccessSettings } from "../schema/access-settings.ts";
import { acquireLock } from "../store/lock.ts";
import { makeFolder } from "../store/make-folder.ts";
import { syncFolder, writeAtomically } from "../store/write-atomically.ts";
import { accountsCsv } from "./accounts-csv.ts";
import { assembleAnalysis } from "./assemble.ts";
import { type Database, databaseFile, withDatabase } from "./database.ts";
import { loadAccessLabels, unknownLabelsNote } from "./load-labels.ts";
import type { BadRowLimit } from "./log/bad-rows.ts";
import { ingest } from "./log/ingest.ts";
import type { LoadedMapping } from "./log/load-mapping.ts";
import { logCaveats } from "./log/log-caveats.ts";
import { findLogFiles } from "./log/log-files.ts";
import { excerptsFile } from "./prompts/prompt-sections.ts";
import { createPseudonyms, folderKey, keyFile, newKey } from "./pseudonyms.ts";
import { runSteps } from "./run-steps.ts";
import { steps } from "./steps.ts";

/** What `congener access scan` is asked for. */
export interface ScanOptions {
  /** Files, folders and patterns, relative to `cwd`. */
  readonly logs: readonly string[];
  readonly cwd: string;
  readonly mapping: LoadedMapping;
  readonly settings: AccessSettings;
  /** CSV file of what accounts are known to be; null without. */
  readonly labelsFile: string | null;
  /** Folder of the output; made if it is not there. */
  readonly folder: string;
  /** DuckDB's bound, as `3GB`. */
  readonly memory: string;
  readonly threads: number;
  readonly badRows: BadRowLimit;
  readonly now: Date;
  readonly congenerVersion: string;
  readonly signal: AbortSignal;
  readonly progress: (what: string) => void;
  /** Called once a second with the share of the present work that is done, where it is known. */
  readonly tick?: (share: number) => void;
}

/** Of files that stay with the analyst: they name accounts and hold prompts. */
const privateMode = 0o600;

/**
 * Measures a log: reads it into DuckDB, runs every step, and writes `access.duckdb`, `access.json`, `accounts.csv`,
 * `excerpts.json` (where the log has prompts) and `pseudonym.key` into the folder. What was there before stays as it was
 * until all is done; a folder that was made for it goes when it is not done.
 *
 * @throws UsageError, StoreError, InsufficientDataError; an aborted signal's reason. Nothing is half-written then.
 */
export async function scan(options: ScanOptions): Promise<AccessAnalysis> {
  const { folder, signal } = options;
  const made = missingFolders(folder);
  await makeFolder(folder);
  const release = acquireLock(folder);
  const work = join(folder, ".scan");
  let analysis: AccessAnalysis | null = null;
  try {
    // A scan that was killed has left it.
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { mode: 0o700 });
    const known = await folderKey(folder);
    const key = known ?? newKey();
    if (known === null) await writeAtomically(join(work, keyFile), `${key}\n`, { mode: privateMode });
    const measured = await measure(options, { work, key });
    await chmod(databaseFile(work), privateMode);
    await writeAtomically(join(work, "accounts.csv"), measured.csv, { mode: privateMode });
    await writeAtomically(join(work, "access.json"), `${JSON.stringify(measured.analysis, null, 1)}\n`);
    signal.throwIfAborted();
    // Words of an earlier scan's exhibits must not stand beside this one's.
    await rm(join(folder, excerptsFile), { force: true });
    for (const name of outputFiles)
      if (existsSync(join(work, name))) await rename(join(work, name), join(folder, name));
    await syncFolder(folder);
    analysis = measured.analysis;
    return analysis;
  } finally {
    await rm(work, { recursive: true, force: true });
    release();
    if (analysis === null) await removeEmpty(made);
  }
}

/** In the order in which they come to their places: whoever finds `access.json` finds what it speaks of. */
const outputFiles = [keyFile, basename(databaseFile("")), excerptsFile, "accounts.csv", "access.json"];

/** The folders of a path that are not there yet, innermost first. */
function missingFolders(path: string): string[] {
  return existsSync(path) || dirname(path) === path ? [] : [path, ...missingFolders(dirname(path))];
}

/** Takes away folders, innermost first, up to the first one that somebody has put something into. */
async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const removed = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}

async function measure(
  options: ScanOptions,
  { work, key }: { readonly work: string; readonly key: string },
): Promise<{ analysis: AccessAnalysis; csv: string }> {
  const { settings, signal, progress } = options;
  const access = {
    file: databaseFile(work),
    temporaryFolder: join(work, "spill"),
    memory: options.memory,
    threads: options.threads,
  };
  return withDatabase(access, async (database) => {
    const stop = () => database.interrupt();
    signal.addEventListener("abort", stop);
    const ticking = setInterval(() => {
      const share = database.done();
      if (share !== null && share > 0) options.tick?.(share);
    }, 1000);
    try {
      const labels =
        options.labelsFile === null ? null : await loadAccessLabels(database, options.labelsFile);
      const files = await findLogFiles(options.logs, { cwd: options.cwd, database });
      const log = await ingest(database, {
        ...options,
        files,
        salts: { secret: key, open: settings.seed },
        stagingFile: join(work, "staging.duckdb"),
      });
      await rm(join(work, "staging.duckdb"), { force: true });
      if (labels !== null) {
        const names = await database.rows<{ name: string }>("SELECT name FROM account");
        const note = unknownLabelsNote(labels.keys(), new Set(names.map(({ name }) => name)));
        if (note !== null) progress(note);
      }
      progress("naming accounts");
      const pseudonyms = await createPseudonyms(database, key);
      const found = await runSteps(database, { ...options, labels, steps, log, pseudonyms, folder: work });
      progress("writing");
      const kinds = await accountKinds(database);
      const findings = { ...found, caveats: [...logCaveats(log, settings), ...found.caveats] };
      const input = { ...options, labels, findings, log, pseudonyms, kinds };
      return { analysis: accessAnalysisSchema.parse(assembleAnalysis(input)), csv: accountsCsv(input) };
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      clearInterval(ticking);
      signal.removeEventListener("abort", stop);
    }
  });
}

async function accountKinds(database: Database): Promise<string[]> {
  const kinds: string[] = [];
  const query = "SELECT id, coalesce(kind, 'unknown') AS kind FROM account";
  for await (const rows of database.batches<{ id: number; kind: string }>(query))
    for (const { id, kind } of rows) kinds[id] = kind;
  return kinds;
}
