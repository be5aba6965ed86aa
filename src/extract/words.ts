/** One word with its place in the text it was cut from. */
export interface Word {
  readonly text: string;
  readonly start: number;
}

const segmenters = new Map<string, Intl.Segmenter>();

function segmenter(language: string): Intl.Segmenter {
  const known = segmenters.get(language);
  if (known !== undefined) return known;
  let made: Intl.Segmenter;
  try {
    made = new Intl.Segmenter(language, { granularity: "word" });
  } catch {
    // An ill-formed language tag must not stop an extraction.
    made = new Intl.Segmenter("en", { granularity: "word" });
  }
  if (segmenters.size < 200) segmenters.set(language, made);
  return made;
}

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** True when the text holds a script that is written without spaces between words. */
export function isUnspaced(text: string): boolean {
  return unspaced.test(text);
}

/**
 * Words of a text in order: letters, digits and inner apostrophes and hyphens; by `Intl.Segmenter` where the script is
 * written without spaces.
 * @param limit - how many words to return at most
 */
export function wordsOf(text: string, language: string, limit: number): Word[] {
  const words: Word[] = [];
  if (isUnspaced(text)) {
    for (const part of segmenter(language).segment(text)) {
      if (words.length >= limit) break;
      if (part.isWordLike === true) words.push({ text: part.segment, start: part.index });
    }
    return words;
  }
  for (const match of text.matchAll(/[\p{L}\p{N}\p{M}]+(?:['-][\p{L}\p{N}\p{M}]+)*/gu)) {
    if (words.length >= limit) break;
    words.push({ text: match[0], start: match.index });
  }
  return words;
}

/** First clause (up to a full stop, comma, bracket or line end) of a text that has a word in it. */
export function firstClause(text: string): string {
  for (const match of text.matchAll(/[^.!?,;:()\n。！？，；：、（）]{1,4000}/gu))
    if (/[\p{L}\p{N}]/u.test(match[0])) return match[0].trim();
  return "";
}
