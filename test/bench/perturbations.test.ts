import { describe, expect, it } from "vitest";
import {
  changedShare,
  cutTo,
  lowerCased,
  markdownStripped,
  paraphrased,
} from "../../bench/robustness/perturbations.ts";
import { englishSynonym, zooSynonym } from "../../bench/robustness/synonyms.ts";
import { seededRandom } from "../../src/schema/random.ts";

describe("perturbations of answers", () => {
  it("strip markup and leave the words", () => {
    const text =
      "## Plan\n\n1. **First** step\n- use `code` and *care*\n```js\nrun()\n```\n2 * 3 * 4 stays, so does a_b_c.";
    expect(markdownStripped(text)).toBe(
      "Plan\n\nFirst step\nuse code and care\n\nrun()\n\n2 * 3 * 4 stays, so does a_b_c.",
    );
    expect(lowerCased("Élan!")).toBe("élan!");
    expect(cutTo(5)("a longer text")).toBe("a lon");
  });

  it("paraphrase the stated share of the words that have a synonym, keeping capitals and the rest", () => {
    const text = "Many people need help, but Xylophones do not. ".repeat(200);
    for (const share of [0, 0.3, 1]) {
      const changed = paraphrased(share, englishSynonym, seededRandom(4))(text);
      // Of the eight words, many, people, need, help and but are listed.
      expect(changedShare(text, changed)).toBeCloseTo((share * 5) / 8, 1);
      expect(changed.match(/[^\p{L}]/gu)).toEqual(text.match(/[^\p{L}]/gu));
    }
    expect(paraphrased(1, englishSynonym, seededRandom(4))("Many")).toBe("Numerous");
    expect(zooSynonym("lantern")).toBe(zooSynonym("lantern"));
    expect(zooSynonym("cat")).toBeUndefined();
  });

  it("no listed word is its own synonym", () => {
    const words = "important help use make get many big good need also but often never fast".split(" ");
    for (const word of words) expect(englishSynonym(word)).not.toBe(word);
  });
});
