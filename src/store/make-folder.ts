import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { StoreError } from "../errors.ts";
import { systemErrorCode, toStoreError } from "./system-error.ts";

/**
 * Makes a folder and its missing parents, one after the other: `mkdir` with `recursive` never returns for a folder
 * that cannot be made below one that exists and says ENOENT, as those of /proc do.
 * @throws StoreError when a file is in the way or the folder cannot be made
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = [];
  let at = path;
  try {
    while (!(await isFolder(at))) {
      missing.unshift(at);
      at = dirname(at);
    }
    for (const folder of missing) {
      try {
        await mkdir(folder);
      } catch (error) {
        // Another process was faster.
        if (systemErrorCode(error) !== "EEXIST" || !(await isFolder(folder))) throw error;
      }
    }
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST")
      throw new StoreError(
        "store.path",
        `cannot create the folder ${path}: a file of that name is in the way; name another folder`,
      );
    throw toStoreError(error, "create the folder", path);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw error;
  }
}
