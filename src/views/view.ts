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
 * Pushes the hashes of all n-grams of orders 1 to `maxOrder` over `tokens[from, to)`.
 * @param keep - which positions take part; an n-gram never spans a position left out, it joins its neighbours
 */
export function pushNGrams(
  tokens: readonly number[],
  maxOrder: number,
  push: (feature: number) => void,
  keep: (position: number) => boolean = () => true,
): void {
  const previous: number[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (!keep(i)) continue;
    const token = tokens[i] ?? 0;
    push(token);
    let gram = token;
    for (let order = 2; order <= maxOrder && order - 2 < previous.length; order++) {
      gram = hashPair(gram, previous[order - 2] ?? 0);
      push(gram);
    }
    previous.unshift(token);
    if (previous.length >= maxOrder) previous.length = maxOrder - 1;
  }
}
