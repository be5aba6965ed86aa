import { commonWordCount } from "./common-words.ts";
import { type DisjointSets, disjointSets } from "./disjoint-sets.ts";
import { bandCount, bandKey, estimatedJaccard, minHash, signatureSize, wordPairs } from "./min-hash.ts";

/** What makes two prompts one family. */
export interface GroupingOptions {
  /** Share of the longer prompt's words that both have, in the same order; in (0, 1]. */
  readonly similarity: number;
  /** So many words they must share: fewer are a manner of speaking ("can you help me with"), not a template. */
  readonly minimumCommonWords: number;
}

/**
 * Words that a family needs to share. Greetings and usual openings have four to ten ("could you please explain to me how ... works in practice"); a longer order
 * of words is hardly met twice by chance.
 */
export const minimumFrameWords = 12;

/** Below this estimate two prompts are not read word by word; a pair at the least similarity allowed has about 0.33. */
const worthReading = 0.2;
/** Word-by-word comparisons of one prompt that may fail: a bound on the cost of crowded bands. */
const maximumFailures = 12;

/**
 * Sorts prompts into families: candidates by locality-sensitive hashing of MinHash signatures over word pairs, each
 * verified by its longest common subsequence of words with a member of the family, joined by union-find.
 *
 * Pairs of words find candidates; they do not decide, for a slot of one word breaks two pairs: a template of 30 words with
 * four slots has Jaccard similarity of a third in pairs of words, but 0.8 of its words in order.
 *
 * @param prompts - word hashes by prompt, slots masked. The grouping depends on their order only where a bound is hit
 * @returns the sets of prompts; a prompt without a like is alone in its own
 * @see Leskovec, Rajaraman & Ullman (2020), Mining of Massive Datasets, chapter 3
 */
export function groupPrompts(prompts: readonly Uint32Array[], options: GroupingOptions): DisjointSets {
  const sets = disjointSets(prompts.length);
  const signatures = new Uint16Array(prompts.length * signatureSize);
  for (const [item, words] of prompts.entries()) minHash(wordPairs(words), signatures, item * signatureSize);
  const failures = new Uint8Array(prompts.length);
  const alike = (first: number, second: number): boolean => {
    if (estimatedJaccard(signatures, first, second) < worthReading) return false;
    if (Math.max(failures[first] as number, failures[second] as number) >= maximumFailures) return false;
    const [left, right] = [prompts[first] as Uint32Array, prompts[second] as Uint32Array];
    const needed = Math.max(
      options.minimumCommonWords,
      options.similarity * Math.max(left.length, right.length),
    );
    const found =
      Math.min(left.length, right.length) >= needed && commonWordCount(left, right) >= needed - 1e-9;
    if (!found) failures[Math.max(first, second)] = (failures[Math.max(first, second)] as number) + 1;
    return found;
  };
  for (let band = 0; band < bandCount; band++) {
    // A bucket keeps the first and the latest member of each family it has met lately.
    const buckets = new Map<number, number[]>();
    for (let item = 0; item < prompts.length; item++) {
      if ((prompts[item] as Uint32Array).length < options.minimumCommonWords) continue;
      const key = bandKey(signatures, item, band);
      const bucket = buckets.get(key);
      if (bucket === undefined) {
        buckets.set(key, [item]);
        continue;
      }
      let known = false;
      for (const other of bucket) {
        if (sets.find(item) === sets.find(other)) known = true;
        else if (alike(other, item)) {
          sets.union(other, item);
          known = true;
        }
      }
      if (!known && bucket.length < bucketSize) bucket.push(item);
    }
  }
  return sets;
}

/** Families that one bucket compares with. */
const bucketSize = 4;
