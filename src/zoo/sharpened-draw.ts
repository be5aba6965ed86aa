import { type Corpus, followers } from "./token-distribution.ts";
import { beginToken } from "./vocabulary.ts";

/** Token counts raised to 1 / temperature, summed up in the order of `corpus.types`. */
interface Powers {
  readonly prefix: Float64Array;
  readonly rankOf: Int32Array;
  readonly largestCount: number;
}

const known = new WeakMap<Corpus, Map<number, Powers>>();

/**
 * Exact draw at a temperature above 0 that is not 1, as `drawDense` makes it, without a number for every token: all
 * tokens that neither the local contexts nor the bigrams name have probabilities in proportion to their counts, so
 * their sharpened sums are kept.
 *
 * @param u - uniform in [0, 1); the same u gives the token that `drawDense` gives, but for rounding
 */
export function drawSharpened(
  corpus: Corpus,
  context: readonly number[],
  given: { readonly local: ReadonlyMap<number, number>; readonly rest: number },
  draw: { readonly temperature: number; readonly u: number },
): number {
  const { temperature, u } = draw;
  const { prefix, rankOf, largestCount } = powersOf(corpus, temperature);
  const { tokens, positions, types } = corpus;
  const [from, to, bigram] = followers(corpus, context);
  const unigram = (given.rest * (1 - bigram)) / corpus.spoken.length;
  const named = new Map(given.local);
  for (let pick = from; pick < to; pick += 1) {
    const next = tokens[(positions[pick] as number) + 1] as number;
    named.set(next, (named.get(next) ?? 0) + (given.rest * bigram) / (to - from));
  }
  let peak = unigram * largestCount;
  for (const [id, mass] of named) {
    const dense = mass + unigram * countOf(corpus, id);
    named.set(id, dense);
    peak = Math.max(peak, dense);
  }
  const scale = (unigram / peak) ** (1 / temperature);
  const ordered = [...named]
    .map(([id, dense]) => ({ id, rank: rankOf[id] as number, weight: (dense / peak) ** (1 / temperature) }))
    .sort((a, b) => a.rank - b.rank);
  const between = (start: number, end: number) =>
    scale * ((prefix[end] as number) - (prefix[start] as number));
  let total = between(0, types.length);
  for (const { rank, weight } of ordered) total += weight - between(rank, rank + 1);
  let left = u * total;
  let start = 0;
  for (const { id, rank, weight } of [...ordered, { id: -1, rank: types.length, weight: 0 }]) {
    const gap = between(start, rank);
    if (left < gap) return types[firstAbove(prefix, left / scale, start, rank)] as number;
    left -= gap + weight;
    if (left < 0) return id;
    start = rank + 1;
  }
  return ordered.at(-1)?.id ?? (types.at(-1) as number);
}

const countOf = ({ positionStarts }: Corpus, id: number) =>
  id === beginToken ? 0 : (positionStarts[id + 1] as number) - (positionStarts[id] as number);

function powersOf(corpus: Corpus, temperature: number): Powers {
  const ofCorpus = known.get(corpus) ?? new Map<number, Powers>();
  known.set(corpus, ofCorpus);
  const kept = ofCorpus.get(temperature);
  if (kept) return kept;
  const { types, positionStarts } = corpus;
  const prefix = new Float64Array(types.length + 1);
  const rankOf = new Int32Array(positionStarts.length);
  let largestCount = 0;
  types.forEach((id, rank) => {
    const count = countOf(corpus, id);
    rankOf[id] = rank;
    prefix[rank + 1] = (prefix[rank] as number) + (count === 0 ? 0 : count ** (1 / temperature));
    largestCount = Math.max(largestCount, count);
  });
  const powers = { prefix, rankOf, largestCount };
  ofCorpus.set(temperature, powers);
  return powers;
}

/** First rank in [start, end) whose sum from `start` on, itself included, is above `share`. */
function firstAbove(prefix: Float64Array, share: number, start: number, end: number): number {
  const wanted = (prefix[start] as number) + share;
  let low = start;
  let high = end - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((prefix[middle + 1] as number) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}
