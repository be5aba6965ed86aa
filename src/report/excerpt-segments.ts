/** A stretch of an excerpt; `marked` where it is the shared phrase. */
export interface Segment {
  readonly text: string;
  readonly marked: boolean;
}

const longestExcerpt = 20_000;
const longestPhrase = 40;

/**
 * Cuts an excerpt around the shared phrase and marks every occurrence, whatever its case and the punctuation between
 * its words. A phrase that is not found (a masked style pattern, say) leaves the excerpt's beginning unmarked.
 *
 * @param excerpt - raw answer text; only its first 20,000 UTF-16 units are searched
 * @param phrase - words separated by spaces; only the first 40 (and 400 units) are used
 * @param window - units shown before the first occurrence and in all; default 160 and 480
 * @returns segments in order, at least one; text is raw and must still go through `visibleText`
 */
export function excerptSegments(
  excerpt: string,
  phrase: string,
  window: { readonly before: number; readonly total: number } = { before: 160, total: 480 },
): Segment[] {
  const text = excerpt.slice(0, longestExcerpt);
  const words = phrase
    .slice(0, 400)
    .split(/\s+/u)
    .filter((word) => word !== "")
    .slice(0, longestPhrase);
  const matches = words.length === 0 ? [] : [...text.matchAll(phrasePattern(words))];
  const from = boundary(text, Math.max(0, (matches[0]?.index ?? 0) - window.before));
  const to = boundary(text, Math.min(text.length, from + window.total));
  const segments: Segment[] = [];
  const add = (part: string, marked: boolean) => {
    if (part !== "") segments.push({ text: part, marked });
  };
  let position = from;
  if (from > 0) add("… ", false);
  for (const match of matches) {
    const end = match.index + match[0].length;
    if (match.index < position || end > to) continue;
    add(text.slice(position, match.index), false);
    add(match[0], true);
    position = end;
  }
  add(text.slice(position, to), false);
  if (to < excerpt.length) add(" …", false);
  return segments.length === 0 ? [{ text: "", marked: false }] : segments;
}

/** Scripts that are written without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const sign = "[^\\p{L}\\p{N}\\p{M}]";

/**
 * The words in order with one to eight signs between them, in scripts without spaces up to eight between any two letters:
 * bounded, so that no text makes it slow.
 */
function phrasePattern(words: readonly string[]): RegExp {
  const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const parts = words.flatMap((word) =>
    unspaced.test(word)
      ? [...word].map((letter) => ({ text: literal(letter), apart: false }))
      : [{ text: literal(word), apart: true }],
  );
  const [first, last] = [words[0] ?? "", words.at(-1) ?? ""];
  const body = parts
    .map(({ text, apart }, at) => {
      if (at === 0) return text;
      return `${sign}{${apart && parts[at - 1]?.apart === true ? 1 : 0},8}${text}`;
    })
    .join("");
  // A word ends where no letter follows; in scripts without spaces that cannot be seen.
  const before = unspaced.test([...first][0] ?? "") ? "" : "(?<![\\p{L}\\p{N}])";
  const after = unspaced.test([...last].at(-1) ?? "") ? "" : "(?![\\p{L}\\p{N}])";
  return new RegExp(`${before}${body}${after}`, "giu");
}

/** Moves a cut off the middle of a surrogate pair. */
function boundary(text: string, at: number): number {
  const code = text.charCodeAt(at);
  const before = text.charCodeAt(at - 1);
  return code >= 0xdc00 && code < 0xe000 && before >= 0xd800 && before < 0xdc00 ? at - 1 : at;
}
