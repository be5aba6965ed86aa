import { beginToken, endToken } from "./vocabulary.ts";

/** Share of the whole-corpus bigram in what is left after backing off from every local context. */
const bigramShare = 0.98;

/** All tokens that a model was trained on, and where each of them occurs. */
export interface Corpus {
  readonly tokens: Int32Array;
  readonly starts: readonly number[];
  /** Positions of each token in order: those of token t are at positionStarts[t] .. positionStarts[t + 1]. */
  readonly positions: Int32Array;
  readonly positionStarts: Int32Array;
  /** All tokens but those that begin texts, in the order of the corpus. */
  readonly spoken: Int32Array;
  /** Token ids in the order of their first occurrence, which unlike that of ids is the corpus's own. */
  readonly types: readonly number[];
}

/** One drawn token; log-probabilities are natural logarithms of the distribution that was drawn from. */
export interface SampledToken {
  readonly id: number;
  readonly logprob: number | null;
  readonly top: readonly { readonly id: number; readonly logprob: number }[];
}

/** Exact draw at temperature 1 that looks at the whole corpus only when the local contexts leave it to it. */
export function drawAtOne(
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
  const { tokens, positions } = corpus;
  const [from, to, bigram] = followers(corpus, context);
  if (share < bigram) {
    const pick = from + Math.floor((share / bigram) * (to - from));
    return tokens[(positions[pick] as number) + 1] as number;
  }
  const within = (share - bigram) / (1 - bigram);
  return corpus.spoken[Math.floor(within * corpus.spoken.length)] as number;
}

/** Range within `positions` of the last context token, where it is known, and the share of the bigram there. */
export function followers(
  corpus: Corpus,
  context: readonly number[],
): readonly [from: number, to: number, share: number] {
  const last = context[context.length - 1] as number;
  if (last < 0 || last + 1 >= corpus.positionStarts.length || last === endToken) return [0, 0, 0];
  const [from, to] = [corpus.positionStarts[last] as number, corpus.positionStarts[last + 1] as number];
  return [from, to, to > from ? bigramShare : 0];
}

/** Probability of every token of the vocabulary after a context. */
export function denseDistribution(
  corpus: Corpus,
  context: readonly number[],
  local: ReadonlyMap<number, number>,
  rest: number,
): Float64Array {
  const { tokens, positions, positionStarts } = corpus;
  const types = positionStarts.length - 1;
  const dense = new Float64Array(types);
  const [from, to, bigram] = followers(corpus, context);
  const unigram = (rest * (1 - bigram)) / corpus.spoken.length;
  for (let id = beginToken + 1; id < types; id += 1)
    dense[id] = unigram * ((positionStarts[id + 1] as number) - (positionStarts[id] as number));
  for (let pick = from; pick < to; pick += 1) {
    const next = tokens[(positions[pick] as number) + 1] as number;
    dense[next] = (dense[next] as number) + (rest * bigram) / (to - from);
  }
  for (const [id, mass] of local) dense[id] = (dense[id] as number) + mass;
  return dense;
}

/** Draw from a dense distribution, after sharpening it in place, with the log-probabilities asked for. */
export function drawDense(
  dense: Float64Array,
  types: readonly number[],
  temperature: number,
  u: number,
  topLogprobs: number | null,
  drawPlain: () => number,
): SampledToken {
  if (temperature !== 1) sharpen(dense, types, temperature);
  let id = beginToken;
  if (temperature === 1) id = drawPlain();
  else {
    let left = u;
    id = endToken;
    for (const token of types) {
      left -= dense[token] as number;
      if (left >= 0) continue;
      id = token;
      break;
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
function sharpen(dense: Float64Array, types: readonly number[], temperature: number): void {
  let best = endToken;
  for (const token of types) if ((dense[token] as number) > (dense[best] as number)) best = token;
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
