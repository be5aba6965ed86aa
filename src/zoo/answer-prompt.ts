import type { Random } from "../schema/random.ts";
import type { LanguageModel } from "./language-model.ts";
import type { SampledToken } from "./token-distribution.ts";
import { endToken, type Vocabulary } from "./vocabulary.ts";

/** A chat message as far as the models see it. */
export interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

/** What a chat looks like to the prompt index: its system and user turns; what the assistant said does not count. */
export function chatPrompt(messages: readonly ChatMessage[]): string {
  return messages
    .filter(({ role }) => role !== "assistant" && role !== "tool")
    .map(({ content }) => content)
    .join("\n");
}

/** Text of drawn tokens; the end token adds nothing. */
export function textOf(tokens: readonly SampledToken[], vocabulary: Vocabulary): string {
  return tokens.map(({ id }) => (id === endToken ? "" : vocabulary.tokens[id])).join("");
}

/** One answer of a model to a chat prompt, in-process. */
export function answerPrompt(
  model: LanguageModel,
  vocabulary: Vocabulary,
  options: {
    readonly prompt: string;
    readonly random: Random;
    readonly maxTokens: number;
    readonly temperature?: number;
  },
): string {
  const { prompt, random, maxTokens, temperature = 1 } = options;
  return textOf(model.condition(prompt).sample({ random, maxTokens, temperature }), vocabulary);
}
