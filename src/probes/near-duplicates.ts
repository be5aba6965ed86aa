import { distance } from "fastest-levenshtein";

/** Characters of a prompt that are compared: edit distance is quadratic. */
const comparedLength = 1_000;
/** Share of characters to change below which two prompts count as nearly the same. */
const nearShare = 0.1;

/** A prompt without case, punctuation and repeated spaces. */
export function promptKey(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/**
 * Pairs of texts that are nearly the same: edit distance of their keys at most a tenth of the longer one, and not 0.
 * @returns index pairs, first below second
 */
export function nearDuplicates(texts: readonly string[]): [number, number][] {
  const keys = texts.map((text) => promptKey(text).slice(0, comparedLength));
  const pairs: [number, number][] = [];
  for (const [second, later] of keys.entries())
    for (const [first, earlier] of keys.slice(0, second).entries()) {
      const longer = Math.max(earlier.length, later.length);
      if (earlier === later || Math.abs(earlier.length - later.length) > nearShare * longer) continue;
      if (distance(earlier, later) <= nearShare * longer) pairs.push([first, second]);
    }
  return pairs;
}
