import { type ConditionedModel, conditionOn } from "./conditioned-model.ts";
import { createPromptIndex, type PromptIndex } from "./prompt-index.ts";
import type { Corpus } from "./token-distribution.ts";
import { beginToken, endToken, type Vocabulary } from "./vocabulary.ts";

/** One text to learn from: an answer with its prompt, or a page with itself as the prompt. */
export interface TrainingText {
  readonly prompt: string;
  readonly answer: string;
}

/** Texts of many models' corpora, tokenised once: `tokens` holds begin, text, end, begin, text, end ... */
export interface TokenPool {
  /** Pages have no prompt of their own: they are what a raw text may continue, never what a chat prompt resembles. */
  readonly kind: "dialogues" | "pages";
  readonly prompts: readonly string[];
  readonly tokens: Int32Array;
  /** Where each text begins in `tokens`; one more entry than there are texts. */
  readonly starts: Int32Array;
}

/** A word-level interpolated 7-gram language model with back-off, conditioned on prompts by similarity. */
export interface LanguageModel {
  readonly tokenCount: number;
  readonly textCount: number;
  /** Distinct token ids seen in training. */
  readonly tokenTypes: readonly number[];
  /** Nearest dialogues of a chat prompt, with what sampling needs; kept for the next time. */
  condition(prompt: string): ConditionedModel;
  /** The same for a text to be continued: pages and answers that resemble it. */
  conditionOnText(text: string): ConditionedModel;
}

/** Tokenise texts for training; `vocabulary` grows by their new tokens. */
export function poolTexts(
  texts: readonly TrainingText[],
  vocabulary: Vocabulary,
  kind: TokenPool["kind"] = "dialogues",
): TokenPool {
  const tokens: number[] = [];
  const starts = new Int32Array(texts.length + 1);
  texts.forEach(({ answer }, index) => {
    tokens.push(beginToken, ...vocabulary.encode(answer), endToken);
    starts[index + 1] = tokens.length;
  });
  return { kind, prompts: texts.map(({ prompt }) => prompt), tokens: Int32Array.from(tokens), starts };
}

/** Train a model on pools of text: counts are kept as positions of each token, so contexts of any length can be read. */
export function trainLanguageModel(pools: readonly TokenPool[], vocabulary: Vocabulary): LanguageModel {
  const length = pools.reduce((sum, pool) => sum + pool.tokens.length, 0);
  const tokens = new Int32Array(length);
  const starts: number[] = [];
  let filled = 0;
  for (const pool of pools) {
    tokens.set(pool.tokens, filled);
    for (const start of pool.starts.subarray(0, -1)) starts.push(filled + start);
    filled += pool.tokens.length;
  }
  starts.push(length);
  const types = vocabulary.tokens.length;
  const positionStarts = new Int32Array(types + 1);
  for (const token of tokens) positionStarts[token + 1] = (positionStarts[token + 1] as number) + 1;
  for (let token = 0; token < types; token += 1)
    positionStarts[token + 1] = (positionStarts[token + 1] as number) + (positionStarts[token] as number);
  const positions = new Int32Array(length);
  const cursor = positionStarts.slice();
  tokens.forEach((token, position) => {
    positions[cursor[token] as number] = position;
    cursor[token] = (cursor[token] as number) + 1;
  });
  const spoken = tokens.filter((token) => token !== beginToken);
  const corpus: Corpus = { tokens, starts, positions, positionStarts, spoken, types: [...new Set(spoken)] };

  return {
    tokenCount: length,
    textCount: starts.length - 1,
    tokenTypes: corpus.types,
    condition: conditioner(corpus, vocabulary, () => {
      const texts = textsOf(pools, (pool) => (pool.kind === "dialogues" ? pool.prompts : []));
      return { keys: texts.map(({ key }) => key), ids: texts.map(({ id }) => id) };
    }),
    conditionOnText: conditioner(corpus, vocabulary, () => ({
      keys: starts
        .slice(0, -1)
        .map((start, text) =>
          Array.from(
            tokens.subarray(start, Math.min(starts[text + 1] as number, start + keyLength)),
            (token) => vocabulary.tokens[token],
          ).join(""),
        ),
      ids: starts.slice(0, -1).map((_, text) => text),
    })),
  };
}

/** Ids of the texts of all pools in order, with keys where `keysOf` gives some. */
function textsOf(pools: readonly TokenPool[], keysOf: (pool: TokenPool) => readonly string[]) {
  let first = 0;
  return pools.flatMap((pool) => {
    const texts = keysOf(pool).map((key, index) => ({ key, id: first + index }));
    first += pool.prompts.length;
    return texts;
  });
}

/** Conditioned models by prompt; the index is built at the first prompt, the last few hundred prompts are remembered. */
function conditioner(
  corpus: Corpus,
  vocabulary: Vocabulary,
  describe: () => { keys: readonly string[]; ids: readonly number[] },
) {
  let index: PromptIndex | undefined;
  let ids: readonly number[] = [];
  const remembered = new Map<string, ConditionedModel>();
  return (prompt: string): ConditionedModel => {
    const known = remembered.get(prompt);
    if (known) return known;
    if (index === undefined) {
      const described = describe();
      ids = described.ids;
      index = createPromptIndex(
        described.keys,
        ids.map((id) =>
          corpus.tokens
            .subarray((corpus.starts[id] as number) + 1, (corpus.starts[id + 1] as number) - 1)
            .map((token) => vocabulary.hashes[token] as number),
        ),
      );
    }
    const { texts, weights } = index.nearest(prompt, neighbours);
    const made = conditionOn(corpus, { texts: texts.map((text) => ids[text] as number), weights });
    if (remembered.size >= 256) remembered.clear();
    remembered.set(prompt, made);
    return made;
  };
}

/** Tokens at the beginning of a text by which a raw text finds it. */
const keyLength = 16;
/** How many nearest texts speak. */
const neighbours = 64;
