import type { Random } from "../../src/schema/random.ts";

/** A change made to answers after they were given. */
export type Perturbation = (text: string) => string;

export const lowerCased: Perturbation = (text) => text.toLowerCase();

/** Without heading, list, quote, emphasis and code marks; line breaks stay. */
export const markdownStripped: Perturbation = (text) =>
  text
    .replace(/^[ \t]*(?:#{1,6}|[-*+•>]|\d+[.)])[ \t]+/gm, "")
    .replace(/^[ \t]*(?:```.*|[-*_]{3,})$/gm, "")
    .replace(/(\*\*|__|`)/g, "")
    .replace(/(^|\s)[*_](\S[^*_\n]*)[*_](?=\W|$)/g, "$1$2");

export const cutTo =
  (characters: number): Perturbation =>
  (text) =>
    text.slice(0, characters);

/**
 * Replaces a share of the words that have a synonym, at random, keeping an initial capital.
 *
 * @param synonymOf - of a word in lower case; undefined where there is none
 */
export const paraphrased =
  (share: number, synonymOf: (word: string) => string | undefined, random: Random): Perturbation =>
  (text) =>
    text.replace(/\p{L}+/gu, (word) => {
      const synonym = synonymOf(word.toLowerCase());
      if (synonym === undefined || random() >= share) return word;
      return /^\p{Lu}/u.test(word) ? synonym.charAt(0).toUpperCase() + synonym.slice(1) : synonym;
    });

/** Share of the words of `before` that are others in `after` (same number of words in both). */
export function changedShare(before: string, after: string): number {
  const words = before.match(/\p{L}+/gu) ?? [];
  const others = after.match(/\p{L}+/gu) ?? [];
  return words.filter((word, i) => word !== others[i]).length / Math.max(1, words.length);
}
