import { hashPair, tokenKinds } from "./token-scan.ts";
import type { View } from "./view.ts";

const longest = 3;

/**
 * How sentences, list items and lines begin: the first word, the first two and the first three of each. A sentence ends
 * at a full stop, exclamation mark, question mark, colon or line break.
 */
export const sentenceStartView: View = {
  name: "sentence-start",
  describes: `the first 1 to ${longest} words of every sentence, list item or line`,
  emit: ({ surface, kind }, push) => {
    let seen = 0;
    let prefix = 0;
    for (let i = 0; i < kind.length; i++) {
      const what = kind[i] as number;
      if (what === tokenKinds.end || what === tokenKinds.lineBreak) {
        seen = 0;
        prefix = 0;
      } else if (what === tokenKinds.word && seen < longest) {
        prefix = hashPair(surface[i] as number, prefix);
        push(prefix);
        seen++;
      }
    }
  },
};
