import { hashPair, tokenKinds } from "./token-scan.ts";
import type { View } from "./view.ts";

const longest = 3;

/** How sentences, list items and lines end: the last word, the last two and the last three of each (see `sentenceStartView`). */
export const sentenceEndView: View = {
  name: "sentence-end",
  describes: `the last 1 to ${longest} words of every sentence, list item or line`,
  emit: ({ surface, kind }, push) => {
    // The last three words so far, the newest first.
    let [last, second, third, seen] = [0, 0, 0, 0];
    const end = () => {
      const one = hashPair(last, 0);
      const two = hashPair(second, one);
      if (seen >= 1) push(one);
      if (seen >= 2) push(two);
      if (seen >= 3) push(hashPair(third, two));
      seen = 0;
    };
    for (let i = 0; i < kind.length; i++) {
      const what = kind[i] as number;
      if (what === tokenKinds.word) {
        third = second;
        second = last;
        last = surface[i] as number;
        seen++;
      } else if (what !== tokenKinds.mark) end();
    }
    end();
  },
};
