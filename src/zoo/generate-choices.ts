import { sha256Hex } from "../schema/identity.ts";
import { seededRandom } from "../schema/random.ts";
import { hashPair } from "./hash.ts";
import type { LanguageModel } from "./language-model.ts";
import type { GenerationRequest } from "./openai-request.ts";
import type { SampledToken } from "./token-distribution.ts";
import { endToken, tokenize, type Vocabulary } from "./vocabulary.ts";

/** A generated token with its text; log-probabilities are null unless asked for. */
export interface GeneratedToken {
  readonly text: string;
  readonly logprob: number | null;
  readonly top: readonly { readonly text: string; readonly logprob: number }[];
}

/** One answer of `n`: its text is its tokens joined, cut before the first stop sequence. */
export interface GeneratedChoice {
  readonly tokens: readonly GeneratedToken[];
  readonly text: string;
  readonly finishReason: "stop" | "length";
}

export interface Generated {
  readonly choices: readonly GeneratedChoice[];
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/**
 * Where a request's randomness comes from: a function of the server's seed, the exact body and how often this body came
 * before, so that neither concurrency nor order between different requests changes an answer. A request that names its
 * own `seed` gets the same answer each time.
 */
export function createSeeder(serverSeed: number): (body: string, ownSeed: number | null) => number {
  const seen = new Map<string, number>();
  return (body, ownSeed) => {
    const key = sha256Hex(`${serverSeed}|${body}`);
    const base = Number.parseInt(key.slice(0, 8), 16);
    if (ownSeed !== null) return base;
    const occurrence = seen.get(key) ?? 0;
    seen.set(key, occurrence + 1);
    return hashPair(base, occurrence);
  };
}

/** Draw the `n` answers of a request. */
export function generateChoices(
  model: LanguageModel,
  vocabulary: Vocabulary,
  options: { readonly request: GenerationRequest; readonly seed: number },
): Generated {
  const { request, seed } = options;
  const { kind, prompt, maxTokens, temperature, topLogprobs, stop } = request;
  const given = kind === "chat" ? model.condition(prompt) : model.conditionOnText(prompt);
  const context = kind === "chat" ? [] : vocabulary.lookup(prompt);
  const drawn = Array.from({ length: request.n }, (_, index) => {
    const random = seededRandom(hashPair(seed, index));
    return given.sample({ random, maxTokens, temperature, topLogprobs, context });
  });
  const choices = drawn.map((tokens) => finish(tokens, vocabulary, stop));
  return {
    choices,
    promptTokens: tokenize(prompt).length,
    completionTokens: choices.reduce((sum, { tokens }) => sum + tokens.length, 0),
  };
}

function finish(
  drawn: readonly SampledToken[],
  vocabulary: Vocabulary,
  stop: readonly string[],
): GeneratedChoice {
  const textOf = (id: number) => vocabulary.tokens[id] ?? "";
  const tokens: GeneratedToken[] = [];
  let text = "";
  for (const { id, logprob, top } of drawn) {
    if (id === endToken) return { tokens, text, finishReason: "stop" };
    const piece = textOf(id);
    const cut = earliest(text + piece, stop);
    if (cut >= 0) return { tokens, text: (text + piece).slice(0, cut), finishReason: "stop" };
    text += piece;
    tokens.push({
      text: piece,
      logprob,
      top: top.map((one) => ({ text: textOf(one.id), logprob: one.logprob })),
    });
  }
  return { tokens, text, finishReason: "length" };
}

/** Where the first of the stop sequences begins, or -1. */
function earliest(text: string, stop: readonly string[]): number {
  const found = stop.map((sequence) => text.indexOf(sequence)).filter((at) => at >= 0);
  return found.length === 0 ? -1 : Math.min(...found);
}
