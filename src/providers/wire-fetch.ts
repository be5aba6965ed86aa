import type { IncomingHttpHeaders } from "node:http";
import { type Dispatcher, request } from "undici";
import type { WireRequest, WireResponse } from "../schema/transcript.ts";
import { dispatcherFor } from "./dispatcher.ts";
import { readBodyText } from "./response-body.ts";

/** Response headers by lower-case name, values of a repeated one joined by commas. */
export interface ResponseHeaders extends Iterable<[string, string]> {
  get(name: string): string | null;
}

/** What one call of the SDK put on the wire and got back. */
export interface WireRecord {
  request: WireRequest | null;
  response: WireResponse | null;
  /** All response headers, for retry hints; not persisted. */
  headers: ResponseHeaders | null;
  /** Why the body cannot be used although it came: too long, no valid UTF-8. */
  bodyProblem: string | null;
  /** What kept the response from coming, before the SDK words it anew. */
  failure?: unknown;
}

/** Request headers that are recorded; none of them carries a credential. */
const recordedRequestHeaders = new Set(["user-agent", "anthropic-version", "anthropic-beta", "content-type"]);
/** Response headers that are recorded: what tells servers and backends apart, and what explains retries. */
const recordedResponseHeaders = new Set([
  ...["content-type", "server", "via", "date", "cf-ray", "x-served-by", "x-request-id", "request-id"],
  ...["retry-after", "retry-after-ms", "x-should-retry"],
  ...["openai-model", "openai-version", "openai-processing-ms"],
]);
const isRecordedResponseHeader = (name: string) =>
  recordedResponseHeaders.has(name) || /^(anthropic-|x-)ratelimit-[a-z-]+$/.test(name);

/** One call's record and bounds. */
export interface WireCall {
  readonly record: WireRecord;
  /** Covers the body too; the SDKs' own timeout ends with the headers. */
  readonly signal: AbortSignal;
  readonly maxBodyBytes: number;
}

const callKey = Symbol("congener.call");

/** Per-request fetch options that lead a call of the SDK to its record: the SDKs pass them on to their fetch. */
export function wireOptions(call: WireCall): RequestInit {
  return { [callKey]: call } as RequestInit;
}

/** What the SDK gets whatever came back: it does not read a 204, so one for all will do. */
const emptySuccess = new Response(null, { status: 204 });

/**
 * The fetch that the SDKs are given. It records the exchange, bounds time and length, and does not follow redirects
 * (the key would go along). The SDK gets an empty success whatever came back: judging is this tool's own affair.
 * It sends by undici's `request`, which takes a fraction of the processor time of `fetch`.
 */
export async function recordingFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const { [callKey]: call, ...rest } = (init ?? {}) as RequestInit & { [callKey]?: WireCall };
  if (call === undefined) throw new Error("request without wireOptions");
  const { record, signal, maxBodyBytes } = call;
  const url = input instanceof Request ? input.url : String(input);
  const { body, contentType } = await sendable(rest.body);
  const headers = Object.fromEntries(
    rest.headers instanceof Headers ? rest.headers : new Headers(rest.headers),
  );
  if (contentType !== null) headers["content-type"] = contentType;
  record.request = {
    url,
    headers: pickHeaders(headers, (name) => recordedRequestHeaders.has(name)),
    body: typeof body === "string" ? JSON.parse(body) : null,
  };
  try {
    const response = await request(url, {
      method: (rest.method ?? "GET") as Dispatcher.HttpMethod,
      headers,
      body,
      signal,
      dispatcher: dispatcherFor(new URL(url)),
    });
    const received = joinedHeaders(response.headers);
    record.headers = {
      get: (name) => received[name.toLowerCase()] ?? null,
      [Symbol.iterator]: () => Object.entries(received)[Symbol.iterator](),
    };
    const { text, problem } = await readBodyText(
      response.body,
      received["content-encoding"] ?? null,
      maxBodyBytes,
    );
    record.bodyProblem = problem;
    record.response = {
      status: response.statusCode,
      headers: pickHeaders(received, isRecordedResponseHeader),
      body: text,
    };
  } catch (error) {
    record.failure = error;
    throw error;
  }
  return emptySuccess;
}

/** A body as undici sends it; forms (uploads) become bytes with a content type of their own. */
async function sendable(
  body: RequestInit["body"],
): Promise<{ body: string | Uint8Array | null; contentType: string | null }> {
  if (body === undefined || body === null || typeof body === "string")
    return { body: body ?? null, contentType: null };
  const form = new Response(body);
  return {
    contentType: form.headers.get("content-type"),
    body: new Uint8Array(await form.arrayBuffer()),
  };
}

function joinedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) joined[name] = Array.isArray(value) ? value.join(", ") : value;
  return joined;
}

function pickHeaders(
  headers: Readonly<Record<string, string>>,
  wanted: (name: string) => boolean,
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of Object.keys(headers).sort()) if (wanted(name)) picked[name] = headers[name] as string;
  return picked;
}
