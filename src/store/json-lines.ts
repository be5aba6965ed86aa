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

const pieceBytes = 1 << 20;

/**
 * Lines of a file, read in pieces of 1 MB; a missing file has none. `bytes` are valid until the next line is
 * asked for.
 * @throws StoreError when the file cannot be read
 */
export async function* rawLines(path: string): AsyncGenerator<RawLine> {
  const handle = await open(path, "r").catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw toStoreError(error, "read", path);
  });
  if (handle === null) return;
  // While one piece is looked at, the next one is read.
  const pieces = [Buffer.allocUnsafe(pieceBytes), Buffer.allocUnsafe(pieceBytes)] as const;
  const readPiece = (count: number, position: number) => {
    const piece = handle.read(pieces[count % 2 === 0 ? 0 : 1], 0, pieceBytes, position);
    // A failure is told when its piece is asked for.
    piece.catch(() => {});
    return piece;
  };
  let reading = readPiece(0, 0);
  try {
    let carried: Buffer[] = [];
    let carriedBytes = 0;
    let position = 0;
    let number = 0;
    for (let count = 1; ; count++) {
      const { buffer, bytesRead } = await reading;
      if (bytesRead === 0) break;
      reading = readPiece(count, position + bytesRead);
      const piece = buffer.subarray(0, bytesRead);
      let start = 0;
      for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, start)) {
        const rest = piece.subarray(start, end);
        const bytes = carriedBytes === 0 ? rest : Buffer.concat([...carried, rest]);
        yield { bytes, number: ++number, offset: position + start - carriedBytes, terminated: true };
        carried = [];
        carriedBytes = 0;
        start = end + 1;
      }
      if (start < bytesRead) {
        carried.push(Buffer.from(piece.subarray(start)));
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
    await reading.catch(() => {});
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
