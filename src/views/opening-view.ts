import { pushNGrams, type View } from "./view.ts";

const openingWords = 12;

/** How a response begins: 1- to 3-grams of its first 12 words (see `TokenScan.chunk`). */
export const openingView: View = {
  name: "opening",
  describes: `1- to 3-grams of the first ${openingWords} words`,
  emit: ({ surface, chunk }, push) => {
    // Chunks are numbered in ascending order, so what follows need not be looked at.
    let end = 0;
    while (end < chunk.length && (chunk[end] as number) < openingWords) end++;
    pushNGrams(surface, 3, push, (i) => (chunk[i] as number) >= 0, 0, end);
  },
};
