import type { Vocabulary } from "./vocabulary.ts";

/** Words of a name. */
const wordsOfName = 3;

/**
 * Names of topics by class-based tf-idf: the words that a topic uses more than the others do, tf(word, topic) times
 * ln(1 + A / f(word)), where f is how often all topics use it and A how many words a topic has on average. The words of
 * a topic's centre are not those: it is made of what its prompts have in common, and that is also how they ask.
 *
 * @param counts - by topic: how often its prompts use each word, by the word's number; not modified
 * @returns by topic up to three words, highest first, that enough accounts use and that are no function words; null
 *   where there is none
 * @see Grootendorst (2022), arXiv:2203.05794, eq. 1
 */
export function topicNames(
  counts: readonly ReadonlyMap<number, number>[],
  { words, shown }: Pick<Vocabulary, "words" | "shown">,
): (string | null)[] {
  const together = new Float64Array(words.length);
  for (const topic of counts)
    for (const [word, count] of topic) together[word] = (together[word] ?? 0) + count;
  const average = together.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length);
  const weight = (word: number, count: number) => count * Math.log1p(average / (together[word] ?? 1));
  return counts.map((topic) => {
    const telling = [...topic]
      .filter(([word, count]) => count > 0 && shown[word])
      .map(([word, count]) => ({ word, weight: weight(word, count) }))
      .sort((a, b) => b.weight - a.weight || a.word - b.word)
      .slice(0, wordsOfName);
    return telling.length === 0 ? null : telling.map(({ word }) => words[word]).join(", ");
  });
}
