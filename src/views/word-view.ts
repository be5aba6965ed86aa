import { pushNGrams, type View } from "./view.ts";

/** Words, marks and line breaks as written: 1- and 2-grams of the whole response. */
export const wordView: View = {
  name: "word",
  describes: "1- and 2-grams of words, punctuation and line breaks as written",
  emit: (scan, push) => pushNGrams(scan.surface, 2, push),
};
