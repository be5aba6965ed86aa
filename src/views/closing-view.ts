import { pushNGrams, type View } from "./view.ts";

const closingWords = 30;

/** How a response ends: 1- to 3-grams of its last 30 words (see `TokenScan.chunk`). */
export const closingView: View = {
  name: "closing",
  describes: `1- to 3-grams of the last ${closingWords} words`,
  emit: ({ surface, chunk, chunkCount }, push) => {
    const first = Math.max(0, chunkCount - closingWords);
    // Chunks are numbered in ascending order, so what precedes need not be looked at.
    let start = chunk.length;
    while (start > 0 && ((chunk[start - 1] as number) < 0 || (chunk[start - 1] as number) >= first)) start--;
    pushNGrams(surface, 3, push, (i) => (chunk[i] as number) >= 0, start);
  },
};
