import { JSONParser } from "@streamparser/json";
import { UsageError } from "../errors.ts";
import { sourceBytes } from "./source-bytes.ts";

/** Most bytes between two items: a JSON document is streamed item by item, so this bounds memory. */
const largestItemBytes = 256 * 1024 * 1024;

const isByteOrderMark = (chunk: Uint8Array): boolean =>
  chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;

/** One value picked out of a JSON document. */
export interface JsonItem {
  readonly value: unknown;
  /** Key of an object member, index of an array item. */
  readonly key: string | number | undefined;
}

interface MaskState {
  pending: Buffer;
  inString: boolean;
  escaped: boolean;
}

const quote = 0x22;
const backslash = 0x5c;
/** First bytes of NaN, Infinity and -Infinity. */
const suspicious = new Set([0x4e, 0x49, 0x2d]);
const nonFinite = ["NaN", "Infinity", "-Infinity"];
const longestWord = 9;

/**
 * Python writes NaN, Infinity and -Infinity, which are no JSON; outside strings each becomes an empty list of the same
 * length, which no field that is read accepts. A word that a chunk's end may cut waits for the next chunk.
 */
function maskNonFinite(state: MaskState, chunk: Uint8Array, last: boolean): Buffer {
  const bytes = Buffer.concat([state.pending, chunk]);
  let end = bytes.length;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (state.inString) {
      if (state.escaped) state.escaped = false;
      else if (byte === backslash) state.escaped = true;
      else if (byte === quote) state.inString = false;
    } else if (byte === quote) state.inString = true;
    else if (suspicious.has(byte)) {
      if (!last && bytes.length - at < longestWord) {
        end = at;
        break;
      }
      const word = nonFinite.find((name) => bytes.toString("latin1", at, at + name.length) === name);
      if (word !== undefined) bytes.write("[]".padEnd(word.length), at, "latin1");
    }
  }
  state.pending = bytes.subarray(end);
  return bytes.subarray(0, end);
}

/**
 * Values of a JSON document at some paths, as they come, without holding the document.
 * @param paths - as `@streamparser/json` has them, for example `$.samples.*`
 * @throws UsageError when the document is no JSON or an item is larger than 256 MB
 */
export async function* jsonItems(path: string, paths: string[]): AsyncGenerator<JsonItem> {
  const file = path;
  const parser = new JSONParser({ paths, keepStack: false });
  let ready: JsonItem[] = [];
  parser.onValue = ({ value, key }) => {
    ready.push({ value, key });
  };
  let sinceItem = 0;
  const state: MaskState = { pending: Buffer.alloc(0), inString: false, escaped: false };
  const feed = (chunk: Uint8Array, last: boolean): void => {
    try {
      const part = maskNonFinite(state, chunk, last);
      if (part.length > 0) parser.write(part);
    } catch (cause) {
      throw new UsageError(
        "import.json",
        `${file}: not valid JSON: ${(cause as Error).message.replace(/\s+/g, " ").slice(0, 160)}`,
        { cause },
      );
    }
  };
  let first = true;
  for await (const chunk of sourceBytes(path)) {
    feed(first && isByteOrderMark(chunk) ? chunk.subarray(3) : chunk, false);
    first = false;
    sinceItem = ready.length > 0 ? 0 : sinceItem + chunk.length;
    if (sinceItem > largestItemBytes)
      throw new UsageError(
        "import.item",
        `${file}: more than ${largestItemBytes} bytes without an item; expected ${paths.join(" or ")}`,
      );
    const items = ready;
    ready = [];
    yield* items;
  }
  feed(new Uint8Array(0), true);
  if (!parser.isEnded)
    throw new UsageError("import.json", `${file}: the JSON document is cut short; export it again`);
  yield* ready;
}
