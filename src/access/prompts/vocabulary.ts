import { functionWords } from "./function-words.ts";
import { hash32, mix32, wordList } from "./prompt-words.ts";

/** Words that topics are told apart by, with their inverse document frequency. */
export interface Vocabulary {
  readonly words: readonly string[];
  readonly numberOf: ReadonlyMap<string, number>;
  readonly weights: Float64Array;
  /** Whether a word may stand in a topic's name: enough accounts use it, and it is neither a function word nor a letter. */
  readonly shown: readonly boolean[];
  /** Runs of three words that are wording, not subject. */
  readonly phrases: ReadonlySet<number>;
}

const maximumSize = 8192;
/** Words of a prompt that are read: its subject is met early. */
const readWords = 120;
/** A word of more prompts than this is of no topic. */
const commonShare = 0.05;
/** Three words that so many prompts have in a row are wording: a template's, or a manner of speaking. */
const phraseShare = 0.001;
const fewestPrompts = 3;
const fewestOfPhrase = 20;
/** Fewer accounts that use a word might be known by it. */
const shownAccounts = 5;
const singleLetter = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]$/u;

/**
 * Chooses the vocabulary of a sample: words of most prompts, without those of nearly none and of too many, counted outside
 * phrases. Without the latter, prompts are sorted by how they ask, and all of one template are one topic.
 */
export function fitVocabulary(
  prompts: readonly { readonly text: string; readonly account: number }[],
): Vocabulary {
  const phrases = frequentPhrases(prompts.map(({ text }) => text));
  const counts = new Map<string, { prompts: number; accounts: Set<number> }>();
  for (const { text, account } of prompts)
    for (const word of new Set(subjectWords(phrases, text))) {
      if (/^\p{N}/u.test(word)) continue;
      const known = counts.get(word) ?? { prompts: 0, accounts: new Set() };
      known.prompts++;
      if (known.accounts.size < shownAccounts) known.accounts.add(account);
      counts.set(word, known);
    }
  const most = Math.max(fewestOfPhrase, commonShare * prompts.length);
  const kept = [...counts]
    .filter(([, known]) => known.prompts >= fewestPrompts && known.prompts <= most)
    .sort(([a, first], [b, second]) => second.prompts - first.prompts || (a < b ? -1 : 1))
    .slice(0, maximumSize);
  return {
    words: kept.map(([word]) => word),
    numberOf: new Map(kept.map(([word], number) => [word, number])),
    weights: Float64Array.from(kept, ([, known]) => Math.log(1 + prompts.length / known.prompts)),
    shown: kept.map(
      ([word, known]) =>
        known.accounts.size >= shownAccounts && !functionWords.has(word) && !singleLetter.test(word),
    ),
    phrases,
  };
}

/** Words of a prompt by number, weighted by (1 + ln count) times inverse document frequency. */
export function weighWords(vocabulary: Vocabulary, text: string): Map<number, number> {
  return new Map(
    [...countWords(vocabulary, text)].map(([number, count]) => [
      number,
      (1 + Math.log(count)) * (vocabulary.weights[number] as number),
    ]),
  );
}

/** How often a prompt uses the words of the vocabulary, by number. */
export function countWords({ numberOf, phrases }: Vocabulary, text: string): Map<number, number> {
  const counts = new Map<number, number>();
  for (const word of subjectWords(phrases, text)) {
    const number = numberOf.get(word);
    if (number !== undefined) counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  return counts;
}

function frequentPhrases(texts: readonly string[]): ReadonlySet<number> {
  const counts = new Map<number, number>();
  for (const text of texts)
    for (const phrase of new Set(runsOfThree(wordList(text, readWords))))
      counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
  const fewest = Math.max(fewestOfPhrase, phraseShare * texts.length);
  return new Set([...counts].filter(([, count]) => count >= fewest).map(([phrase]) => phrase));
}

/** Words outside phrases. */
function subjectWords(phrases: ReadonlySet<number>, text: string): string[] {
  const words = wordList(text, readWords);
  const wording = new Uint8Array(words.length);
  for (const [at, phrase] of runsOfThree(words).entries())
    if (phrases.has(phrase)) wording.fill(1, at, at + 3);
  return words.filter((_, at) => wording[at] === 0);
}

function runsOfThree(words: readonly string[]): number[] {
  const hashes = words.map(hash32);
  return hashes
    .slice(2)
    .map((third, at) =>
      mix32(
        Math.imul(
          mix32(Math.imul(hashes[at] as number, 0x9e3779b1) ^ (hashes[at + 1] as number)),
          0x9e3779b1,
        ) ^ third,
      ),
    );
}
