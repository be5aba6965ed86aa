import { isUnspaced } from "./words.ts";

const list = (words: string): Record<string, number> =>
  Object.fromEntries(words.split(" ").map((word, value) => [word, value]));

/** Words for 0 to 20 by language, in order. */
const small: Record<string, Record<string, number>> = {
  en: list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
  ),
  de: list(
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig",
  ),
  fr: list(
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt",
  ),
  es: list(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte",
  ),
  it: list(
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove venti",
  ),
  pt: list(
    "zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete dezoito dezenove vinte",
  ),
};
const tens: Record<string, number> = {
  twenty: 20,
  thirty: 30,
  forty: 40,
  fourty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
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
    const value = Object.hasOwn(small.en ?? {}, word)
      ? small.en?.[word]
      : Object.hasOwn(tens, word)
        ? tens[word]
        : undefined;
    if (value !== undefined) group += value;
    else if (word === "hundred") group = (group || 1) * 100;
    else if (Object.hasOwn(scales, word)) {
      total += (group || 1) * (scales[word] ?? 1);
      group = 0;
    } else return null;
    seen = true;
  }
  return seen ? total + group : null;
}

const chineseDigits = "零一二三四五六七八九";
const chineseUnits: Record<string, number> = { 十: 10, 百: 100, 千: 1000 };

function parseChinese(numeral: string): number {
  if (!/[十百千]/u.test(numeral))
    return Number(
      [...numeral]
        .map((digit) => chineseDigits.indexOf(digit.replace("〇", "零").replace("两", "二")))
        .join(""),
    );
  let total = 0;
  let digit = 0;
  for (const sign of numeral) {
    const unit = chineseUnits[sign];
    if (unit === undefined) digit = chineseDigits.indexOf(sign.replace("〇", "零").replace("两", "二"));
    else {
      total += (digit || 1) * unit;
      digit = 0;
    }
  }
  return total + digit;
}

const englishWord = `(?:${[...Object.keys(small.en ?? {}), ...Object.keys(tens), "hundred", ...Object.keys(scales)].sort((a, b) => b.length - a.length).join("|")})`;
const english = new RegExp(
  `(?<![\\p{L}\\d-])${englishWord}(?:(?:[ -]| and )${englishWord}){0,12}(?![\\p{L}\\d])`,
  "giu",
);

/** Numbers written as words, with their places. A lone English "one" is left out: it is more often a pronoun. */
export function numberWords(text: string, language: string): { value: number; start: number }[] {
  const found: { value: number; start: number }[] = [];
  const primary = language.split("-")[0] ?? "en";
  if (isUnspaced(text)) {
    for (const match of text.matchAll(/[零〇一二两三四五六七八九十百千]{1,12}/gu))
      found.push({ value: parseChinese(match[0]), start: match.index });
    return found;
  }
  const table = small[primary];
  if (primary !== "en" && table !== undefined) {
    for (const match of text.matchAll(/[\p{L}-]{2,20}/gu)) {
      const word = match[0].toLowerCase();
      if (Object.hasOwn(table, word)) found.push({ value: table[word] ?? 0, start: match.index });
    }
    return found;
  }
  const whole = text.trim().replace(/[.!]$/, "").toLowerCase();
  for (const match of text.matchAll(english)) {
    const value = parseNumberWords(match[0].toLowerCase().split(/[ -]/));
    if (value !== null && (match[0].toLowerCase() !== "one" || whole === "one"))
      found.push({ value, start: match.index });
  }
  return found;
}
