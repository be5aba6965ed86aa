import { pushNGrams, type View } from "./view.ts";

const openingWords = 12;

/** How a response begins: 1- to 3-grams of its first 12 words (see `TokenScan.chunk`). */
export const openingView: View = {
  name: "opening",
  describes: `1- to 3-grams of the first ${openingWords} words`,
  emit: (scan, push) =>
    pushNGrams(scan.surface, 3, push, (i) => {
      const chunk = scan.chunk[i] ?? -1;
      return chunk >= 0 && chunk < openingWords;
    }),
};
