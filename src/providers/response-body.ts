import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";

/** A body as text, and why it cannot be used although it came: too long, badly packed, no valid UTF-8. */
export interface BodyText {
  readonly text: string;
  readonly problem: string | null;
}

const unpackers: Record<string, typeof gunzip> = {
  gzip: gunzip,
  "x-gzip": gunzip,
  deflate: inflate,
  br: brotliDecompress as typeof gunzip,
};

/**
 * Reads a body of at most `maxBodyBytes` bytes, unpacked where the server packed it unasked. Of a longer one the start is
 * returned with the problem, and its connection is closed.
 * @throws what ended the body before its end
 */
export async function readBodyText(
  body: AsyncIterable<Buffer>,
  encoding: string | null,
  maxBodyBytes: number,
): Promise<BodyText> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBodyBytes) return { text: joined(chunks).toString("utf8"), problem: tooLong(maxBodyBytes) };
    chunks.push(chunk);
  }
  const whole = joined(chunks);
  const unpack = unpackers[encoding?.trim().toLowerCase() ?? ""];
  if (unpack === undefined || size === 0) return decode(whole);
  try {
    return decode(await promisify(unpack)(whole, { maxOutputLength: maxBodyBytes }));
  } catch (error) {
    const long = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    return {
      text: "",
      problem: long ? tooLong(maxBodyBytes) : `the response is no valid ${encoding}`,
    };
  }
}

const joined = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);

const tooLong = (maxBodyBytes: number) => `the response is longer than ${maxBodyBytes} bytes`;

function decode(bytes: Buffer): BodyText {
  const text = bytes.toString("utf8");
  return {
    text: text.startsWith("\ufeff") ? text.slice(1) : text,
    problem: isUtf8(bytes) ? null : "the response is no valid UTF-8",
  };
}
