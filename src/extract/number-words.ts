import { chineseNumerals } from "./chinese-numerals.ts";
import { numberKey, numberTable } from "./number-tables.ts";
import { type Word, wordsOf } from "./words.ts";
import type { WrittenNumber } from "./written-number.ts";

const english: Record<string, number> = Object.fromEntries(
  (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
    "eighteen nineteen"
  )
    .split(" ")
    .map((word, value) => [word, value]),
);
Object.assign(english, {
  twenty: 20,
  thirty: 30,
  forty: 40,
  fourty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
});
const scales: Record<string, number> = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };

/**
 * Value of English number words in order ("one hundred and five" without its spaces), or null when a word is none.
 * @param words - at least one lower-case word; empty gives null
 */
export function parseNumberWords(words: readonly string[]): number | null {
  let total = 0;
  let group = 0;
  let seen = false;
  for (const word of words) {
    if (word === "and" && seen) continue;
    if (Object.hasOwn(english, word)) group += english[word] ?? 0;
    else if (word === "hundred") group = (group || 1) * 100;
    else if (Object.hasOwn(scales, word)) {
      total += (group || 1) * (scales[word] ?? 1);
      group = 0;
    } else return null;
    seen = true;
  }
  return seen ? total + group : null;
}

const englishWord = `(?:${[...Object.keys(english), "hundred", ...Object.keys(scales)].sort((a, b) => b.length - a.length).join("|")})`;
const englishNumber = new RegExp(
  `(?<![\\p{L}\\d-])${englishWord}(?:(?:[ -]| and )${englishWord}){0,12}(?![\\p{L}\\d])`,
  "giu",
);

function englishNumbers(text: string): WrittenNumber[] {
  return [...text.matchAll(englishNumber)].flatMap((match) => {
    const words = match[0].toLowerCase();
    const value = parseNumberWords(words.split(/[ -]/));
    const counts = words !== "one" || isWhole(text, words);
    // "4.2 million" is read with its digits.
    return value !== null && counts && !/\d ?$/.test(text.slice(0, match.index))
      ? { value, start: match.index }
      : [];
  });
}

/** Whether a text says nothing but these words. */
function isWhole(text: string, words: string): boolean {
  return numberKey(text.slice(0, 200).replace(/[^\p{L}\p{M}\p{N}'-]+/gu, " ")) === numberKey(words);
}

/** Korean particles and counters that are written onto a number. */
const koreanEnd = /(?:입니다|이에요|예요|이요|이야|야|요|을|를|이|가|은|는|개|번|명|세|살)$/u;

/** Numbers written in words, with their places: English, Chinese and Japanese, and the languages of `numberTable`. */
export function numberWords(text: string, language: string): WrittenNumber[] {
  const primary = language.toLowerCase().split("-")[0] ?? "en";
  const table = numberTable(primary);
  if (table === null)
    return /\p{Script=Han}/u.test(text) && !/\p{Script=Thai}/u.test(text)
      ? chineseNumerals(text)
      : englishNumbers(text);
  const words = wordsOf(text, primary, 4_000).flatMap(split);
  const joiner = primary === "th" ? "" : " ";
  const most = primary === "th" ? 12 : table.mostWords;
  const found: WrittenNumber[] = [];
  for (let at = 0; at < words.length; at++) {
    // The longest number that begins here.
    for (let count = Math.min(most, words.length - at); count > 0; count--) {
      const key = numberKey(
        words
          .slice(at, at + count)
          .map(({ text: word }) => word)
          .join(joiner),
      );
      const bare = primary === "ko" && !table.values.has(key) ? key.replace(koreanEnd, "") : key;
      const value = table.values.get(bare);
      if (value === undefined) continue;
      if (!table.ambiguous.has(bare) || isWhole(text, key))
        found.push({ value, start: words[at]?.start ?? 0 });
      at += count - 1;
      break;
    }
  }
  return found;
}

/** Words at hyphens too, so that vingt-et-un and vingt et un are one. */
function split({ text, start }: Word): Word[] {
  return [...text.matchAll(/[^-]+/gu)].map((part) => ({ text: part[0], start: start + part.index }));
}
