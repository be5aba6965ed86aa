import { UsageError } from "../errors.ts";
import { objectField, type RowPlace } from "./imported-sample.ts";
import { sourceBytes } from "./source-bytes.ts";

/** Longest line of a JSONL file that is read, in bytes: longer ones are no answers but some other file. */
const longestLineBytes = 64 * 1024 * 1024;

async function* rawLines(path: string): AsyncGenerator<{ number: number; bytes: Buffer }> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let number = 0;
  for await (const chunk of sourceBytes(path)) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      number++;
      yield { number, bytes: parts.length === 1 ? Buffer.from(parts[0] ?? []) : Buffer.concat(parts) };
      parts = [];
      length = 0;
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > longestLineBytes)
      throw new UsageError(
        "import.line",
        `${path}:${number + 1}: the line is longer than ${longestLineBytes} bytes; expected one JSON object a line`,
      );
  }
  if (length > 0) yield { number: number + 1, bytes: Buffer.concat(parts) };
}

/** One row of a JSONL file with its place. */
export interface JsonLine extends RowPlace {
  readonly value: Record<string, unknown>;
}

/**
 * Objects of a JSONL file, plain or gzip, one at a time; empty lines and a byte order mark are skipped.
 * @throws UsageError naming the line that is no JSON object, not UTF-8, or too long
 */
export async function* jsonLines(path: string): AsyncGenerator<JsonLine> {
  const file = path;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const { number, bytes } of rawLines(path)) {
    const row = { file, number, place: `${file}:${number}` };
    let value: unknown;
    try {
      const text = decoder.decode(bytes).trim();
      if (text === "") continue;
      value = JSON.parse(text);
    } catch (cause) {
      const reason = (cause as Error).message.replace(/\s+/g, " ").slice(0, 120);
      throw new UsageError("import.json", `${row.place}: not a JSON object in UTF-8: ${reason}`, { cause });
    }
    yield { ...row, value: objectField(row, "(line)", value) };
  }
}
