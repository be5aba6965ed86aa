import { ProviderError, type ProviderErrorClass } from "../errors.ts";
import type { Attempt, WireRequest } from "../schema/transcript.ts";
import { classifyError, oneLine, readErrorBody, statusInErrorBody } from "./classify-error.ts";
import type { Answer, ProviderOptions, Reply } from "./provider.ts";
import { retryAfterMs } from "./retry-after.ts";
import { type ResponseHeaders, type WireRecord, wireOptions } from "./wire-fetch.ts";

/** Longest response body that is read unless the caller says otherwise. */
const defaultMaxBodyBytes = 16 << 20;

/** A protocol's reading of the JSON of a 200 response: an answer, or what is wrong with it. */
export type ReadBody = (body: unknown) => { answer: Answer } | { malformed: string } | { errorInside: true };

/**
 * Sends one request through an SDK and judges what comes back.
 * @param call.send - makes the SDK's call with the given fetch options; its result is not used
 * @throws the signal's reason when `signal` aborts
 */
export async function exchange(
  options: ProviderOptions,
  signal: AbortSignal,
  call: { readonly send: (fetchOptions: RequestInit) => Promise<unknown>; readonly read: ReadBody },
): Promise<Reply> {
  const now = options.now ?? Date.now;
  const record: WireRecord = { request: null, response: null, headers: null, bodyProblem: null };
  const limit = new AbortController();
  const stop = () => limit.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(() => limit.abort(new Error("timeout")), options.timeoutMs);
  const startedAt = now();
  let failure: unknown = null;
  try {
    const maxBodyBytes = options.maxBodyBytes ?? defaultMaxBodyBytes;
    await call.send(wireOptions({ record, signal: limit.signal, maxBodyBytes }));
  } catch (error) {
    failure = error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
  if (record.response === null) signal.throwIfAborted();
  const latencyMs = Math.max(0, now() - startedAt);
  const judged =
    record.response === null
      ? { error: withoutResponse(failure, limit.signal.aborted, options, record.request) }
      : judge(record, { ...options, now }, call.read);
  const error = "error" in judged ? judged.error : null;
  const attempt: Attempt = {
    startedAt: new Date(startedAt).toISOString(),
    latencyMs,
    status: record.response?.status ?? null,
    errorClass: error?.errorClass ?? null,
    message: error === null ? null : oneLine(error.message, 500),
    retryAfterMs: error?.retryAfterMs ?? null,
    requestId: requestIdOf(record.headers),
  };
  const { target } = options;
  const request = record.request ?? { url: target.baseURL, headers: {}, body: null };
  return { exchange: { request, response: record.response, attempt }, ...judged };
}

/** What a response means: an answer, or an error in the scheduler's words. */
export function judge(
  record: WireRecord,
  options: { readonly now: () => number },
  read: ReadBody,
): { answer: Answer } | { error: ProviderError } {
  const { response, headers } = record;
  if (response === null || headers === null) throw new Error("judged without a response");
  const url = record.request?.url ?? "";
  const context = {
    status: response.status,
    retryAfterMs: retryAfterMs(headers, options.now()),
    requestId: requestIdOf(headers),
  };
  const error = (errorClass: ProviderErrorClass, message: string) => ({
    error: new ProviderError(errorClass, `${url}: ${message}`, context),
  });
  const { status, body } = response;
  if (status >= 300 && status < 400)
    return error(
      "bad-request",
      `HTTP ${status}, a redirect to ${oneLine(headers.get("location") ?? "nowhere", 200)}: not followed, for the key would go along; put the final address in baseURL`,
    );
  if (status < 200 || status >= 400) {
    const said = readErrorBody(body);
    const errorClass = classifyError(status, said);
    const code = said.code === "" ? "" : ` (${oneLine(said.code, 80)})`;
    const filtered = errorClass === "filtered" ? filteredAnswer(said.code) : null;
    if (filtered !== null) return { answer: filtered };
    return error(
      errorClass,
      `HTTP ${status}${code}: ${described(body, said.message, headers)}; ${nextSteps[errorClass]}`,
    );
  }
  if (record.bodyProblem !== null) return error("malformed", record.bodyProblem);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return error(
      "malformed",
      `expected JSON, got ${described(body, oneLine(body, 80), headers)}; ${nextSteps.malformed}`,
    );
  }
  const result = read(value);
  if ("answer" in result) return result;
  if ("malformed" in result) return error("malformed", `${result.malformed}; ${nextSteps.malformed}`);
  const said = readErrorBody(body);
  const errorClass = classifyError(statusInErrorBody(body), said);
  if (errorClass === "filtered") return { answer: filteredAnswer(said.code) };
  return error(errorClass, `HTTP ${status} with an error inside: ${said.message}; ${nextSteps[errorClass]}`);
}

/** What a user can do about a class of errors. */
export const nextSteps: Record<ProviderErrorClass, string> = {
  "rate-limited": "it is asked again later; lower limits.concurrency if this stays",
  overloaded: "it is asked again later",
  timeout: "raise limits.timeoutMs if answers take long",
  network: "check baseURL and that the server runs",
  malformed: "check that baseURL is the API's address, for many servers with /v1",
  auth: "check the key in the variable that apiKey names",
  quota: "the account's credit or quota is used up",
  "unknown-model": "check model and baseURL",
  "bad-request": "check params; rename or drop what this server does not take",
  filtered: "a content filter stopped the request",
  "context-length": "the prompt and max_tokens are too long for this model",
};

function filteredAnswer(code: string): Answer {
  return {
    text: "",
    reasoning: null,
    outcome: "filtered",
    servedModel: null,
    provider: null,
    systemFingerprint: null,
    finishReason: code === "" ? null : oneLine(code, 80),
    usage: null,
  };
}

function described(body: string, message: string, headers: ResponseHeaders): string {
  if (body.trim() === "") return "an empty body";
  if (/^\s*<(!doctype|html|\?xml)/i.test(body) || (headers.get("content-type") ?? "").includes("text/html"))
    return "a web page (HTML)";
  return message;
}

/** The error of a request to which no response came. */
export function withoutResponse(
  failure: unknown,
  timedOut: boolean,
  options: Pick<ProviderOptions, "target" | "timeoutMs">,
  request: WireRequest | null,
): ProviderError {
  const url = request?.url ?? options.target.baseURL ?? options.target.name;
  if (timedOut)
    return new ProviderError(
      "timeout",
      `${url}: no complete answer within ${options.timeoutMs} ms; ${nextSteps.timeout}`,
      {
        cause: failure,
      },
    );
  const { code, message } = rootCause(failure);
  if (/TIMEOUT|TIMEDOUT/.test(code ?? ""))
    return new ProviderError("timeout", `${url}: no answer (${code}); ${nextSteps.timeout}`, {
      cause: failure,
    });
  const known = code === null ? undefined : networkWords[code];
  const why = known === undefined ? `${message}${code === null ? "" : ` (${code})`}` : `${known} (${code})`;
  return new ProviderError("network", `${url}: ${oneLine(why)}; ${nextSteps.network}`, { cause: failure });
}

const networkWords: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the host's name cannot be looked up",
  UND_ERR_SOCKET: "the connection was closed before the answer was complete",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
};

/** The innermost cause with a system code: fetch and the SDKs wrap it several times. */
function rootCause(error: unknown): { code: string | null; message: string } {
  let found: { code: string | null; message: string } = { code: null, message: String(error) };
  for (
    let current: unknown = error, depth = 0;
    current instanceof Error && depth < 6;
    current = current.cause, depth++
  ) {
    const inner =
      current instanceof AggregateError && current.errors[0] instanceof Error ? current.errors[0] : current;
    const code = "code" in inner && typeof inner.code === "string" ? inner.code : null;
    if (code !== null || found.code === null) found = { code: code ?? found.code, message: inner.message };
  }
  return found;
}

function requestIdOf(headers: ResponseHeaders | null): string | null {
  return headers?.get("x-request-id") ?? headers?.get("request-id") ?? null;
}
