import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { UsageError } from "../errors.ts";

function unreadable(path: string, cause: unknown): UsageError {
  const code = (cause as NodeJS.ErrnoException).code;
  const reason =
    code === "ENOENT"
      ? "no such file"
      : code === "EISDIR"
        ? "it is a folder"
        : String((cause as Error).message);
  return new UsageError("import.read", `cannot read ${path}: ${reason}`, { cause });
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const magic = Buffer.alloc(4);
    await handle.read(magic, 0, 4, 0);
    if (magic[0] === 0x50 && magic[1] === 0x4b)
      throw new UsageError(
        "import.format",
        `${path} is a ZIP archive; expected plain text or gzip: unpack it, or convert an Inspect .eval log with: inspect log convert --to json`,
      );
    return magic[0] === 0x1f && magic[1] === 0x8b;
  } catch (cause) {
    throw cause instanceof UsageError ? cause : unreadable(path, cause);
  } finally {
    await handle.close();
  }
}

/**
 * Bytes of a file, gunzipped where its first two bytes say so.
 * @param hash - fed with the file's own (compressed) bytes
 * @throws UsageError `import.read` when it cannot be read, is cut short, or is a ZIP archive
 */
export async function* sourceBytes(
  path: string,
  hash?: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  const gzip = await isGzip(path);
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  if (hash !== undefined) file.on("data", (chunk) => hash.update(chunk));
  const stream = gzip ? file.pipe(createGunzip({ chunkSize: 1 << 18 })) : file;
  if (gzip) file.on("error", (error) => stream.destroy(error));
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    file.destroy();
    stream.destroy();
  }
}

/** First bytes of a file's content, at most `length`. @throws UsageError as `sourceBytes` */
export async function sourceHead(path: string, length: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of sourceBytes(path)) {
    parts.push(chunk);
    size += chunk.length;
    if (size >= length) break;
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** SHA-256 of a file's bytes as they lie on disk, and its base name. @throws UsageError when it cannot be read */
export async function sourceHash(path: string): Promise<{ file: string; sha256: string }> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return { file: basename(path), sha256: hash.digest("hex") };
}
