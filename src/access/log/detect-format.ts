import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip, constants as zlib } from "node:zlib";
import { UsageError } from "../../errors.ts";
import type { AccessMapping } from "../../schema/access-settings.ts";
import type { LogFile } from "./log-files.ts";

/** How a file is read. */
export interface LogFormat {
  readonly format: "jsonl" | "csv" | "parquet";
  readonly gzip: boolean;
  /** First bytes, unpacked; empty for Parquet. */
  readonly head: Buffer;
}

const headBytes = 1 << 20;

/**
 * How a file is written: by its first bytes, its name only deciding between JSONL and CSV, and `wanted` before both.
 * @throws UsageError: a JSON array, UTF-16, another compression, bytes that are no text; a file that is not `wanted`
 */
export async function detectFormat(file: LogFile, wanted: AccessMapping["format"]): Promise<LogFormat> {
  const raw = await firstBytes(file.path, headBytes);
  const gzip = raw[0] === 0x1f && raw[1] === 0x8b;
  if (raw.subarray(0, 4).toString("latin1") === "PAR1") {
    if (wanted !== "auto" && wanted !== "parquet") throw notWanted(file, wanted, "Parquet");
    return { format: "parquet", gzip: false, head: Buffer.alloc(0) };
  }
  refuseCompression(file, raw);
  const head = gzip ? await unpackedHead(file, raw) : raw;
  if (wanted === "parquet") throw notWanted(file, wanted, gzip ? "gzip" : "text");
  refuseNoText(file, head);
  const format = wanted === "auto" ? textFormat(file, head) : wanted;
  return { format, gzip, head };
}

/**
 * Reads a gzip file to its end, for DuckDB takes a cut one for a whole one.
 * @throws UsageError when it is cut short or damaged
 */
export async function checkGzip(file: LogFile, signal: AbortSignal): Promise<void> {
  try {
    const counted = async (bytes: AsyncIterable<Buffer>) => {
      for await (const _ of bytes);
    };
    await pipeline(
      createReadStream(file.path, { highWaterMark: 1 << 18 }),
      createGunzip({ chunkSize: 1 << 18 }),
      counted,
      { signal },
    );
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw damaged(file, cause);
  }
}

async function firstBytes(path: string, bytes: number): Promise<Buffer> {
  const handle = await open(path).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError("access.log", `cannot read ${path}: ${why}`, { cause });
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The head of a gzip file may end anywhere, so the rest of it is not asked for. */
async function unpackedHead(file: LogFile, raw: Buffer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const gunzip = createGunzip({ finishFlush: zlib.Z_SYNC_FLUSH });
  let size = 0;
  try {
    gunzip.end(raw);
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= headBytes) break;
    }
  } catch (cause) {
    throw damaged(file, cause);
  }
  return Buffer.concat(chunks).subarray(0, headBytes);
}

function refuseCompression(file: LogFile, raw: Buffer): void {
  const known: readonly [string, string][] = [
    ["28b52ffd", "zstd"],
    ["425a68", "bzip2"],
    ["fd377a58", "xz"],
    ["504b0304", "zip"],
  ];
  const [, name] = known.find(([magic]) => raw.subarray(0, magic.length / 2).toString("hex") === magic) ?? [];
  if (name !== undefined)
    throw new UsageError(
      "access.compression",
      `${file.name} is packed with ${name}: expected plain text, gzip or Parquet; unpack it, or pack it with gzip`,
    );
}

function refuseNoText(file: LogFile, head: Buffer): void {
  const mark = head.subarray(0, 2).toString("hex");
  if (mark === "fffe" || mark === "feff")
    throw new UsageError(
      "access.encoding",
      `${file.name} is UTF-16: expected UTF-8; convert it, for example with iconv -f UTF-16 -t UTF-8`,
    );
  const start = head.subarray(0, 4096);
  const zeros = start.filter((byte) => byte === 0).length;
  if (zeros > start.length / 20)
    throw new UsageError(
      "access.format",
      `${file.name} is not text: expected JSONL, CSV or Parquet, or the first two packed with gzip`,
    );
}

function textFormat(file: LogFile, head: Buffer): "jsonl" | "csv" {
  const [first] = head
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .trimStart();
  if (first === "[")
    throw new UsageError(
      "access.format",
      `${file.name} is one JSON array: expected an object a line; jq -c '.[]' ${JSON.stringify(file.name)} writes it so`,
    );
  if (first === "{") return "jsonl";
  if (first === undefined && /\.(jsonl|ndjson|json)(\.gz)?$/i.test(file.name)) return "jsonl";
  if (/\.(jsonl|ndjson|json)(\.gz)?$/i.test(file.name)) return "jsonl";
  return "csv";
}

const notWanted = (file: LogFile, wanted: string, got: string): UsageError =>
  new UsageError("access.format", `${file.name} is ${got}, but the mapping says format: ${wanted}`);

const damaged = (file: LogFile, cause: unknown): UsageError =>
  new UsageError(
    "access.gzip",
    `${file.name} is cut short or damaged (${cause instanceof Error ? cause.message : String(cause)}): expected a whole gzip file; export it again`,
    { cause },
  );
