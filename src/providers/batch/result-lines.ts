import type { ProviderError } from "../../errors.ts";
import { proxiedFetch } from "../dispatcher.ts";
import { withoutResponse } from "../exchange.ts";
import type { ProviderOptions } from "../provider.ts";
import type { WireRecord } from "../wire-fetch.ts";
import { judgedValue } from "./batch-call.ts";

/** Longest line of results that is read, in bytes: one response. */
const maxLineBytes = 16 << 20;
/** Longest body of a refusal that is read. */
const maxRefusalBytes = 64 << 10;

interface Download {
  readonly record: WireRecord;
  readonly signal: AbortSignal;
  body: ReadableStream<Uint8Array> | null;
}

const downloadKey = Symbol("congener.download");

/**
 * The fetch of a client that downloads: the body is left to be read piece by piece, the SDK gets an empty success.
 * Redirects are not followed, for the key would go along.
 */
export async function downloadingFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const { [downloadKey]: call, ...rest } = (init ?? {}) as RequestInit & { [downloadKey]?: Download };
  if (call === undefined) throw new Error("request without download options");
  const { record, signal } = call;
  record.request = { url: input instanceof Request ? input.url : String(input), headers: {}, body: null };
  const response = await proxiedFetch(input instanceof Request ? input.url : input, {
    ...rest,
    signal,
    redirect: "manual",
  });
  record.headers = response.headers;
  record.response = { status: response.status, headers: {}, body: "" };
  if (response.status === 200) call.body = response.body;
  else record.response = { ...record.response, body: await startOf(response.body) };
  return new Response("{}", { status: 200, headers: { "content-type": "application/json" } });
}

/** One line of a download: its text, or what is wrong with it. */
export type ResultLine = { readonly text: string } | { readonly unreadable: string };

/**
 * Lines of a file of results as they come in; empty ones are left out. No more than one line is held at a time.
 * @param send - starts the download with a client that has `downloadingFetch`
 * @throws ProviderError when the server refuses, or sends nothing for `timeoutMs`
 */
export async function* resultLines(
  options: ProviderOptions,
  signal: AbortSignal,
  send: (fetchOptions: RequestInit) => Promise<unknown>,
): AsyncGenerator<ResultLine> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error("timeout")), options.timeoutMs);
  const download: Download = {
    record: { request: null, response: null, headers: null, bodyProblem: null },
    signal: AbortSignal.any([signal, stalled.signal]),
    body: null,
  };
  const broken = (error: unknown): ProviderError =>
    withoutResponse(error, stalled.signal.aborted, options, download.record.request);
  try {
    signal.throwIfAborted();
    await send({ [downloadKey]: download } as RequestInit).catch((error: unknown) => {
      signal.throwIfAborted();
      throw broken(error);
    });
    if (download.body === null) {
      judgedValue(download.record, options);
      return;
    }
    const reader = download.body.getReader();
    let carried: Uint8Array[] = [];
    let carriedBytes = 0;
    const take = (last: Uint8Array): ResultLine | null => {
      const tooLong = carriedBytes + last.length > maxLineBytes;
      const bytes = tooLong ? null : Buffer.concat([...carried, last]);
      carried = [];
      carriedBytes = 0;
      return bytes === null ? { unreadable: `a line is longer than ${maxLineBytes} bytes` } : textOf(bytes);
    };
    for (;;) {
      const part = await reader.read().catch((error: unknown) => {
        signal.throwIfAborted();
        throw broken(error);
      });
      timer.refresh();
      if (part.done) break;
      let start = 0;
      for (let end = part.value.indexOf(10); end !== -1; end = part.value.indexOf(10, start)) {
        const line = take(part.value.subarray(start, end));
        if (line !== null) yield line;
        start = end + 1;
      }
      const rest = part.value.subarray(start);
      carriedBytes += rest.length;
      // Of a line that is too long only its length is kept.
      if (carriedBytes <= maxLineBytes) carried.push(rest);
      else carried = [];
    }
    const line = take(new Uint8Array());
    if (line !== null) yield line;
  } finally {
    clearTimeout(timer);
    stalled.abort(new Error("the download was left"));
  }
}

function textOf(bytes: Buffer): ResultLine | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.trim() === "" ? null : { text };
  } catch {
    return { unreadable: "a line is no valid UTF-8" };
  }
}

async function startOf(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null) return "";
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part);
    bytes += part.length;
    if (bytes > maxRefusalBytes) break;
  }
  return Buffer.concat(parts).subarray(0, maxRefusalBytes).toString("utf8");
}
