/** Words of a prompt, each as a 32-bit hash. */
export interface PromptWords {
  /** Numbers and quoted or long tokens are one mark here: they are slots wherever they stand. */
  readonly masked: Uint32Array;
  /** As they are. */
  readonly raw: Uint32Array;
}

/** Scripts without spaces are read sign by sign; elsewhere a word is a run of letters, with its apostrophes. */
const wordPattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*|\p{N}(?:[\p{N}.,:/-]*\p{N})?/gu;
const openToken = /^\p{N}|.{25}/u;
const slotMark = 1;

/** Words of a text, without regard to case and punctuation; at most `limit` of them. */
export function wordList(text: string, limit = Number.POSITIVE_INFINITY): string[] {
  const words: string[] = [];
  for (const [word] of text.toLowerCase().matchAll(wordPattern)) {
    if (words.length >= limit) break;
    words.push(word);
  }
  return words;
}

/** Hashes of the words of a prompt, at most `limit` of them. */
export function promptWords(text: string, limit: number): PromptWords {
  const words = wordList(text, limit);
  const raw = Uint32Array.from(words, hash32);
  return { raw, masked: raw.map((hash, at) => (openToken.test(words[at] ?? "") ? slotMark : hash)) };
}

/** FNV-1a over UTF-16 units with the finaliser of MurmurHash3: 32 bits, never the slot mark. */
export function hash32(word: string): number {
  let hash = 2166136261;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 16777619);
  return Math.max(2, mix32(hash));
}

/** Finaliser of MurmurHash3: every bit of the argument moves every bit of the result. */
export function mix32(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
