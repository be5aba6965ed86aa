import Anthropic from "@anthropic-ai/sdk";
import { z } from "zod";
import type { Target } from "../schema/target.ts";
import type { Outcome } from "../schema/transcript.ts";
import { assembleAnthropicStream } from "./assemble-anthropic-stream.ts";
import { clientOptions } from "./client-options.ts";
import { exchange, type ReadBody } from "./exchange.ts";
import { holdsError, misfit } from "./openai-shape.ts";
import type { ProbeRequest, Provider, ProviderOptions, RequestBody } from "./provider.ts";
import { requestParams } from "./request-params.ts";
import { withoutSdkVariables } from "./sdk-environment.ts";
import { splitThinkTags } from "./split-reasoning.ts";

const tokens = z.int().min(0).nullable().catch(null).default(null);

const messageSchema = z.object({
  // Never by position: the first block may be an empty thinking block.
  content: z.array(
    z.looseObject({ type: z.string(), text: z.string().optional(), thinking: z.string().optional() }),
  ),
  id: z.string().nullable().catch(null).default(null),
  model: z.string().nullable().catch(null).default(null),
  stop_reason: z.string().nullable().catch(null).default(null),
  usage: z
    .object({
      input_tokens: tokens,
      output_tokens: tokens,
      output_tokens_details: z.object({ thinking_tokens: tokens }).nullable().catch(null).default(null),
    })
    .nullable()
    .catch(null)
    .default(null),
});

/** A client of `@anthropic-ai/sdk` for the target's API: one attempt a call, our key or `none`, nothing from the environment. */
export function anthropicClient(options: ProviderOptions, fetch?: typeof globalThis.fetch): Anthropic {
  const baseURL = options.target.baseURL ?? "https://api.anthropic.com";
  return withoutSdkVariables(
    () =>
      new Anthropic({
        ...clientOptions(options, fetch),
        baseURL: baseURL.replace(/\/+$/, "").replace(/\/v1$/, ""),
        webhookKey: null,
      }),
  );
}

/**
 * Anthropic's Messages API through `@anthropic-ai/sdk`. System messages become the `system` field. The SDK's generic
 * `post` is used, for `messages.create` refuses large `max_tokens` by itself and writes warnings to the console.
 */
export function createAnthropicMessages(options: ProviderOptions): Provider {
  const { target } = options;
  const client = anthropicClient(options);
  return {
    sample: (request, signal) =>
      exchange(options, signal, {
        send: (fetchOptions) =>
          client.post("/v1/messages", {
            body: messageBody(target, request),
            fetchOptions: fetchOptions as never,
          }),
        read: readMessage,
        assemble: assembleAnthropicStream,
      }),
  };
}

/** The JSON body of one request. */
export function messageBody(target: Target, { messages, prefix, params }: ProbeRequest): RequestBody {
  const asked = messages ?? [{ role: "user" as const, content: prefix ?? "" }];
  const system = asked.filter(({ role }) => role === "system").map(({ content }) => content);
  return {
    model: target.model,
    ...(system.length === 0 ? {} : { system: system.join("\n\n") }),
    messages: asked.filter(({ role }) => role !== "system"),
    ...requestParams(target, params),
  };
}

/** The answer in the JSON of a message. */
export const readMessage: ReadBody = (body) => {
  if (holdsError(body)) return { errorInside: true };
  const parsed = messageSchema.safeParse(body);
  if (!parsed.success) return { malformed: misfit(parsed.error) };
  const { content, id, model, stop_reason: finishReason, usage } = parsed.data;
  const joined = content
    .flatMap(({ type, text }) => (type === "text" && text !== undefined ? [text] : []))
    .join("");
  const thoughts = content.flatMap(({ type, thinking }) =>
    type === "thinking" && thinking ? [thinking] : [],
  );
  const split = splitThinkTags(joined);
  const outcome = messageOutcome(split.text, finishReason);
  return {
    answer: {
      text: outcome === "empty" ? "" : split.text,
      reasoning: [...thoughts, ...(split.reasoning === null ? [] : [split.reasoning])].join("\n") || null,
      outcome,
      responseId: id,
      servedModel: model,
      provider: null,
      systemFingerprint: null,
      finishReason,
      usage:
        usage === null
          ? null
          : {
              inputTokens: usage.input_tokens,
              outputTokens: usage.output_tokens,
              reasoningTokens: usage.output_tokens_details?.thinking_tokens ?? null,
            },
    },
  };
};

function messageOutcome(text: string, stopReason: string | null): Outcome {
  if (stopReason === "refusal") return "refused";
  if (stopReason === "max_tokens" || stopReason === "model_context_window_exceeded") return "truncated";
  return text.trim() === "" ? "empty" : "ok";
}
