import type { WordPair } from "../../schema/green-list.ts";

/** One place where a text uses a word of a pair. */
export interface WordChoice {
  /** Index of the pair in the list. */
  readonly pair: number;
  /** 0 the first word of the pair, 1 the second. */
  readonly chosen: 0 | 1;
  /** The preceding words in canonical form, parted by spaces; empty ones before the text's first word. */
  readonly context: string;
  /** Where the word stands, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** The article right before it, where there is one. */
  readonly article: { readonly start: number; readonly end: number } | null;
}

/** Code, addresses and block quotes are not the writer's own words. `(?![\s\S])` is the end of the text. */
const notProse = /```[\s\S]*?(?:```|(?![\s\S]))|`[^`\n]*`|https?:\/\/\S+|^ {0,3}>.*$/gm;
const wordPattern = /[\p{L}\p{N}\p{M}]+(?:['’-][\p{L}\p{N}\p{M}]+)*/gu;
/** Words longer than this are told apart by their first characters only. */
const longestWord = 40;

/** A word in lower case, in one spelling of its letters. */
export const plainWord = (word: string): string =>
  word.slice(0, longestWord).normalize("NFKC").toLowerCase().replaceAll("’", "'");

/** Whether a token is one word for `findChoices`, so that it can be in a pair. */
export const isOneWord = (word: string): boolean =>
  word.length <= longestWord && word.match(wordPattern)?.[0] === word && plainWord(word) === word;

/**
 * Makes the reader of a list: text -> every place where it uses a word of a pair and the pair is interchangeable, in
 * bounded time.
 *
 * A context is canonical: lower case, a pair's words as the first of them, and "an" as "a". So a context is the same before
 * and after words in it are rewritten, and what the reader finds does not depend on the key.
 *
 * @param contextWidth - preceding words, across sentences; at least 1
 */
export function createChoiceFinder({
  pairs,
  contextWidth,
}: {
  readonly pairs: readonly WordPair[];
  readonly contextWidth: number;
}): (text: string) => WordChoice[] {
  const sides = new Map(
    pairs.flatMap(({ words }, pair) => words.map((word, side) => [word, { pair, side }] as const)),
  );
  const canonical = (word: string): string => {
    const plain = plainWord(word);
    const side = sides.get(plain);
    return side === undefined ? (plain === "an" ? "a" : plain) : (pairs[side.pair]?.words[0] ?? plain);
  };
  const neighbours = pairs.map(({ notAfter, notBefore, onlyBefore }) => ({
    notAfter: new Set(notAfter.map(canonical)),
    notBefore: new Set(notBefore.map(canonical)),
    onlyBefore: onlyBefore === undefined ? null : new Set(onlyBefore.map(canonical)),
  }));

  return (text) => {
    const prose = text.replace(notProse, (part) => ".".repeat(part.length));
    const tokens = Array.from(prose.matchAll(wordPattern), ({ 0: raw, index }) => ({
      raw,
      start: index,
      end: index + raw.length,
    }));
    const forms = tokens.map(({ raw }) => canonical(raw));
    const isNextTo = (first: number) => {
      const [before, after] = [tokens[first], tokens[first + 1]];
      return (
        before !== undefined && after !== undefined && /^[\s*_]+$/.test(prose.slice(before.end, after.start))
      );
    };
    return tokens.flatMap(({ raw, start, end }, at): WordChoice[] => {
      const side = sides.get(plainWord(raw));
      const limits = side === undefined ? undefined : neighbours[side.pair];
      if (side === undefined || limits === undefined || letterCase(raw) === "mixed") return [];
      const before = isNextTo(at - 1) ? forms[at - 1] : undefined;
      const after = isNextTo(at) ? forms[at + 1] : undefined;
      if (before !== undefined && limits.notAfter.has(before)) return [];
      if (after !== undefined && limits.notBefore.has(after)) return [];
      if (limits.onlyBefore !== null && (after === undefined || !limits.onlyBefore.has(after))) return [];
      const preceding = forms.slice(Math.max(0, at - contextWidth), at);
      const context = [...new Array<string>(contextWidth - preceding.length).fill(""), ...preceding].join(
        " ",
      );
      const article = before === "a" ? (tokens[at - 1] ?? null) : null;
      return [
        {
          pair: side.pair,
          chosen: side.side === 0 ? 0 : 1,
          context,
          start,
          end,
          article: article && { start: article.start, end: article.end },
        },
      ];
    });
  };
}

/** How a word is written: `big`, `Big`, `BIG`, or otherwise (a name, an identifier). */
export function letterCase(word: string): "lower" | "capital" | "upper" | "mixed" {
  if (word === word.toLowerCase()) return "lower";
  if (word.length > 1 && word === word.toUpperCase()) return "upper";
  const rest = word.slice(1);
  return rest === rest.toLowerCase() ? "capital" : "mixed";
}
