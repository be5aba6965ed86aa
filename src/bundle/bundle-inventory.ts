import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { toStoreError } from "../store/system-error.ts";

/** More files than any bundle has: some dozen, and four for each target. */
const mostFiles = 200_000;

/** What lies in a folder, links not followed. */
export interface Inventory {
  /** Paths of regular files from the folder, with `/`, sorted by code units. */
  readonly files: readonly string[];
  /** Paths of links, sockets and the like. */
  readonly others: readonly string[];
}

/** Every file below a folder. @throws StoreError where it cannot be read or holds too many */
export async function inventory(dir: string): Promise<Inventory> {
  const files: string[] = [];
  const others: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(dir, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else (entry.isFile() ? files : others).push(path);
      if (files.length + others.length > mostFiles) throw new Error(`more than ${mostFiles} files`);
    }
  };
  try {
    if (!(await lstat(dir)).isDirectory()) throw new Error("no folder");
    await visit("");
  } catch (error) {
    throw toStoreError(error, "read the folder", dir);
  }
  return { files: files.sort(), others: others.sort() };
}

/** SHA-256 of a file's bytes as 64 hex digits, streamed. @throws StoreError */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  } catch (error) {
    throw toStoreError(error, "read", path);
  }
  return hash.digest("hex");
}

/** A line of SHA256SUMS as `sha256sum` writes and reads it. */
export const sumLine = (sha256: string, name: string): string => `${sha256}  ${name}\n`;
