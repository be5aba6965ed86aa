import type { Segment } from "./excerpt-segments.ts";

/** A stretch of an excerpt: the shared phrase (`marked`), something else that both answers hold (`shared`), or neither. */
export interface SharedSegment extends Segment {
  readonly shared: boolean;
}

/** Words in a row that both answers must hold. */
const fewestWords = 3;
/** UTF-16 units and words of either text that are looked at: bounds the work on hostile answers. */
const longestText = 4000;
const mostWords = 800;

/** Words; scripts without spaces are cut by `Intl.Segmenter`. */
const segmenter = new Intl.Segmenter("und", { granularity: "word" });
/** The segmenter's time grows with the square of a text without spaces. */
const segmentedUnits = 256;

/**
 * Splits what is not marked into runs of at least three words that the other answer holds too, whatever their case and the
 * signs between them, and the rest. Joined again the segments give the same text.
 */
export function markShared(segments: readonly Segment[], other: string): SharedSegment[] {
  const grams = new Set(gramsOf(wordsOf(other.slice(0, longestText))));
  return segments.flatMap((segment): SharedSegment[] => {
    if (segment.marked || grams.size === 0) return [{ ...segment, shared: false }];
    const { text } = segment;
    const words = wordsOf(text.slice(0, longestText));
    const parts: SharedSegment[] = [];
    const add = (from: number, to: number, shared: boolean) => {
      if (to > from) parts.push({ text: text.slice(from, to), marked: false, shared });
    };
    let position = 0;
    for (const [first, last] of runsIn(words, grams)) {
      const [from, to] = [words[first]?.at ?? 0, words[last]?.end ?? 0];
      add(position, from, false);
      add(from, to, true);
      position = to;
    }
    add(position, text.length, false);
    return parts;
  });
}

interface PlacedWord {
  readonly word: string;
  readonly at: number;
  readonly end: number;
}

function wordsOf(text: string): PlacedWord[] {
  const words: PlacedWord[] = [];
  for (let from = 0; from < text.length && words.length < mostWords; ) {
    // A piece ends at white space, if it has any, so that no word is cut.
    const end = Math.min(text.length, from + segmentedUnits);
    const space = end < text.length ? text.slice(from, end).search(/\s\S*$/u) : -1;
    const to = space > 0 ? from + space : end;
    for (const { segment, index, isWordLike } of segmenter.segment(text.slice(from, to)))
      if (isWordLike === true)
        words.push({ word: segment.toLowerCase(), at: from + index, end: from + index + segment.length });
    from = to;
  }
  return words;
}

function gramsOf(words: readonly PlacedWord[]): string[] {
  return words.slice(0, Math.max(0, words.length - fewestWords + 1)).map((_, at) => gramAt(words, at));
}

const gramAt = (words: readonly PlacedWord[], at: number) =>
  words
    .slice(at, at + fewestWords)
    .map(({ word }) => word)
    .join("\n");

/** First and last word of each run whose every three words are in `grams`. */
function runsIn(words: readonly PlacedWord[], grams: ReadonlySet<string>): (readonly [number, number])[] {
  const runs: [number, number][] = [];
  gramsOf(words).forEach((gram, at) => {
    if (!grams.has(gram)) return;
    const last = runs.at(-1);
    if (last !== undefined && at <= last[1]) last[1] = at + fewestWords - 1;
    else runs.push([at, at + fewestWords - 1]);
  });
  return runs;
}
