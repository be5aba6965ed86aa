import { pushNGrams, type View } from "./view.ts";

const closingWords = 30;

/** How a response ends: 1- to 3-grams of its last 30 words (see `TokenScan.chunk`). */
export const closingView: View = {
  name: "closing",
  describes: `1- to 3-grams of the last ${closingWords} words`,
  emit: (scan, push) =>
    pushNGrams(scan.surface, 3, push, (i) => {
      const chunk = scan.chunk[i] ?? -1;
      return chunk >= 0 && chunk >= scan.chunkCount - closingWords;
    }),
};
