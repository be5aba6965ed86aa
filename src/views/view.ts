import { hashPair, type TokenScan } from "./token-scan.ts";

/** A view: a function from a response to a sparse bag of features, each a 32-bit hash. */
export interface View {
  readonly name: string;
  /** What it looks at, for the method section. */
  readonly describes: string;
  /** Calls `push` once for each occurrence of a feature in the response. */
  readonly emit: (scan: TokenScan, push: (feature: number) => void) => void;
}

/**
 * Pushes the hashes of all n-grams of orders 1 to `maxOrder` over `tokens`.
 * @param keep - which positions take part; the neighbours of a position left out stand beside each other
 * @param from - first position that is looked at
 * @param to - position after the last one
 */
export function pushNGrams(
  tokens: ArrayLike<number>,
  maxOrder: 1 | 2 | 3,
  push: (feature: number) => void,
  keep?: (position: number) => boolean,
  from = 0,
  to = tokens.length,
): void {
  // The two tokens before this one; written out because this loop runs for every token of every response.
  let last = 0;
  let lastButOne = 0;
  let seen = 0;
  for (let i = from; i < to; i++) {
    if (keep !== undefined && !keep(i)) continue;
    const token = tokens[i] as number;
    push(token);
    if (maxOrder >= 2 && seen >= 1) {
      const pair = hashPair(token, last);
      push(pair);
      if (maxOrder === 3 && seen >= 2) push(hashPair(pair, lastButOne));
    }
    lastButOne = last;
    last = token;
    seen++;
  }
}
