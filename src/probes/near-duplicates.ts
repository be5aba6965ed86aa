import { distance } from "fastest-levenshtein";

/** Characters of a prompt that are compared: edit distance is quadratic. */
const comparedLength = 1_000;
/** Share of characters to change below which two prompts count as nearly the same. */
const nearShare = 0.1;
/** Share of words in common (Jaccard) from which two prompts count as nearly the same whatever their order. */
const sharedWords = 0.9;
/** Prompts of fewer words share most of them by nature. */
const fewestWords = 8;

/** A prompt without case, punctuation and repeated spaces. */
export function promptKey(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/**
 * Pairs of texts that are nearly the same: edit distance of their keys at most a tenth of the longer one and not 0, or
 * nine in ten of their words in common.
 * @returns index pairs, first below second
 */
export function nearDuplicates(texts: readonly string[]): [number, number][] {
  const keys = texts.map((text) => promptKey(text).slice(0, comparedLength));
  const words = keys.map((key) => new Set(key.split(" ")));
  const pairs: [number, number][] = [];
  for (const [second, later] of keys.entries())
    for (const [first, earlier] of keys.slice(0, second).entries())
      if (
        earlier !== later &&
        (nearlyEqual(earlier, later) ||
          sameWords(words[first] as ReadonlySet<string>, words[second] as ReadonlySet<string>))
      )
        pairs.push([first, second]);
  return pairs;
}

function nearlyEqual(one: string, other: string): boolean {
  const most = nearShare * Math.max(one.length, other.length);
  return Math.abs(one.length - other.length) <= most && distance(one, other) <= most;
}

function sameWords(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const [small, large] = one.size < other.size ? [one, other] : [other, one];
  if (small.size < fewestWords || small.size < sharedWords * large.size) return false;
  let shared = 0;
  for (const word of small) if (large.has(word)) shared++;
  return shared >= sharedWords * (small.size + large.size - shared);
}
