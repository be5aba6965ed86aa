import { dimensions, dotProducts, featureMeanings, meaningOf } from "./prompt-meanings.ts";

/** Which training texts have prompts like this one, and how like. */
export interface PromptIndex {
  /** Up to `count` nearest texts with weights in (0, 1], best first; empty when no word is known. */
  nearest(prompt: string, count: number): { readonly texts: Int32Array; readonly weights: Float64Array };
}

/**
 * Texts of weight 1 that the neighbourhood is worth. Its sharpness, the fall of a weight's logarithm per unit of
 * similarity, is set for each prompt so that the weights add up to this.
 */
const neighbourhood = 4;
const sharpnessRange = [4, 60] as const;
/** Share of the similarity of meaning; the rest is the similarity of words. */
const meaningShare = 0.65;
/** Weight of a pair of neighbouring words relative to a single one. */
const pairWeight = 0.5;

/**
 * Finds kin of a prompt, for conditioning a language model on a prompt that it has never seen, as in nearest-neighbour
 * language models. Similarity is one part words, the cosine of tf-idf vectors of stems and stem pairs, and one part
 * meaning: a stem means how the answers to prompts with it differ from other answers (a random projection of their
 * tokens, averaged), and a prompt means the sum of its stems. So `cat` is near `dog` because both are answered by pet
 * names, and words that change nothing in the answers count for little.
 *
 * @param prompts - one a text
 * @param answers - hashes of the tokens of each text's answer
 * @see Khandelwal et al. (2020), arXiv:1911.00172; we weight whole texts by prompt similarity, not single contexts
 * @see Kanerva, Kristofersson & Holst (2000), "Random indexing of text samples for latent semantic analysis"
 */
export function createPromptIndex(prompts: readonly string[], answers: readonly Int32Array[]): PromptIndex {
  const ids = new Map<string, number>();
  const rows = prompts.map((prompt) =>
    Int32Array.from(features(prompt), (feature) => {
      const id = ids.get(feature) ?? ids.size;
      ids.set(feature, id);
      return id;
    }),
  );
  const starts = new Int32Array(ids.size + 1);
  for (const row of rows) for (const id of row) starts[id + 1] = (starts[id + 1] as number) + 1;
  const weights = new Float64Array(ids.size);
  for (const [feature, id] of ids) {
    const idf = Math.log((1 + prompts.length) / (0.5 + (starts[id + 1] as number)));
    weights[id] = idf * (feature.includes(" ") ? pairWeight : 1);
  }
  for (let id = 0; id < ids.size; id += 1)
    starts[id + 1] = (starts[id] as number) + (starts[id + 1] as number);
  const postings = new Int32Array(starts[ids.size] as number);
  const filled = starts.slice();
  const norms = new Float64Array(prompts.length);
  rows.forEach((row, text) => {
    for (const id of row) {
      postings[filled[id] as number] = text;
      filled[id] = (filled[id] as number) + 1;
      norms[text] = (norms[text] as number) + (weights[id] as number) ** 2;
    }
    norms[text] = Math.sqrt(norms[text] as number) + 1e-9;
  });
  const meanings = featureMeanings(rows, ids.size, answers);
  const promptMeanings = new Float32Array(prompts.length * dimensions);
  rows.forEach((row, text) => {
    promptMeanings.set(meaningOf(row, meanings), text * dimensions);
  });

  return {
    nearest(prompt, count) {
      const query = features(prompt).flatMap((feature) => ids.get(feature) ?? []);
      const scores = new Float64Array(prompts.length);
      let norm = 1e-9;
      for (const id of query) {
        const square = (weights[id] as number) ** 2;
        norm += square;
        for (let at = starts[id] as number; at < (starts[id + 1] as number); at += 1) {
          const text = postings[at] as number;
          scores[text] = (scores[text] as number) + square;
        }
      }
      const root = Math.sqrt(norm);
      const cosines = dotProducts(promptMeanings, meaningOf(query, meanings));
      for (let text = 0; text < scores.length; text += 1) {
        const words = (scores[text] as number) / ((norms[text] as number) * root);
        scores[text] = (1 - meaningShare) * words + meaningShare * Math.max(cosines[text] as number, 0);
      }
      const texts = best(scores, count);
      return { texts: Int32Array.from(texts), weights: weigh(texts.map((text) => scores[text] as number)) };
    },
  };
}

/** Weights exp(sharpness x (score - best score)) that add up to `neighbourhood`, as far as the range of sharpness allows. */
function weigh(scores: readonly number[]): Float64Array {
  const top = scores[0] ?? 0;
  const weights = new Float64Array(scores.length);
  let [low, high] = sharpnessRange as readonly [number, number];
  for (let step = 0; step < 9; step += 1) {
    const sharpness = (low + high) / 2;
    let sum = 0;
    for (let rank = 0; rank < weights.length; rank += 1) {
      weights[rank] = Math.exp(sharpness * ((scores[rank] as number) - top));
      sum += weights[rank] as number;
    }
    if (sum > neighbourhood) low = sharpness;
    else high = sharpness;
  }
  return weights;
}

const buckets = 512;

/** Indices of the `count` largest positive scores, largest first; ties go to the earlier text. Scores are in [0, 1]. */
function best(scores: Float64Array, count: number): number[] {
  // A histogram tells which scores can be among the largest, so that only those are sorted.
  const histogram = new Int32Array(buckets + 2);
  for (let text = 0; text < scores.length; text += 1) {
    const bucket = Math.floor((scores[text] as number) * buckets);
    histogram[bucket] = (histogram[bucket] as number) + 1;
  }
  let least = buckets + 1;
  for (let above = 0; above < count && least > 0; ) {
    least -= 1;
    above += histogram[least] as number;
  }
  const found: number[] = [];
  for (let text = 0; text < scores.length; text += 1) {
    const score = scores[text] as number;
    if (score > 0 && score * buckets >= least) found.push(text);
  }
  return found.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b).slice(0, count);
}

/** Distinct word stems and pairs of neighbouring stems, in order. */
function features(prompt: string): string[] {
  const stems = (prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map(stem);
  const pairs = stems.slice(1).map((word, index) => `${stems[index]} ${word}`);
  return [...new Set([...stems, ...pairs])];
}

/** Crude English stem: the point is only that `names` meets `name` and `baking` meets `bake`. */
function stem(word: string): string {
  if (word.length < 5) return word.replace(/(?<=\w\w)s$/, "");
  return word.replace(/(?:ies|ing|ed|es|s|ly|e|y)$/, "");
}
