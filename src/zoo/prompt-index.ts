/** Which training texts have prompts like this one, and how like. */
export interface PromptIndex {
  /** Up to `count` nearest texts with weights in (0, 1], best first; empty when no word is known. */
  nearest(prompt: string, count: number): { readonly texts: Int32Array; readonly weights: Float64Array };
}

/**
 * Texts of weight 1 that the neighbourhood is worth. Its sharpness, the fall of a weight's logarithm per unit of
 * similarity, is set for each prompt so that the weights add up to this.
 */
const neighbourhood = 10;
const sharpnessRange = [4, 40] as const;
/** Sharpness for the centre of the first neighbours. */
const feedbackSharpness = 16;
/** Share of the similarity to the first neighbours' centre, which holds a prompt's kin by other words. */
const feedbackShare = 0.4;
/** First neighbours that make up the centre, and how many of its features count. */
const feedbackTexts = 20;
const feedbackFeatures = 48;
/** Weight of a pair of neighbouring words relative to a single one. */
const pairWeight = 0.5;

/**
 * Inverted index over prompts: cosine similarity of tf-idf vectors of word stems and stem pairs, once from the prompt
 * and once from the centre of its first neighbours (pseudo-relevance feedback). This is what conditions a language model
 * on a prompt it has never seen, as in nearest-neighbour language models.
 *
 * @see Khandelwal et al. (2020), arXiv:1911.00172; we weight whole texts by prompt similarity, not single contexts
 * @see Rocchio (1971) for the feedback
 */
export function createPromptIndex(prompts: readonly string[]): PromptIndex {
  const ids = new Map<string, number>();
  const rows = prompts.map((prompt) =>
    features(prompt).map((feature) => {
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

  /** Cosines of a sparse query, given as id -> weight, with all texts; 0 where nothing is shared. */
  function cosines(query: ReadonlyMap<number, number>): Float64Array {
    const scores = new Float64Array(prompts.length);
    let norm = 1e-9;
    for (const [id, value] of query) {
      norm += value ** 2;
      const product = value * (weights[id] as number);
      for (let at = starts[id] as number; at < (starts[id + 1] as number); at += 1) {
        const text = postings[at] as number;
        scores[text] = (scores[text] as number) + product;
      }
    }
    const root = Math.sqrt(norm);
    for (let text = 0; text < scores.length; text += 1)
      scores[text] = (scores[text] as number) / ((norms[text] as number) * root);
    return scores;
  }

  function centre(texts: readonly number[], scores: Float64Array): Map<number, number> {
    const best = scores[texts[0] ?? 0] ?? 0;
    const sums = new Map<number, number>();
    for (const text of texts) {
      const share = Math.exp(feedbackSharpness * ((scores[text] as number) - best)) / (norms[text] as number);
      for (const id of rows[text] ?? []) sums.set(id, (sums.get(id) ?? 0) + share * (weights[id] as number));
    }
    return new Map([...sums].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, feedbackFeatures));
  }

  return {
    nearest(prompt, count) {
      const query = new Map<number, number>();
      for (const feature of features(prompt)) {
        const id = ids.get(feature);
        if (id !== undefined) query.set(id, weights[id] as number);
      }
      const scores = cosines(query);
      const first = best(scores, feedbackTexts);
      const feedback = cosines(centre(first, scores));
      for (let text = 0; text < scores.length; text += 1)
        scores[text] =
          (1 - feedbackShare) * (scores[text] as number) + feedbackShare * (feedback[text] as number);
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
  const histogram = new Int32Array(buckets + 1);
  for (let text = 0; text < scores.length; text += 1) {
    const bucket = Math.floor((scores[text] as number) * buckets);
    histogram[bucket] = (histogram[bucket] as number) + 1;
  }
  let least = buckets;
  for (
    let above = histogram[least] as number;
    above < count && least > 0;
    above += histogram[least] as number
  )
    least -= 1;
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
