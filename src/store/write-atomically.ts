import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder } from "./make-folder.ts";
import { toStoreError } from "./system-error.ts";

/** Name of a file that is being written. */
export const temporaryName = /^\.tmp-[0-9a-f]{12}$/;

/**
 * Writes a whole file so that a reader, or the next process after a crash, finds either the old or the new content:
 * temporary file beside it, sync, rename, sync of the folder. Missing parent folders are created.
 * @param options.durable - false leaves the syncs out: still whole for every reader, but not after a power failure
 * @param options.mode - permissions, less the process's mask; 0o666 if left out
 * @throws StoreError when the disk is full or the folder cannot be written; the old file is then untouched
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  options: { readonly durable?: boolean; readonly mode?: number } = {},
): Promise<void> {
  const durable = options.durable ?? true;
  await makeFolder(dirname(path));
  const temporary = join(dirname(path), `.tmp-${randomBytes(6).toString("hex")}`);
  try {
    const handle = await open(temporary, "wx", options.mode ?? 0o666);
    try {
      await handle.writeFile(content);
      if (durable) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw toStoreError(error, "write", path);
  }
  if (durable) await syncFolder(dirname(path));
}

/** Makes new names in a folder survive a power failure; where a system cannot sync folders (Windows) it does nothing. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Not every file system can; the content itself is synced.
  }
}
