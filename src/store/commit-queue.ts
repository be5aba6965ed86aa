import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { StoreError } from "../errors.ts";
import { toStoreError } from "./system-error.ts";
import { syncFolder } from "./write-atomically.ts";

interface LogFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Bytes that are known to be whole lines. */
  size: number;
}

interface Waiting {
  readonly lines: string[];
  readonly settle: { resolve: () => void; reject: (error: StoreError) => void }[];
}

/** Appends lines to many files; lines that come within a few milliseconds share one write and one sync a file. */
export interface CommitQueue {
  /** Resolves when the line (without line break) is on disk. After a failure every later call rejects with it. */
  append(path: string, line: string): Promise<void>;
  /** Writes lines without a sync of its own; `flush` makes them durable. */
  appendBulk(path: string, lines: readonly string[]): Promise<void>;
  /** Resolves when everything appended so far is on disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** How long the first line of a group waits for others, in milliseconds. */
const groupMs = 9;

/**
 * A queue with group commit (fdatasync). When a write fails, the file is cut back to its last whole line, so nothing
 * already written is lost, and the queue takes no more.
 */
export function createCommitQueue(): CommitQueue {
  const files = new Map<string, Promise<LogFile>>();
  let waiting = new Map<string, Waiting>();
  let commit: Promise<void> | null = null;
  let failure: StoreError | null = null;

  const openFile = (path: string): Promise<LogFile> => {
    const known = files.get(path);
    if (known !== undefined) return known;
    const opened = openForAppend(path);
    files.set(path, opened);
    return opened;
  };

  const write = async (path: string, lines: readonly string[], sync: boolean): Promise<void> => {
    try {
      const file = await openFile(path);
      const bytes = Buffer.from(`${lines.join("\n")}\n`, "utf8");
      try {
        await writeWhole(file.handle, bytes);
        if (sync) await file.handle.datasync();
      } catch (error) {
        await file.handle.truncate(file.size).catch(() => {});
        throw error;
      }
      file.size += bytes.length;
    } catch (error) {
      failure ??= toStoreError(error, "write", path);
      throw failure;
    }
  };

  const runCommit = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, groupMs));
    while (waiting.size > 0) {
      const group = waiting;
      waiting = new Map();
      await Promise.all(
        [...group].map(async ([path, { lines, settle }]) => {
          try {
            if (failure !== null) throw failure;
            await write(path, lines, true);
            for (const { resolve } of settle) resolve();
          } catch (error) {
            for (const { reject } of settle) reject(toStoreError(error, "write", path));
          }
        }),
      );
    }
    commit = null;
  };

  const flush = async (): Promise<void> => {
    await commit;
    for (const [path, opened] of files) {
      const file = await opened.catch(() => null);
      await file?.handle.datasync().catch((error: unknown) => {
        // A device without sync (EINVAL) has nothing to lose.
        if (!(error instanceof Error && "code" in error && error.code === "EINVAL"))
          failure ??= toStoreError(error, "write", path);
      });
    }
    if (failure !== null) throw failure;
  };

  return {
    append(path, line) {
      if (failure !== null) return Promise.reject(failure);
      const entry = waiting.get(path) ?? { lines: [], settle: [] };
      waiting.set(path, entry);
      entry.lines.push(line);
      const done = new Promise<void>((resolve, reject) => entry.settle.push({ resolve, reject }));
      commit ??= runCommit();
      return done;
    },
    async appendBulk(path, lines) {
      if (failure !== null) throw failure;
      await commit;
      await write(path, lines, false);
    },
    flush,
    async close() {
      try {
        await flush();
      } finally {
        for (const opened of files.values()) await opened.then((file) => file.handle.close()).catch(() => {});
        files.clear();
        failure ??= new StoreError("store.closed", "the run folder was closed: open it again to write");
      }
    },
  };
}

async function openForAppend(path: string): Promise<LogFile> {
  const handle = await open(path, "a");
  const { size } = await handle.stat();
  if (size === 0) await syncFolder(dirname(path));
  return { path, handle, size };
}

async function writeWhole(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; )
    written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten;
}
