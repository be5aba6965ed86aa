import type { ProbeRequest } from "../providers/provider.ts";
import { requestParams } from "../providers/request-params.ts";
import type { Target } from "../schema/target.ts";

/** Names under which endpoints take the largest number of tokens of an answer. */
export const tokenLimitNames = [
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "max_new_tokens",
  "n_predict",
];

/** Answer tokens that a request is taken to use at most where nothing limits them and no longer answer was seen. */
export const assumedAnswerTokens = 4_096;

/** What a chat format may put around a conversation and around each message. */
const formatTokens = { conversation: 64, message: 16 };

/** Tokens that one request may be billed at most. */
export interface PossibleTokens {
  /** A token of text is one byte at least, so the prompt's bytes bound its tokens. */
  readonly input: number;
  /** The largest limit that goes on the wire, reasoning included; null where none does. */
  readonly output: number | null;
}

/** The most that a request to a target can use. What an endpoint adds of its own beyond a few dozen tokens is not seen. */
export function possibleTokens(target: Target, request: ProbeRequest): PossibleTokens {
  const messages = request.messages ?? [];
  const bytes = [...messages.map(({ content }) => content), request.prefix ?? ""].reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    0,
  );
  const params = requestParams(target, request.params);
  const limits = tokenLimitNames.flatMap((name) => {
    const value = params[name];
    return typeof value === "number" && value > 0 ? value : [];
  });
  return {
    input: bytes + formatTokens.conversation + messages.length * formatTokens.message,
    output: limits.length === 0 ? null : Math.max(...limits),
  };
}

/**
 * Tokens of a text, estimated upward: two bytes a token where it is ASCII, one byte a token elsewhere. Tokenizers in use
 * need fewer.
 */
export function generousTokens(text: string): number {
  let ascii = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) < 128) ascii++;
  return Math.ceil(ascii / 2) + Buffer.byteLength(text) - ascii;
}
