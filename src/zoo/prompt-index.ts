/** Which training texts have prompts like this one, and how like. */
export interface PromptIndex {
  /** Up to `count` nearest texts with weights in (0, 1], best first; empty when no word is known. */
  nearest(prompt: string, count: number): { readonly texts: Int32Array; readonly weights: Float64Array };
}

/** Sharpness of the neighbourhood: a prompt whose cosine is 0.1 lower weighs exp(-1.4) = 0.25 times as much. */
const sharpness = 14;

/**
 * Inverted index over prompts, cosine similarity of tf-idf vectors of word stems and stem pairs. This is what conditions
 * a language model on a prompt it has never seen, as in nearest-neighbour language models.
 *
 * @see Khandelwal et al. (2020), arXiv:1911.00172; we weight whole texts by prompt similarity, not single contexts
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
  const idf = new Float64Array(ids.size);
  for (let id = 0; id < ids.size; id += 1) {
    idf[id] = Math.log((1 + prompts.length) / (0.5 + (starts[id + 1] as number)));
    starts[id + 1] = (starts[id] as number) + (starts[id + 1] as number);
  }
  const postings = new Int32Array(starts[ids.size] as number);
  const filled = starts.slice();
  const norms = new Float64Array(prompts.length);
  rows.forEach((row, text) => {
    for (const id of row) {
      postings[filled[id] as number] = text;
      filled[id] = (filled[id] as number) + 1;
      norms[text] = (norms[text] as number) + (idf[id] as number) ** 2;
    }
  });
  for (let text = 0; text < norms.length; text += 1) norms[text] = Math.sqrt(norms[text] as number) + 1e-9;

  return {
    nearest(prompt, count) {
      const scores = new Float64Array(prompts.length);
      let norm = 0;
      for (const feature of features(prompt)) {
        const id = ids.get(feature);
        if (id === undefined) continue;
        const square = (idf[id] as number) ** 2;
        norm += square;
        for (let at = starts[id] as number; at < (starts[id + 1] as number); at += 1) {
          const text = postings[at] as number;
          scores[text] = (scores[text] as number) + square;
        }
      }
      const touched: number[] = [];
      for (let text = 0; text < scores.length; text += 1) {
        if ((scores[text] as number) === 0) continue;
        scores[text] = (scores[text] as number) / ((norms[text] as number) * Math.sqrt(norm));
        touched.push(text);
      }
      touched.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
      const texts = Int32Array.from(touched.slice(0, count));
      const best = scores[texts[0] ?? 0] ?? 0;
      return {
        texts,
        weights: Float64Array.from(texts, (text) => Math.exp(sharpness * ((scores[text] as number) - best))),
      };
    },
  };
}

/** Distinct word stems and pairs of neighbouring stems, in order. */
function features(prompt: string): string[] {
  const stems = (prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map(stem);
  const pairs = stems.slice(1).map((word, index) => `${stems[index]} ${word}`);
  return [...new Set([...stems, ...pairs])];
}

/** Crude English stem: the point is only that `names` meets `name` and `baking` meets `bake`. */
function stem(word: string): string {
  return word.length < 5 ? word.replace(/(?<=\w\w)s$/, "") : word.replace(/(?:ies|ing|ed|es|s|ly|e|y)$/, "");
}
