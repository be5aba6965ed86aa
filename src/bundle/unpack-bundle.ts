import { closeSync, createReadStream, mkdirSync, openSync, writeSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { Parser, type ReadEntry } from "tar";
import { SchemaError } from "../errors.ts";
import { toStoreError } from "../store/system-error.ts";
import { isBundleName } from "./layout.ts";

/** How far an archive may unfold. */
export interface UnpackBounds {
  readonly mostBytes: number;
  readonly mostFiles: number;
  /** Unpacked bytes a packed one, above `freeBytes`. Transcripts reach 20: the hashes and salts in every line do not shrink. */
  readonly mostRatio: number;
  readonly freeBytes: number;
}

export const unpackBounds: UnpackBounds = {
  mostBytes: 16 * 2 ** 30,
  mostFiles: 100_000,
  mostRatio: 200,
  freeBytes: 64 * 2 ** 20,
};

const unfinishedEntry = "it is truncated";

/**
 * Unpacks a bundle's .tar.gz into an empty folder. The archive is hostile until verified: regular files with plain names
 * only, each once, whatever case; no link, no device, no absolute or `..` path; bounded in bytes, files and ratio.
 * @throws SchemaError naming the archive and what is wrong with it; StoreError where it cannot be read or the folder not written
 */
export async function unpackBundle(
  file: string,
  into: string,
  bounds: UnpackBounds = unpackBounds,
): Promise<void> {
  const fail = (what: string) =>
    new SchemaError("bundle.archive", `${file} is no archive of an evidence bundle: ${what}`);
  const { size } = await stat(file).catch((error: unknown) => {
    throw toStoreError(error, "read", file);
  });
  const most = Math.min(bounds.mostBytes, Math.max(bounds.freeBytes, size * bounds.mostRatio));
  const writer = entryWriter(into, bounds, fail);
  // The first one: what a stream says when it is torn down after that is not it.
  let problem: unknown = null;
  const note = (error: unknown) => {
    problem ??= error;
  };
  const parser = new Parser({
    strict: true,
    maxDecompressionRatio: Number.POSITIVE_INFINITY,
    onReadEntry: writer.add,
  });
  parser.on("error", note);
  // Of kinds that tar does not know.
  parser.on("ignoredEntry", () => note(fail("it holds an entry that is no file")));
  let bytes = 0;
  const take = (chunk: Buffer) => {
    // Within is a tar, not another compressed stream, which tar would unfold without bounds.
    if (bytes === 0 && !isTarStart(chunk)) throw fail("what is packed in it is no tar");
    bytes += chunk.length;
    if (bytes > most) throw fail(`it unfolds to more than ${most} bytes from ${size}`);
    parser.write(chunk);
  };
  try {
    await pipeline(createReadStream(file), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      try {
        for await (const chunk of chunks) {
          take(chunk);
          if (problem !== null) throw problem;
        }
        parser.end();
      } catch (error) {
        note(error);
        throw error;
      }
    });
    if (writer.unfinished()) note(fail(unfinishedEntry));
  } catch (error) {
    note(error);
  } finally {
    writer.close();
  }
  if (bytes === 0) note(fail(unfinishedEntry));
  if (problem !== null) throw explained(problem, file, fail);
}

/** Writes entries as they come. All in one go: what tar holds back would be held in memory. */
function entryWriter(into: string, bounds: UnpackBounds, fail: (what: string) => SchemaError) {
  const seen = new Set<string>();
  let open: number | null = null;
  const close = () => {
    if (open !== null) closeSync(open);
    open = null;
  };
  return {
    close,
    unfinished: () => open !== null,
    add(entry: ReadEntry) {
      const name = entry.path;
      if (entry.type === "Directory" && isBundleName(name.replace(/\/$/, ""))) return entry.resume();
      if (entry.type !== "File" && entry.type !== "OldFile")
        throw fail(`${shown(name)} is a ${entry.type}: expected regular files`);
      if (!isBundleName(name)) throw fail(`it holds ${shown(name)}: expected plain relative paths`);
      const key = name.toLowerCase();
      if (seen.has(key)) throw fail(`it holds ${shown(name)} twice, or in two cases`);
      seen.add(key);
      if (seen.size > bounds.mostFiles) throw fail(`it holds more than ${bounds.mostFiles} files`);
      const path = join(into, name);
      mkdirSync(dirname(path), { recursive: true });
      const descriptor = openSync(path, "wx", 0o644);
      open = descriptor;
      entry.on("data", (chunk: Buffer) => {
        for (let at = 0; at < chunk.length; ) at += writeSync(descriptor, chunk, at);
      });
      entry.on("end", close);
      return entry;
    },
  };
}

/** A tar's first block holds `ustar` at byte 257. */
const isTarStart = (chunk: Buffer): boolean =>
  chunk.length >= 262 && chunk.toString("latin1", 257, 262) === "ustar";

function explained(error: unknown, file: string, fail: (what: string) => SchemaError): unknown {
  if (error instanceof SchemaError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.startsWith("Z_BUF")) return fail(unfinishedEntry);
  if (code.startsWith("Z_")) return fail("it is no gzip, or damaged");
  if (code.startsWith("TAR_")) return fail(`its tar is damaged (${(error as Error).message})`);
  return toStoreError(error, "unpack", file);
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 200));
