import { ProviderError, type ProviderErrorClass } from "../errors.ts";
import type { Attempt, WireRequest } from "../schema/transcript.ts";
import { classifyError, oneLine, readErrorBody, statusInErrorBody } from "./classify-error.ts";
import { type AssembleStream, isEventStream, readEventStream } from "./event-stream.ts";
import { networkProblem, rootCause } from "./network-problem.ts";
import type { Answer, ProviderOptions, Reply } from "./provider.ts";
import { retryAfterMs } from "./retry-after.ts";
import { type ResponseHeaders, type WireRecord, wireOptions } from "./wire-fetch.ts";

/** Longest response body that is read unless the caller says otherwise. */
const defaultMaxBodyBytes = 16 << 20;

/** Characters that are kept of a body that was too long or no text: a run of such answers must not fill the disk. */
const keptOfProblem = 16_384;

/** A protocol's reading of the JSON of a 200 response: an answer, or what is wrong with it. */
export type ReadBody = (body: unknown) => { answer: Answer } | { malformed: string } | { errorInside: true };

/**
 * Sends one request through an SDK and judges what comes back.
 * @param call.send - makes the SDK's call with the given fetch options; its result is not used
 * @param call.assemble - for answers that come as a stream of events, asked for or not
 * @throws the signal's reason when `signal` aborts
 */
export async function exchange(
  options: ProviderOptions,
  signal: AbortSignal,
  call: {
    readonly send: (fetchOptions: RequestInit) => Promise<unknown>;
    readonly read: ReadBody;
    readonly assemble?: AssembleStream;
  },
): Promise<Reply> {
  const now = options.now ?? Date.now;
  const record: WireRecord = { request: null, response: null, headers: null, bodyProblem: null };
  const limit = new AbortController();
  const stop = () => limit.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(() => limit.abort(new Error("timeout")), options.timeoutMs);
  const startedAt = now();
  // The time of day may be set while the request is out; how long it took is measured by a clock that cannot.
  const begun = performance.now();
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
  if (record.response !== null && record.bodyProblem !== null)
    record.response.body = excerpt(record.response.body, options.scrub);
  const latencyMs = Math.round(performance.now() - begun);
  const judged =
    record.response === null
      ? { error: withoutResponse(record.failure ?? failure, limit.signal.aborted, options, record.request) }
      : judge(record, { ...options, now }, call.read, call.assemble);
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

/** The beginning of a body that cannot be used. Secrets go first, for one that is cut in half would not be found. */
function excerpt(body: string, scrub: ((text: string) => string) | undefined): string {
  return (scrub?.(body) ?? body).slice(0, keptOfProblem);
}

/** What a response means: an answer, or an error in the scheduler's words. */
export function judge(
  record: WireRecord,
  options: { readonly now: () => number; readonly scrub?: ((text: string) => string) | undefined },
  read: ReadBody,
  assemble?: AssembleStream,
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
  // Before anything is shortened: a key cut in half would not be found any more.
  const scrub = options.scrub ?? ((text: string) => text);
  if (status >= 300 && status < 400)
    return error(
      "bad-request",
      `HTTP ${status}, a redirect to ${oneLine(scrub(headers.get("location") ?? "nowhere"), 200)}: not followed, for the key would go along; put the final address in baseURL`,
    );
  if (status < 200 || status >= 400) {
    const said = readErrorBody(scrub(body));
    const errorClass = classifyError(status, said);
    const code = said.code === "" ? "" : ` (${oneLine(said.code, 80)})`;
    const filtered = errorClass === "filtered" ? filteredAnswer(said.code) : null;
    if (filtered !== null) return { answer: filtered };
    return error(
      errorClass,
      `HTTP ${status}${code}: ${described(body, said.message, headers)}; ${nextSteps[errorClass]}`,
    );
  }
  if (record.bodyProblem !== null) return error("malformed", `${record.bodyProblem}; ${nextSteps.malformed}`);
  const parsed = readJson(body, assemble);
  if (parsed === null)
    return error(
      "malformed",
      `expected JSON, got ${described(body, oneLine(scrub(body), 80), headers)}; ${nextSteps.malformed}`,
    );
  const result = "malformed" in parsed ? parsed : read(parsed.value);
  if ("answer" in result) {
    const { text, reasoning } = result.answer;
    const said = `${text}\n${reasoning ?? ""}`;
    if (scrub(said) !== said && "value" in parsed) response.body = scrub(withoutPieces(parsed.value));
    return result;
  }
  if ("malformed" in result) return error("malformed", `${result.malformed}; ${nextSteps.malformed}`);
  const inside = scrub("text" in parsed ? parsed.text : body);
  const said = readErrorBody(inside);
  const errorClass = classifyError(statusInErrorBody(inside), said);
  if (errorClass === "filtered") return { answer: filteredAnswer(said.code) };
  return error(errorClass, `HTTP ${status} with an error inside: ${said.message}; ${nextSteps[errorClass]}`);
}

/** The JSON of a body, or of the answer that its stream of events makes up; null when it is neither. */
function readJson(
  body: string,
  assemble: AssembleStream | undefined,
): { readonly value: unknown; readonly text: string } | { readonly malformed: string } | null {
  try {
    if (assemble === undefined || !isEventStream(body)) return { value: JSON.parse(body), text: body };
    const stream = readEventStream(body);
    const assembled = "malformed" in stream ? stream : assemble(stream);
    if ("malformed" in assembled) return assembled;
    return { value: assembled.body, text: JSON.stringify(assembled.body) };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (error instanceof RangeError) return { malformed: "the response is nested too deeply to be read" };
    throw error;
  }
}

/**
 * The JSON of an answer that repeats a secret: the events of a stream, and tokens with their log-probabilities, hold it in
 * pieces that no scan finds.
 */
function withoutPieces(value: unknown): string {
  try {
    return JSON.stringify(value, (key, item: unknown) => (key === "logprobs" ? undefined : item));
  } catch {
    return "";
  }
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
  return message === "" ? "nothing that can be shown" : message;
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
  const { code } = rootCause(failure);
  if (/TIMEOUT|TIMEDOUT/.test(code ?? ""))
    return new ProviderError("timeout", `${url}: no answer (${code}); ${nextSteps.timeout}`, {
      cause: failure,
    });
  return new ProviderError("network", `${url}: ${networkProblem(failure, url)}`, { cause: failure });
}

function requestIdOf(headers: ResponseHeaders | null): string | null {
  return headers?.get("x-request-id") ?? headers?.get("request-id") ?? null;
}
