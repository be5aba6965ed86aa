import type { z } from "zod";
import { ProviderError } from "../../errors.ts";
import { judge, withoutResponse } from "../exchange.ts";
import { holdsError } from "../openai-shape.ts";
import type { Answer, ProviderOptions } from "../provider.ts";
import { type WireRecord, wireOptions } from "../wire-fetch.ts";

/** Longest body that is read of a call other than results. */
const maxBodyBytes = 8 << 20;

/**
 * Makes one call of a batch API through an SDK and returns the JSON that came back.
 * @param call.timeoutMs - for the call as a whole, the sending of its body included
 * @throws ProviderError in the scheduler's words; the signal's reason when it aborts
 */
export async function batchCall(
  options: ProviderOptions,
  signal: AbortSignal,
  call: { readonly send: (fetchOptions: RequestInit) => Promise<unknown>; readonly timeoutMs?: number },
): Promise<unknown> {
  const record: WireRecord = { request: null, response: null, headers: null, bodyProblem: null };
  const timeoutMs = call.timeoutMs ?? options.timeoutMs;
  const timeout = AbortSignal.timeout(timeoutMs);
  let failure: unknown = null;
  signal.throwIfAborted();
  try {
    await call.send(wireOptions({ record, signal: AbortSignal.any([signal, timeout]), maxBodyBytes }));
  } catch (error) {
    failure = error;
  }
  if (record.response === null) {
    signal.throwIfAborted();
    throw withoutResponse(
      record.failure ?? failure,
      timeout.aborted,
      { ...options, timeoutMs },
      record.request,
    );
  }
  return judgedValue(record, options);
}

/**
 * The JSON of a response other than an answer.
 * @throws ProviderError for an error status or body, or what is no JSON
 */
export function judgedValue(record: WireRecord, options: Pick<ProviderOptions, "now" | "scrub">): unknown {
  let value: unknown;
  const judged = judge(record, { now: options.now ?? Date.now, scrub: options.scrub }, (body) => {
    if (holdsError(body)) return { errorInside: true };
    value = body;
    return { answer: noAnswer };
  });
  const url = record.request?.url ?? "";
  if (record.response?.status === 404)
    throw new ProviderError(
      "bad-request",
      `${url}: HTTP 404: the endpoint knows no such batch, file or batch API with this key`,
      { status: 404 },
    );
  if ("error" in judged) throw judged.error;
  if (judged.answer !== noAnswer) throw new ProviderError("filtered", `${url}: stopped by a content filter`);
  return value;
}

/** @throws ProviderError `malformed` when a 200 body is not what the API's documentation says */
export function fitting<T>(schema: z.ZodType<T>, value: unknown, url: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ProviderError(
    "malformed",
    `${url}: the response does not fit the batch API: ${issue?.path.join(".") || "body"}: ${issue?.message ?? "unexpected"}`,
  );
}

const noAnswer: Answer = {
  text: "",
  reasoning: null,
  outcome: "empty",
  servedModel: null,
  provider: null,
  systemFingerprint: null,
  finishReason: null,
  usage: null,
};
