import { enlarged } from "./enlarged.ts";
import { createFeatureIndex } from "./feature-index.ts";

/**
 * One pass over a response: words, punctuation marks and line breaks, each as a 32-bit hash, so that all views share
 * one scan. A word is a maximal run of letters, digits and underscores; runs in scripts written without spaces (Han,
 * kana, Thai, Lao, Khmer, Burmese) are cut into words by `Intl.Segmenter`.
 */
export interface TokenScan {
  /** Hash of the token as written. */
  readonly surface: ArrayLike<number>;
  /** Hash of the token's style class: function words, punctuation and line breaks as written, content words masked. */
  readonly style: ArrayLike<number>;
  /**
   * Number of the white-space separated chunk the token stands in; line breaks carry -1. In scripts written without
   * spaces every word is a chunk, or a whole answer would be one.
   */
  readonly chunk: ArrayLike<number>;
  /** What the token is: one of `tokenKinds`. */
  readonly kind: ArrayLike<number>;
  /** How many chunks the text has. */
  readonly chunkCount: number;
}

/** Kinds of tokens: words, marks, marks that end a sentence or a lead-in, and line breaks. */
export const tokenKinds = { word: 0, mark: 1, end: 2, lineBreak: 3 } as const;

/** Marks after which a sentence is over; a colon ends a lead-in. */
const sentenceEnds = new Set(Array.from(".!?:。！？：…।؟", (mark) => mark.charCodeAt(0)));

/** English function words and discourse marks that the style view keeps; lower case. */
const functionWords =
  "the a an and or but if then so because as of to in on at by for with from about into over after before between through is are was were be been being have has had do does did will would can could should may might must not no i you he she it we they this that these those there here what which who whom whose when where why how all any both each few more most other some such only own same than too very just also however additionally furthermore moreover therefore overall finally first second third sure certainly yes".split(
    " ",
  );

const seed = 0x811c9dc5;
const step = (hash: number, unit: number) => Math.imul(hash ^ unit, 0x01000193);
/** Finalizer of MurmurHash3: spreads FNV's weak high bits. */
function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** 32-bit hash of a string (FNV-1a over UTF-16 units, finished as MurmurHash3). */
export function hashText(text: string): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = step(hash, text.charCodeAt(i));
  return finish(hash);
}

/** 32-bit hash of an n-gram from its tokens' hashes: order matters. */
export function hashPair(first: number, second: number): number {
  return finish(Math.imul(first, 0x9e3779b1) ^ (second + 0x7f4a7c15));
}

const keptWords = createFeatureIndex(1 << 9);
for (const word of functionWords) keptWords.add(hashText(word));
const longestKeptWord = Math.max(...functionWords.map(({ length }) => length));
const numberClass = hashText("<number>");
const capitalisedClass = hashText("<Word>");
const lowerClass = hashText("<word>");
const breakClass = [1, 2, 3].map((n) => hashText(`<break ${n}>`));
/** By number of line breaks in a row, up to 8. */
const breaks = Array.from({ length: 9 }, (_, n) => hashText("\n".repeat(n)));

const isSpace = 0;
const isWord = 1;
const isMark = 2;
const isBreak = 3;
/** Character classes of the basic plane, filled when first met: a regex per character would dominate the scan. */
const classes = new Int8Array(65536).fill(-1);

function classOf(code: number, text: string, at: number): number {
  const known = classes[code] as number;
  return known >= 0 ? known : classify(code, text, at);
}

function classify(code: number, text: string, at: number): number {
  const character =
    code >= 0xd800 && code <= 0xdbff ? String.fromCodePoint(text.codePointAt(at) ?? code) : text.charAt(at);
  const found =
    character === "\n"
      ? isBreak
      : /\s/u.test(character)
        ? isSpace
        : /[\p{L}\p{N}\p{M}_]/u.test(character)
          ? isWord
          : isMark;
  // A surrogate's class depends on its partner, so it is not remembered.
  if (code < 0xd800 || code > 0xdfff) classes[code] = found;
  return found;
}

/** The first letter of such a script: words of lesser ones need no regex. */
const firstUnspaced = 0x0e00;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const segmenter = new Intl.Segmenter("und", { granularity: "word" });
/** UTF-16 units that are segmented at once: the segmenter's time grows with the square of its text. */
const segmentedUnits = 256;

/**
 * Ends of the words of `text[from, to)`, a run in a script without spaces; the last one is `to`. Lazy, and in time that
 * grows with the run.
 */
export function* wordEnds(text: string, from: number, to: number): Generator<number> {
  let start = from;
  while (start < to) {
    let end = Math.min(to, start + segmentedUnits);
    // A surrogate pair is not cut.
    if (end < to && (text.codePointAt(end - 1) ?? 0) > 0xffff) end--;
    const ends = Array.from(
      segmenter.segment(text.slice(start, end)),
      ({ index, segment }) => start + index + segment.length,
    );
    // The last word of a piece may go on in the next, which therefore begins with it.
    if (end < to && ends.length > 1) ends.pop();
    yield* ends;
    start = ends.at(-1) ?? to;
  }
}
const upperFirst = /^\p{Lu}/u;

/** Style class of a word that is neither kept nor a number. */
function contentClass(text: string, from: number): number {
  const code = text.charCodeAt(from);
  const capital = code < 128 ? code >= 65 && code <= 90 : upperFirst.test(text.slice(from, from + 2));
  return capital ? capitalisedClass : lowerClass;
}

/** A scan whose arrays are its own. */
interface OwnScan extends TokenScan {
  readonly surface: number[];
  readonly style: number[];
  readonly chunk: number[];
  readonly kind: number[];
}

/** @param text - any string; @returns parallel arrays over tokens, empty for a text without any */
export function scanTokens(text: string): OwnScan {
  const { surface, style, chunk, kind, chunkCount } = createScanner()(text);
  return {
    surface: Array.from(surface),
    style: Array.from(style),
    chunk: Array.from(chunk),
    kind: Array.from(kind),
    chunkCount,
  };
}

/** @returns as `scanTokens`, but its arrays are used again: a scan holds until the next one */
export function createScanner(): (text: string) => TokenScan {
  let surface = new Uint32Array(1 << 10);
  let style = new Uint32Array(1 << 10);
  let chunk = new Int32Array(1 << 10);
  let kinds = new Uint8Array(1 << 10);
  let count = 0;
  const push = (surfaceHash: number, styleHash: number, chunkIndex: number, kind: number) => {
    if (count === surface.length) {
      surface = enlarged(surface, count + 1);
      style = enlarged(style, count + 1);
      chunk = enlarged(chunk, count + 1);
      kinds = enlarged(kinds, count + 1);
    }
    surface[count] = surfaceHash;
    style[count] = styleHash;
    chunk[count] = chunkIndex;
    kinds[count] = kind;
    count++;
  };
  return (written) => {
    // How a server ends its lines says nothing about the model.
    const text = written.includes("\r") ? written.replace(/\r\n?/g, "\n") : written;
    count = 0;
    let chunkIndex = -1;
    let inChunk = false;
    let i = 0;
    while (i < text.length) {
      let code = text.charCodeAt(i);
      const kind = classOf(code, text, i);
      if (kind === isSpace) {
        inChunk = false;
        i++;
        continue;
      }
      const from = i;
      if (kind === isBreak) {
        while (i < text.length && text.charCodeAt(i) === 10) i++;
        inChunk = false;
        const length = i - from;
        push(
          breaks[Math.min(length, 8)] as number,
          breakClass[Math.min(length, 3) - 1] as number,
          -1,
          tokenKinds.lineBreak,
        );
        continue;
      }
      if (!inChunk) {
        inChunk = true;
        chunkIndex++;
      }
      if (kind === isMark) {
        let hash = step(seed, code);
        i++;
        // A lone surrogate is a mark of its own and must not swallow its neighbour.
        if ((text.codePointAt(from) ?? 0) > 0xffff) hash = step(hash, text.charCodeAt(i++));
        const mark = finish(hash);
        push(mark, mark, chunkIndex, sentenceEnds.has(code) ? tokenKinds.end : tokenKinds.mark);
        continue;
      }
      let hash = seed;
      let lower = seed;
      // Of the word and of what follows it: a function word right before a character beyond ASCII ("don’t") is masked,
      // and the shipped calibrations are fitted so.
      let units = code;
      let digits = true;
      do {
        // Letters met before: without any call this loop runs twice as fast, and it takes most of the scan.
        do {
          hash = step(hash, code);
          lower = step(lower, code >= 65 && code <= 90 ? code | 32 : code);
          if (code < 48 || code > 57) digits = false;
          i++;
          if (code >= 0xd800 && code <= 0xdbff) hash = step(hash, text.charCodeAt(i++));
          code = i < text.length ? text.charCodeAt(i) : 0;
          units |= code;
        } while (i < text.length && classes[code] === isWord);
      } while (i < text.length && classOf(code, text, i) === isWord);
      if (units >= firstUnspaced && unspaced.test(text.slice(from, i))) {
        let at = from;
        for (const to of wordEnds(text, from, i)) {
          if (at > from) chunkIndex++;
          const word = text.slice(at, to);
          push(
            hashText(word),
            /^[0-9]+$/.test(word) ? numberClass : contentClass(word, 0),
            chunkIndex,
            tokenKinds.word,
          );
          at = to;
        }
        continue;
      }
      const word = finish(hash);
      const kept =
        units < 128 && i - from <= longestKeptWord && keptWords.find(finish(lower)) >= 0 ? word : -1;
      push(
        word,
        digits ? numberClass : kept >= 0 ? kept : contentClass(text, from),
        chunkIndex,
        tokenKinds.word,
      );
    }
    return {
      surface: surface.subarray(0, count),
      style: style.subarray(0, count),
      chunk: chunk.subarray(0, count),
      kind: kinds.subarray(0, count),
      chunkCount: chunkIndex + 1,
    };
  };
}
