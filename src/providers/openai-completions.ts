import { z } from "zod";
import type { Message } from "../schema/probe.ts";
import type { Target } from "../schema/target.ts";
import { assembleOpenAIStream } from "./assemble-openai-stream.ts";
import { exchange, type ReadBody } from "./exchange.ts";
import { outcomeOf } from "./openai-chat.ts";
import { openaiPost } from "./openai-client.ts";
import { holdsError, misfit, openaiEnvelope, openaiProvenance } from "./openai-shape.ts";
import type { ProbeRequest, Provider, ProviderOptions, RequestBody } from "./provider.ts";
import { requestParams } from "./request-params.ts";
import { splitThinkTags } from "./split-reasoning.ts";

const completionSchema = z.object({
  ...openaiEnvelope,
  choices: z
    .array(z.object({ text: z.string(), finish_reason: z.string().nullable().catch(null).default(null) }))
    .min(1),
});

/** Raw completions: the model continues a text. Chat messages are asked as a plain dialogue; see `dialogueText`. */
export function createOpenAICompletions(options: ProviderOptions): Provider {
  const post = openaiPost(options);
  const { target } = options;
  return {
    sample: (request, signal) =>
      exchange(options, signal, {
        send: (fetchOptions) => post("/completions", completionBody(target, request), fetchOptions),
        read: readCompletion,
        assemble: assembleOpenAIStream,
      }),
  };
}

/** The JSON body of one request. */
export function completionBody(target: Target, { messages, prefix, params }: ProbeRequest): RequestBody {
  const prompt = prefix ?? dialogueText(messages ?? []);
  return { model: target.model, prompt, ...requestParams(target, params) };
}

/**
 * Chat messages as a text that a base model continues with an answer: the system message as it stands, then
 * `User: ...` and `Assistant: ...` paragraphs, and an open `Assistant:` at the end.
 */
export function dialogueText(messages: readonly Message[]): string {
  const names = { system: "", user: "User: ", assistant: "Assistant: " };
  return [...messages.map(({ role, content }) => `${names[role]}${content}`), "Assistant:"].join("\n\n");
}

/** The answer in the JSON of a raw completion. */
export const readCompletion: ReadBody = (body) => {
  if (holdsError(body)) return { errorInside: true };
  const parsed = completionSchema.safeParse(body);
  if (!parsed.success) return { malformed: misfit(parsed.error) };
  const choice = parsed.data.choices[0];
  if (choice === undefined) return { malformed: "the response holds no choice" };
  const { text, reasoning } = splitThinkTags(choice.text);
  const outcome = outcomeOf(text, choice.finish_reason);
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
