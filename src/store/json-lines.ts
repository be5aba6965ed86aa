import { isUtf8 } from "node:buffer";
import { open } from "node:fs/promises";
import { StoreError } from "../errors.ts";
import { systemErrorCode, toStoreError } from "./system-error.ts";

/** One line of a file as bytes, without its line break. */
export interface RawLine {
  readonly bytes: Buffer;
  /** Line number, from 1. */
  readonly number: number;
  /** Byte offset of the line's first byte. */
  readonly offset: number;
  /** False for the rest after the last line break: a line that was being written when the process ended. */
  readonly terminated: boolean;
}

const chunkBytes = 1 << 20;

/**
 * Lines of a file, read in pieces of 1 MB; a missing file has none. `bytes` are parts of a piece: who keeps them keeps it.
 * @throws StoreError when the file cannot be read
 */
export async function* rawLines(path: string): AsyncGenerator<RawLine> {
  const handle = await open(path, "r").catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw toStoreError(error, "read", path);
  });
  if (handle === null) return;
  try {
    let carried: Buffer[] = [];
    let carriedBytes = 0;
    let position = 0;
    let number = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const { bytesRead } = await handle.read(chunk, 0, chunkBytes, position);
      if (bytesRead === 0) break;
      let start = 0;
      for (let end = chunk.indexOf(10); end !== -1 && end < bytesRead; end = chunk.indexOf(10, start)) {
        const rest = chunk.subarray(start, end);
        const bytes = carriedBytes === 0 ? rest : Buffer.concat([...carried, rest]);
        yield { bytes, number: ++number, offset: position + start - carriedBytes, terminated: true };
        carried = [];
        carriedBytes = 0;
        start = end + 1;
      }
      if (start < bytesRead) {
        carried.push(chunk.subarray(start, bytesRead));
        carriedBytes += bytesRead - start;
      }
      position += bytesRead;
    }
    if (carriedBytes > 0)
      yield {
        bytes: Buffer.concat(carried),
        number: number + 1,
        offset: position - carriedBytes,
        terminated: false,
      };
  } catch (error) {
    throw toStoreError(error, "read", path);
  } finally {
    await handle.close();
  }
}

/**
 * The JSON object of a line.
 * @throws StoreError naming file and line when the bytes are no UTF-8 or no JSON object
 */
export function parseLine(path: string, line: Pick<RawLine, "bytes" | "number">): Record<string, unknown> {
  return parseAs("utf8", path, line);
}

/**
 * The same checks at twice the speed; texts beyond ASCII come out garbled, so it serves to read ids, numbers and names
 * of the tool's own. (Valid UTF-8 is JSON if and only if its bytes read one by one are.)
 */
export function parseAsciiFields(
  path: string,
  line: Pick<RawLine, "bytes" | "number">,
): Record<string, unknown> {
  return parseAs("latin1", path, line);
}

function parseAs(
  encoding: "utf8" | "latin1",
  path: string,
  line: Pick<RawLine, "bytes" | "number">,
): Record<string, unknown> {
  try {
    if (!isUtf8(line.bytes)) throw new Error("no valid UTF-8");
    const value: unknown = JSON.parse(line.bytes.toString(encoding));
    if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Error("no object");
    return value as Record<string, unknown>;
  } catch (cause) {
    throw damagedLine(path, line.number, "expected one JSON object a line", cause);
  }
}

/** The error for a line that was changed or damaged after it was written. */
export function damagedLine(path: string, line: number, expected: string, cause?: unknown): StoreError {
  return new StoreError(
    "store.damaged",
    `${path}:${line} is damaged: ${expected}; restore the file from a copy, or move the run folder away and run again`,
    cause === undefined ? {} : { cause },
  );
}
