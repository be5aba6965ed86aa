import type { Answer } from "../schema/probe.ts";
import { afterDeclining, withoutDeclining } from "./declined.ts";
import { numberWords, parseNumberWords } from "./number-words.ts";
import { afterAnswerCue, emphasised, normaliseText, stripMarkup, stripNumbering } from "./plain-text.ts";
import type { WrittenNumber } from "./written-number.ts";

interface Found extends WrittenNumber {
  /** The value times a scale word after the digits: 4.2 million. */
  readonly scaled?: number;
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

/** Scale words after digits; of those that differ between languages, only the unmistakable ones. */
const scales: readonly [RegExp, number][] = [
  [/^ ?(?:thousand|tausend|mille|mil|тысяч\p{L}{0,3}|[千천])(?!\p{L})/iu, 1e3],
  [/^ ?[万萬만]/u, 1e4],
  [/^ ?(?:millio|millón|milhõ|milhã|миллион|mln|mio)\p{L}{0,4}/iu, 1e6],
  [/^ ?[亿億억]/u, 1e8],
];
const billion: [RegExp, number] = [/^ ?billion(?!p{L})/i, 1e9];

function scaleAfter(rest: string, primary: string): number {
  const known = primary === "en" ? [...scales, billion] : scales;
  return known.find(([pattern]) => pattern.test(rest))?.[1] ?? 1;
}

function numbersIn(text: string, language: string): Found[] {
  const primary = language.split("-")[0] ?? "en";
  const commaIsDecimal = decimalComma.has(primary);
  const found: Found[] = [];
  for (const match of text.matchAll(digits)) {
    const value = parseDigits(match[0], commaIsDecimal);
    const end = match.index + match[0].length;
    // 10^2 is neither 10 nor 2, and the base of 7345_10 is no answer.
    if (/[\^_]$/.test(text.slice(0, match.index).slice(-1)) || /^\^/.test(text.slice(end, end + 1))) continue;
    const scale = scaleAfter(text.slice(end, end + 12), primary);
    if (Number.isFinite(value))
      found.push({ value, start: match.index, ...(scale === 1 ? {} : { scaled: value * scale }) });
  }
  for (const word of numberWords(text, language)) found.push(word);
  return found.sort((first, second) => first.start - second.start);
}

/** A reading that leaves one number, or null. */
function sole(found: readonly WrittenNumber[]): number | null {
  const first = found[0];
  return first !== undefined && found.every(({ value }) => value === first.value) ? first.value : null;
}

const leadIn =
  /(?:[:=]|\b(?:choose|chose|pick|picked|go with|say|select|guess|is|number|it's|about|roughly|wähle|nehme|ist|choisis|dirais|est|elijo|es|scelgo|è|escolho)\b) {0,3}$/iu;

type Within = (value: number) => boolean;

/** Numbers within a range; a scale word counts where it keeps the number there. */
function accepted(found: readonly Found[], within: Within): WrittenNumber[] {
  return found.flatMap(({ value, scaled, start }) =>
    [scaled, value]
      .flatMap((one) => (one !== undefined && within(one) ? { value: one, start } : []))
      .slice(0, 1),
  );
}

function readNumber(text: string, language: string, within: Within): number | null {
  const numbers = (part: string) => accepted(numbersIn(part, language), within);
  const bare = stripNumbering(stripMarkup(text, { keepNumbering: true }), 2).trim();
  const cued = afterAnswerCue(bare);
  const first = cued === null ? undefined : numbers(cued)[0];
  if (first !== undefined) return first.value;
  const [opening] = numbersIn(bare.slice(0, 200), language).slice(0, 1);
  const [opened] = opening?.start === 0 ? accepted([opening], within) : [];
  if (opened !== undefined && !goesOn.test(bare)) return opened.value;
  const turned = afterDeclining(bare);
  // After "I have no current data." only what is said to be the number is one.
  const rest = turned ?? withoutDeclining(bare);
  const found = numbers(rest);
  const marked = () =>
    emphasised(text).flatMap((part) => numbers(stripMarkup(part, { keepNumbering: true })));
  const only = turned === null ? null : (sole(found) ?? (rest === bare ? sole(marked()) : null));
  if (only !== null) return only;
  const introduced = found.filter(({ start }) => leadIn.test(rest.slice(Math.max(0, start - 20), start)));
  return introduced.at(-1)?.value ?? null;
}

/** "7 or 8", "7-8", "48 x 12 = 576": what begins so has not given its answer yet. */
const goesOn =
  /^\W{0,3}[\d.,]{1,20}(?:_\d{1,3})? ?(?:[=×*+÷]|(?:-|\/|or|to|oder|bis|ou|à|o|e|y|или|或|から|또는) ?\d|(?:in base|times|plus|minus) )/iu;

/**
 * Number of an answer in plain decimal notation (`42`, `-3.5`): digits of any script or number words (see `numberWords`),
 * within `min` and `max`; "4.2 million" is 4200000 where that is within them. Null when there is none or several and
 * nothing says which is meant, and where the answer declines.
 */
export function extractNumber(text: string, answer: Answer, language: string): string | null {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = answer;
  const value = readNumber(normaliseText(text), language, (one) => one >= min && one <= max);
  return value === null ? null : String(value === 0 ? 0 : value);
}

/** Number that a whole text spells, or null; for the captured group of a probe's own pattern. */
export function parseNumber(text: string, language: string): number | null {
  const bare = normaliseText(text).trim();
  return numbersIn(bare, language)[0]?.value ?? parseNumberWords(bare.toLowerCase().split(/[ -]/));
}
