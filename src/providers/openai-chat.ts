import { z } from "zod";
import type { Target } from "../schema/target.ts";
import type { Outcome } from "../schema/transcript.ts";
import { assembleOpenAIStream } from "./assemble-openai-stream.ts";
import { exchange, type ReadBody } from "./exchange.ts";
import { openaiPost } from "./openai-client.ts";
import { holdsError, misfit, openaiEnvelope, openaiProvenance } from "./openai-shape.ts";
import type { ProbeRequest, Provider, ProviderOptions, RequestBody } from "./provider.ts";
import { requestParams } from "./request-params.ts";
import { reasoningOf, splitThinkTags } from "./split-reasoning.ts";

const contentSchema = z.union([
  z.string(),
  z.null(),
  z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
]);

const chatSchema = z.object({
  ...openaiEnvelope,
  choices: z
    .array(
      z.object({
        message: z.looseObject({
          content: contentSchema.optional(),
          refusal: z.string().nullable().catch(null).default(null),
        }),
        finish_reason: z.string().nullable().catch(null).default(null),
      }),
    )
    .min(1),
});

/** OpenAI's chat completions and everything that speaks like them. A prefix is asked as one user message. */
export function createOpenAIChat(options: ProviderOptions): Provider {
  const post = openaiPost(options);
  const { target } = options;
  return {
    sample: (request, signal) =>
      exchange(options, signal, {
        send: (fetchOptions) => post("/chat/completions", chatBody(target, request), fetchOptions),
        read: readChat,
        assemble: assembleOpenAIStream,
      }),
  };
}

/** The JSON body of one request. */
export function chatBody(target: Target, { messages, prefix, params }: ProbeRequest): RequestBody {
  const asked = messages ?? [{ role: "user" as const, content: prefix ?? "" }];
  return { model: target.model, messages: asked, ...requestParams(target, params) };
}

/** The answer in the JSON of a chat completion. */
export const readChat: ReadBody = (body) => {
  if (holdsError(body)) return { errorInside: true };
  const parsed = chatSchema.safeParse(body);
  const choice = parsed.data?.choices[0];
  if (!parsed.success) return { malformed: misfit(parsed.error) };
  if (choice === undefined) return { malformed: "the response holds no choice" };
  const { content, refusal } = choice.message;
  const parts = Array.isArray(content) ? content.map(({ text }) => text ?? "").join("") : (content ?? "");
  const split = splitThinkTags(parts);
  const fromFields = reasoningOf(choice.message);
  const reasoning = [fromFields, split.reasoning].filter((text) => text !== null).join("\n") || null;
  const refused = refusal !== null && refusal !== "";
  const outcome = refused ? "refused" : outcomeOf(split.text, choice.finish_reason);
  const text = outcome === "refused" && refusal !== null && refused ? refusal : split.text;
  return {
    answer: {
      ...openaiProvenance(parsed.data),
      text: outcome === "filtered" || outcome === "empty" ? "" : text,
      reasoning,
      outcome,
      finishReason: choice.finish_reason,
    },
  };
};

/** Outcome by OpenAI's finish reasons. */
export function outcomeOf(text: string, finishReason: string | null): Outcome {
  if (finishReason === "content_filter") return "filtered";
  if (finishReason === "length") return "truncated";
  return text.trim() === "" ? "empty" : "ok";
}
