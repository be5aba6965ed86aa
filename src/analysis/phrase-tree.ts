/** A text as the numbers of its words. */
export type NumberedWords = ArrayLike<number>;

/**
 * Phrases (runs of words) that texts hold, as a tree: a phrase's children go on from it by one word. Numbered from 0 in the
 * order in which the texts have them, a beginning before what goes on from it.
 */
export interface PhraseTree {
  /** By phrase: its last word. */
  readonly last: readonly number[];
  /** By phrase: the phrase without its last word; -1 for none. */
  readonly parent: readonly number[];
  /** By phrase: how many words it has. */
  readonly length: readonly number[];
  /** By phrase: how many of the texts hold it. */
  readonly holders: readonly number[];
  /** By phrase: its number in the tree it was picked from; its own where there was none. */
  readonly origin: readonly number[];
  /** The phrase that goes on from another (-1: that begins) by a word; -1 where there is none. */
  readonly next: (phrase: number, word: number) => number;
}

const longestPhrase = 7;

/**
 * The phrases of up to 7 words of some texts.
 * @param within - only phrases of this tree
 */
export function phraseTree(texts: readonly NumberedWords[], within?: PhraseTree): PhraseTree {
  const last: number[] = [];
  const parent: number[] = [];
  const length: number[] = [];
  const holders: number[] = [];
  const origin: number[] = [];
  /** By phrase: the latest text in which it was met. */
  const metIn: number[] = [];
  const width = 1 + largestOf(texts);
  const starts = new Int32Array(width).fill(-1);
  const children = new Map<number, number>();
  const next = (phrase: number, word: number): number => {
    if (word >= width) return -1;
    return phrase < 0 ? (starts[word] as number) : (children.get(phrase * width + word) ?? -1);
  };
  const add = (phrase: number, word: number, from: number): number => {
    const added = last.length;
    last.push(word);
    parent.push(phrase);
    length.push(phrase < 0 ? 1 : (length[phrase] as number) + 1);
    holders.push(0);
    origin.push(within === undefined ? added : from);
    metIn.push(-1);
    if (phrase < 0) starts[word] = added;
    else children.set(phrase * width + word, added);
    return added;
  };
  for (const [t, words] of texts.entries()) {
    for (let from = 0; from < words.length; from++) {
      const end = Math.min(words.length, from + longestPhrase);
      for (let to = from, phrase = -1, picked = -1; to < end; to++) {
        const word = words[to] as number;
        // Every beginning of a phrase of a tree is in the tree too, so the first miss ends the run.
        if (within !== undefined) picked = within.next(picked, word);
        if (within !== undefined && picked < 0) break;
        const known = next(phrase, word);
        phrase = known < 0 ? add(phrase, word, picked) : known;
        if (metIn[phrase] !== t) holders[phrase] = (holders[phrase] as number) + 1;
        metIn[phrase] = t;
      }
    }
  }
  return { last, parent, length, holders, origin, next };
}

/** By phrase of a tree: how many of the texts hold it. */
export function countPhrases(tree: PhraseTree, texts: readonly NumberedWords[]): Int32Array {
  const counts = new Int32Array(tree.last.length);
  const metIn = new Int32Array(tree.last.length).fill(-1);
  for (const [t, words] of texts.entries()) {
    for (let from = 0; from < words.length; from++) {
      const end = Math.min(words.length, from + longestPhrase);
      for (let to = from, phrase = -1; to < end; to++) {
        phrase = tree.next(phrase, words[to] as number);
        if (phrase < 0) break;
        if (metIn[phrase] !== t) counts[phrase] = (counts[phrase] as number) + 1;
        metIn[phrase] = t;
      }
    }
  }
  return counts;
}

/** The words of a phrase. */
export function wordsOfPhrase({ last, parent }: PhraseTree, phrase: number): number[] {
  const words: number[] = [];
  for (let at = phrase; at >= 0; at = parent[at] as number) words.unshift(last[at] as number);
  return words;
}

function largestOf(texts: readonly NumberedWords[]): number {
  let largest = -1;
  for (const words of texts)
    for (let at = 0; at < words.length; at++) largest = Math.max(largest, words[at] as number);
  return largest;
}
