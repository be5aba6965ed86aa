import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { UsageError } from "../../errors.ts";
import { type Database, literal } from "../database.ts";

/** A file of the log. */
export interface LogFile {
  readonly path: string;
  /** For messages: without the folder. */
  readonly name: string;
  readonly bytes: number;
}

const logName = /\.(jsonl|ndjson|json|csv|tsv|parquet|pq)(\.gz)?$/i;

/**
 * The files that words on the command line stand for: a file, a folder (the logs right in it, by name), or a pattern
 * with `*`, `?`, `[...]` or `**`. Sorted by path and each once, so that the order of words changes nothing.
 * @throws UsageError when a word stands for nothing, or a folder holds no log
 */
export async function findLogFiles(
  words: readonly string[],
  options: { readonly cwd: string; readonly database: Database },
): Promise<LogFile[]> {
  const found = new Map<string, LogFile>();
  for (const word of words) {
    const path = resolve(options.cwd, word);
    const paths = await pathsOf(path, word, options.database);
    for (const file of paths)
      found.set(file, { path: file, name: basename(file), bytes: (await stat(file)).size });
  }
  const sorted = [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  if (sorted.length === 0)
    throw new UsageError("access.no-log", "no log named: expected files, folders or patterns");
  return sorted;
}

async function pathsOf(path: string, word: string, database: Database): Promise<string[]> {
  const entry = await stat(path).catch(() => null);
  if (entry?.isFile()) return [path];
  if (entry?.isDirectory()) {
    const names = (await readdir(path)).filter((name) => logName.test(name) && !name.startsWith("."));
    const files = await Promise.all(
      names.map(async (name) => ((await stat(join(path, name))).isFile() ? [join(path, name)] : [])),
    );
    if (files.flat().length === 0)
      throw new UsageError(
        "access.no-log",
        `${word} holds no log: expected files that end in .jsonl, .csv or .parquet, or those with .gz`,
      );
    return files.flat();
  }
  if (entry !== null)
    throw new UsageError(
      "access.no-log",
      `${word} is neither a file nor a folder: a log is read twice, so write it to a file first`,
    );
  const matches = /[*?[]/.test(path)
    ? await database.rows<{ file: string }>(
        `SELECT file FROM glob(${literal(path)}) WHERE NOT starts_with(parse_filename(file), '.')`,
      )
    : [];
  if (matches.length === 0)
    throw new UsageError(
      "access.no-log",
      `${word} is not there: expected a log file, a folder of them, or a pattern`,
    );
  return matches.map(({ file }) => file);
}

/** A path as DuckDB's readers want it: what they would take for a pattern escaped. */
export const readerPath = (path: string): string => literal(path.replaceAll(/[*?[]/g, "[$&]"));
