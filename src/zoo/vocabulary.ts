import { hashText } from "./hash.ts";

const tokenPattern = / ?\p{L}[\p{L}\p{M}'’-]*| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s/gu;

/**
 * Cut text into word-level tokens that keep their leading space, so that joining them gives back the text
 * (runs of marks are one token; a surrogate without its partner is kept as it is).
 */
export function tokenize(text: string): string[] {
  return text.match(tokenPattern) ?? [];
}

/** Number of distinct words (letters only, case and leading space ignored) among tokens. */
export function countWordTypes(tokens: Iterable<string>): number {
  const types = new Set<string>();
  for (const token of tokens) {
    const word = token.trim().toLowerCase();
    if (/^\p{L}/u.test(word)) types.add(word);
  }
  return types.size;
}

/** Id of the token before every text. */
export const beginToken = 0;
/** Id of the token after every text: sampling it ends an answer. */
export const endToken = 1;

/** Append-only two-way map between tokens and ids; models of one zoo share it as real models share a tokenizer. */
export interface Vocabulary {
  readonly tokens: readonly string[];
  /** Hash of each token's text: unlike its id, it does not depend on what was encoded before. */
  readonly hashes: readonly number[];
  /** Ids of a text's tokens; unseen tokens get new ids. */
  encode(text: string): number[];
  /** Ids of a text's tokens; -1 for an unseen token. Never grows. */
  lookup(text: string): number[];
}

export function createVocabulary(): Vocabulary {
  const tokens: string[] = ["", ""];
  const hashes: number[] = [0, 1];
  const ids = new Map<string, number>();
  return {
    tokens,
    hashes,
    encode: (text) =>
      tokenize(text).map((token) => {
        const known = ids.get(token);
        if (known !== undefined) return known;
        ids.set(token, tokens.length);
        tokens.push(token);
        hashes.push(hashText(token));
        return tokens.length - 1;
      }),
    lookup: (text) => tokenize(text).map((token) => ids.get(token) ?? -1),
  };
}
