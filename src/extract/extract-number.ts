import type { Answer } from "../schema/probe.ts";
import { numberWords, parseNumberWords } from "./number-words.ts";
import { afterAnswerCue, emphasised, normaliseText, stripMarkup } from "./plain-text.ts";

interface Found {
  readonly value: number;
  readonly start: number;
}

const decimalComma = new Set([
  "de",
  "fr",
  "es",
  "it",
  "pt",
  "nl",
  "ru",
  "pl",
  "sv",
  "da",
  "nb",
  "no",
  "fi",
  "cs",
  "tr",
  "uk",
  "id",
  "vi",
]);
/** A letter before a digit makes it a part of a name (B12), save in scripts without spaces (我选7) and after Hangul. */
const digits =
  /(?<![\d.,]|(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Hangul}])\p{L})[+-]?(?:\d{1,3}(?:[,'. ]\d{3}){1,6}(?!\d)(?:[.,]\d{1,15})?|\d{1,15}(?:[.,]\d{1,15})?)(?:e[+-]?\d{1,3})?/giu;

function parseDigits(written: string, commaIsDecimal: boolean): number {
  const thousands = commaIsDecimal ? /[.' ](?=\d{3}(?!\d))/g : /[,' ](?=\d{3}(?!\d))/g;
  return Number(written.replace(thousands, "").replace(",", "."));
}

function numbersIn(text: string, language: string): Found[] {
  const found: Found[] = [];
  const commaIsDecimal = decimalComma.has(language.split("-")[0] ?? "en");
  for (const match of text.matchAll(digits)) {
    const value = parseDigits(match[0], commaIsDecimal);
    if (Number.isFinite(value)) found.push({ value, start: match.index });
  }
  for (const word of numberWords(text, language)) found.push(word);
  return found.sort((first, second) => first.start - second.start);
}

/** A reading that leaves one number, or null. */
function sole(found: readonly Found[]): number | null {
  const first = found[0];
  return first !== undefined && found.every(({ value }) => value === first.value) ? first.value : null;
}

const leadIn = /(?:[:=]|\b(?:choose|chose|pick|picked|go with|say|select|guess|is|number|it's)\b) {0,3}$/iu;

function readNumber(text: string, language: string, accept: (found: Found) => boolean): number | null {
  const marked = emphasised(text).flatMap((part) =>
    numbersIn(stripMarkup(part, { keepNumbering: true }), language),
  );
  const numbered = /^ {0,8}1[.)] /m.test(text) && /^ {0,8}2[.)] /m.test(text);
  const bare = stripMarkup(text, { keepNumbering: !numbered }).trim();
  const cued = afterAnswerCue(bare);
  const first = cued === null ? undefined : numbersIn(cued, language).filter(accept)[0];
  if (first !== undefined) return first.value;
  const all = numbersIn(bare, language);
  const found = all.filter(accept);
  if (all[0]?.start === 0 && all[0] === found[0]) return all[0].value;
  const only = sole(found) ?? sole(marked.filter(accept));
  if (only !== null) return only;
  const introduced = found.filter(({ start }) => leadIn.test(bare.slice(Math.max(0, start - 20), start)));
  return introduced.at(-1)?.value ?? null;
}

/**
 * Number of an answer in plain decimal notation (`42`, `-3.5`): digits of any script or English number words (0-20 in
 * German, French, Spanish, Italian and Portuguese; Chinese numerals), within `min` and `max`.
 * Null when there is none or several and nothing says which is meant.
 */
export function extractNumber(text: string, answer: Answer, language: string): string | null {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = answer;
  const value = readNumber(
    normaliseText(text),
    language,
    (found) => found.value >= min && found.value <= max,
  );
  return value === null ? null : String(value === 0 ? 0 : value);
}

/** Number that a whole text spells, or null; for the captured group of a probe's own pattern. */
export function parseNumber(text: string, language: string): number | null {
  const bare = normaliseText(text).trim();
  return numbersIn(bare, language)[0]?.value ?? parseNumberWords(bare.toLowerCase().split(/[ -]/));
}
