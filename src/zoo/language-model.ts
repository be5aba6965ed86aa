import type { Random } from "../schema/random.ts";
import { createPromptIndex, type PromptIndex } from "./prompt-index.ts";
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

/** Longest context of the model: it is a 7-gram model. */
const order = 6;
/** Pseudo-count of backing off from a context of k tokens (index k), in units of the nearest text's weight. */
const backOff = [0, 0.002, 0.02, 0.06, 0.1, 0.15, 0.3] as const;
/** Share of the whole-corpus bigram in what is left after backing off from every local context. */
const bigramShare = 0.98;

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

/** The model given one prompt. */
export interface ConditionedModel {
  /**
   * Draw an answer.
   * @param options.context - tokens that the answer has to continue; empty for a chat answer
   * @param options.temperature - 0 (most likely token) or above
   */
  sample(options: SampleOptions): SampledToken[];
}

export interface SampleOptions {
  readonly random: Random;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly context?: readonly number[];
  /** How many of the most likely tokens to report at each step; null for no log-probabilities at all. */
  readonly topLogprobs?: number | null;
}

/** One drawn token; log-probabilities are natural logarithms of the distribution that was drawn from. */
export interface SampledToken {
  readonly id: number;
  readonly logprob: number | null;
  readonly top: readonly { readonly id: number; readonly logprob: number }[];
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
  const tokenTypes: number[] = [];
  for (let token = 0; token < types; token += 1) {
    if ((positionStarts[token + 1] as number) > 0) tokenTypes.push(token);
    positionStarts[token + 1] = (positionStarts[token + 1] as number) + (positionStarts[token] as number);
  }
  const positions = new Int32Array(length);
  const cursor = positionStarts.slice();
  tokens.forEach((token, position) => {
    positions[cursor[token] as number] = position;
    cursor[token] = (cursor[token] as number) + 1;
  });
  const corpus: Corpus = { tokens, starts, positions, positionStarts };

  return {
    tokenCount: length,
    textCount: starts.length - 1,
    tokenTypes,
    condition: conditioner(corpus, () => {
      const texts = textsOf(pools, (pool) => (pool.kind === "dialogues" ? pool.prompts : []));
      return { keys: texts.map(({ key }) => key), ids: texts.map(({ id }) => id) };
    }),
    conditionOnText: conditioner(corpus, () => ({
      keys: starts
        .slice(0, -1)
        .map((start, text) =>
          Array.from(tokens.subarray(start, starts[text + 1]), (token) => vocabulary.tokens[token]).join(""),
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
function conditioner(corpus: Corpus, describe: () => { keys: readonly string[]; ids: readonly number[] }) {
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
          corpus.tokens.subarray((corpus.starts[id] as number) + 1, (corpus.starts[id + 1] as number) - 1),
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

/** How many nearest texts speak. */
const neighbours = 64;

interface Corpus {
  readonly tokens: Int32Array;
  readonly starts: readonly number[];
  /** Positions of each token in order: those of token t are at positionStarts[t] .. positionStarts[t + 1]. */
  readonly positions: Int32Array;
  readonly positionStarts: Int32Array;
}

function conditionOn(
  corpus: Corpus,
  nearest: { readonly texts: Int32Array; readonly weights: Float64Array },
): ConditionedModel {
  const { tokens, starts } = corpus;
  // Positions of each token within the nearest texts as linked lists: head by token, then `previous` by slot. The last
  // token of a text has nothing after it, so it is left out: no context ends there.
  const lengths = Array.from(
    nearest.texts,
    (text) => (starts[text + 1] as number) - (starts[text] as number) - 1,
  );
  const slots = lengths.reduce((sum, length) => sum + length, 0);
  const at = new Int32Array(slots);
  const weight = new Float32Array(slots);
  const previous = new Int32Array(slots);
  const head = new Map<number, number>();
  let filled = 0;
  for (let rank = 0; rank < lengths.length; rank += 1) {
    const first = starts[nearest.texts[rank] as number] as number;
    for (let offset = 0; offset < (lengths[rank] as number); offset += 1) {
      const token = tokens[first + offset] as number;
      previous[filled] = head.get(token) ?? -1;
      head.set(token, filled);
      at[filled] = first + offset;
      weight[filled] = nearest.weights[rank] as number;
      filled += 1;
    }
  }
  const depth = new Uint8Array(slots);
  const total = new Float64Array(order + 1);
  const share = new Float64Array(order + 1);

  /** Distribution after a context: probabilities of the local tokens, and what is left for the whole corpus. */
  function distribution(context: readonly number[]): { local: Map<number, number>; rest: number } {
    const local = new Map<number, number>();
    const last = context[context.length - 1] as number;
    total.fill(0);
    for (let slot = head.get(last) ?? -1; slot >= 0; slot = previous[slot] as number) {
      const position = at[slot] as number;
      let matched = 1;
      while (
        matched < order &&
        matched < context.length &&
        tokens[position - matched] === context[context.length - 1 - matched] &&
        tokens[position - matched + 1] !== beginToken
      )
        matched += 1;
      depth[slot] = matched;
      for (let k = 1; k <= matched; k += 1) total[k] = (total[k] as number) + (weight[slot] as number);
    }
    let rest = 1;
    share.fill(0);
    for (let k = order; k >= 1; k -= 1) {
      const count = total[k] as number;
      if (count === 0) continue;
      const back = (backOff[k] as number) / (count + (backOff[k] as number));
      share[k] = (rest * (1 - back)) / count;
      rest *= back;
    }
    for (let k = 1; k <= order; k += 1) share[k] = (share[k] as number) + (share[k - 1] as number);
    for (let slot = head.get(last) ?? -1; slot >= 0; slot = previous[slot] as number) {
      const next = tokens[(at[slot] as number) + 1] as number;
      const mass = (share[depth[slot] as number] as number) * (weight[slot] as number);
      local.set(next, (local.get(next) ?? 0) + mass);
    }
    return { local, rest };
  }

  return {
    sample({ random, maxTokens, temperature, context: given = [], topLogprobs = null }) {
      const context = [beginToken, ...given];
      const answer: SampledToken[] = [];
      while (answer.length < maxTokens) {
        const { local, rest } = distribution(context);
        const u = random();
        let token: SampledToken;
        if (temperature === 1 && topLogprobs === null) {
          token = { id: drawAtOne(corpus, context, local, rest, u), logprob: null, top: [] };
        } else {
          const dense = denseDistribution(corpus, context, local, rest);
          token = drawDense(dense, temperature, u, topLogprobs, () =>
            drawAtOne(corpus, context, local, rest, u),
          );
        }
        answer.push(token);
        if (token.id === endToken) break;
        context.push(token.id);
      }
      return answer;
    },
  };
}

/** Exact draw at temperature 1 that looks at the whole corpus only when the local contexts leave it to it. */
function drawAtOne(
  corpus: Corpus,
  context: readonly number[],
  local: ReadonlyMap<number, number>,
  rest: number,
  u: number,
): number {
  let left = u;
  for (const [id, mass] of local) {
    left -= mass;
    if (left < 0) return id;
  }
  // What is left of u is uniform in [0, rest): use it again for the choice within the corpus.
  const share = Math.min(Math.max(left / rest, 0), 1 - 1e-12);
  const { tokens, positions, positionStarts } = corpus;
  const [from, to] = followers(corpus, context);
  const bigram = to > from ? bigramShare : 0;
  if (share < bigram) {
    const pick = from + Math.floor((share / bigram) * (to - from));
    return tokens[(positions[pick] as number) + 1] as number;
  }
  // Texts begin anywhere but nothing is followed by a beginning: skip it, as `denseDistribution` does.
  const begins = positionStarts[beginToken + 1] as number;
  const within = (share - bigram) / (1 - bigram);
  return tokens[positions[begins + Math.floor(within * (positions.length - begins))] as number] as number;
}

/** Range within `positions` of the last context token, where it is known. */
function followers(corpus: Corpus, context: readonly number[]): readonly [number, number] {
  const last = context[context.length - 1] as number;
  if (last < 0 || last + 1 >= corpus.positionStarts.length || last === endToken) return [0, 0];
  return [corpus.positionStarts[last] as number, corpus.positionStarts[last + 1] as number];
}

/** Probability of every token of the vocabulary after a context. */
function denseDistribution(
  corpus: Corpus,
  context: readonly number[],
  local: ReadonlyMap<number, number>,
  rest: number,
): Float64Array {
  const { tokens, positions, positionStarts } = corpus;
  const types = positionStarts.length - 1;
  const dense = new Float64Array(types);
  const [from, to] = followers(corpus, context);
  const bigram = to > from ? bigramShare : 0;
  const begins = positionStarts[beginToken + 1] as number;
  const unigram = (rest * (1 - bigram)) / (positions.length - begins);
  for (let id = beginToken + 1; id < types; id += 1)
    dense[id] = unigram * ((positionStarts[id + 1] as number) - (positionStarts[id] as number));
  for (let pick = from; pick < to; pick += 1) {
    const next = tokens[(positions[pick] as number) + 1] as number;
    dense[next] = (dense[next] as number) + (rest * bigram) / (to - from);
  }
  for (const [id, mass] of local) dense[id] = (dense[id] as number) + mass;
  return dense;
}

function drawDense(
  dense: Float64Array,
  temperature: number,
  u: number,
  topLogprobs: number | null,
  drawPlain: () => number,
): SampledToken {
  if (temperature !== 1) sharpen(dense, temperature);
  let id = 0;
  if (temperature === 1) id = drawPlain();
  else {
    let left = u;
    for (id = dense.length - 1; id > 0; id -= 1) {
      left -= dense[id] as number;
      if (left < 0) break;
    }
  }
  if (topLogprobs === null) return { id, logprob: null, top: [] };
  const top = Array.from(dense.keys())
    .filter((token) => (dense[token] as number) > 0)
    .sort((a, b) => (dense[b] as number) - (dense[a] as number) || a - b)
    .slice(0, topLogprobs)
    .map((token) => ({ id: token, logprob: Math.log(dense[token] as number) }));
  return { id, logprob: Math.log(dense[id] as number), top };
}

/** Raise probabilities to 1 / temperature and normalise, in place; temperature 0 keeps the most likely token alone. */
function sharpen(dense: Float64Array, temperature: number): void {
  const best = dense.indexOf(Math.max(...dense));
  if (temperature === 0) {
    dense.fill(0);
    dense[best] = 1;
    return;
  }
  const peak = dense[best] as number;
  let sum = 0;
  for (let id = 0; id < dense.length; id += 1) {
    dense[id] = ((dense[id] as number) / peak) ** (1 / temperature);
    sum += dense[id] as number;
  }
  for (let id = 0; id < dense.length; id += 1) dense[id] = (dense[id] as number) / sum;
}
