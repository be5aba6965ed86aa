import { category, normaliseText, stripMarkup } from "./plain-text.ts";
import { wordsOf } from "./words.ts";

/** Words of the longest answer that counts as short. */
const mostWords = 3;
/** A text longer than this is not looked at: no three words are. */
const mostCharacters = 200;

/**
 * Category of an answer that is nothing but a few words: they themselves, in lower case, without markup and punctuation.
 * For recorded answers whose probe does not say how they are read.
 *
 * @returns null for a text of more than three words, or of none
 */
export function extractShort(text: string, language = "en"): string | null {
  if (text.length > mostCharacters) return null;
  const words = wordsOf(stripMarkup(normaliseText(text), { keepNumbering: true }), language, mostWords + 1);
  if (words.length === 0 || words.length > mostWords) return null;
  return category(words.map((word) => word.text).join(" "));
}
