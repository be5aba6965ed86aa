import type { WireRequest, WireResponse } from "../schema/transcript.ts";

/** What one call of the SDK put on the wire and got back. */
export interface WireRecord {
  request: WireRequest | null;
  response: WireResponse | null;
  /** All response headers, for retry hints; not persisted. */
  headers: Headers | null;
  /** Why the body cannot be used although it came: too long, no valid UTF-8. */
  bodyProblem: string | null;
}

/** Request headers that are recorded; none of them carries a credential. */
const recordedRequestHeaders = ["user-agent", "anthropic-version", "anthropic-beta", "content-type"];
/** Response headers that are recorded: what tells servers and backends apart, and what explains retries. */
const recordedResponseHeaders =
  /^(content-type|server|via|date|retry-after|retry-after-ms|x-should-retry|x-request-id|request-id|cf-ray|x-served-by|openai-(model|version|processing-ms)|(anthropic-|x-)ratelimit-[a-z-]+)$/;

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

/**
 * The fetch that the SDKs are given. It records the exchange, bounds time and length, and does not follow redirects
 * (the key would go along). The SDK gets an empty success whatever came back: judging is this tool's own affair.
 */
export async function recordingFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const { [callKey]: call, ...rest } = (init ?? {}) as RequestInit & { [callKey]?: WireCall };
  if (call === undefined) throw new Error("request without wireOptions");
  const { record } = call;
  record.request = {
    url: input instanceof Request ? input.url : String(input),
    headers: pickHeaders(new Headers(rest.headers), (name) => recordedRequestHeaders.includes(name)),
    body: typeof rest.body === "string" ? JSON.parse(rest.body) : null,
  };
  const response = await fetch(input, { ...rest, signal: call.signal, redirect: "manual" });
  record.headers = response.headers;
  const { text, problem } = await readBody(response, call);
  record.bodyProblem = problem;
  record.response = {
    status: response.status,
    headers: pickHeaders(response.headers, (name) => recordedResponseHeaders.test(name)),
    body: text,
  };
  return new Response("{}", { status: 200, headers: { "content-type": "application/json" } });
}

async function readBody(
  response: Response,
  options: { readonly signal: AbortSignal; readonly maxBodyBytes: number },
): Promise<{ text: string; problem: string | null }> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let problem: string | null = null;
  if (response.body !== null) {
    const reader = response.body.getReader();
    const cancel = () => void reader.cancel(options.signal.reason).catch(() => {});
    options.signal.addEventListener("abort", cancel, { once: true });
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        bytes += part.value.length;
        if (bytes > options.maxBodyBytes) {
          problem = `the response is longer than ${options.maxBodyBytes} bytes`;
          await reader.cancel();
          break;
        }
        chunks.push(part.value);
      }
    } finally {
      options.signal.removeEventListener("abort", cancel);
    }
    options.signal.throwIfAborted();
  }
  const whole = Buffer.concat(chunks);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(whole), problem };
  } catch {
    return { text: whole.toString("utf8"), problem: problem ?? "the response is no valid UTF-8" };
  }
}

function pickHeaders(headers: Headers, wanted: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => wanted(name)));
}
