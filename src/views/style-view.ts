import { pushNGrams, type View } from "./view.ts";

/** How a response is put together, whatever it says: 1- to 3-grams with content words masked. */
export const styleView: View = {
  name: "style",
  describes:
    "1- to 3-grams of function words, punctuation, line breaks, list marks and case, content words masked",
  emit: (scan, push) => pushNGrams(scan.style, 3, push),
};
