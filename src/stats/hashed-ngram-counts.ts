import { requireWithin } from "./check-values.ts";

export interface HashedNgramOptions {
  /** n-gram sizes in tokens, for example [1, 2, 3]. */
  readonly sizes: readonly number[];
  /** Length of the vector, 1024 by default. */
  readonly dimensions?: number;
}

/**
 * Signed hashed counts of character or word n-grams, for `cosineKernel`.
 *
 * Each n-gram adds +1 or -1 to one cell; the sign is part of the hash, so that collisions cancel on average and inner
 * products stay unbiased. No n-gram reaches beyond the ends: nothing is padded.
 *
 * @param tokens - words, or characters by `Array.from(text)`; not modified
 * @returns zeros where there are fewer tokens than the smallest size
 * @throws RangeError when a size or the dimensions are not whole numbers of at least 1
 * @see Weinberger et al. (2009), arXiv:0902.2206
 */
export function hashedNgramCounts(tokens: readonly string[], options: HashedNgramOptions): Float32Array {
  const { sizes, dimensions = 1024 } = options;
  for (const value of [...sizes, dimensions]) {
    requireWithin(value, "n-gram size and dimensions", [1, Number.MAX_SAFE_INTEGER]);
    if (!Number.isInteger(value)) throw new RangeError(`A size must be a whole number, got ${value}.`);
  }
  const hashes = Uint32Array.from(tokens, hashToken);
  const counts = new Float32Array(dimensions);
  for (const size of sizes)
    for (let start = 0; start + size <= hashes.length; start++) {
      let hash = size;
      for (let offset = 0; offset < size; offset++)
        hash = Math.imul(hash ^ (hashes[start + offset] as number), 0x9e3779b1) ^ (hash >>> 15);
      const mixed = finalMix(hash);
      const cell = (mixed >>> 1) % dimensions;
      counts[cell] = (counts[cell] as number) + ((mixed & 1) === 0 ? 1 : -1);
    }
  return counts;
}

/** FNV-1a over UTF-16 code units. */
function hashToken(token: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < token.length; index++)
    hash = Math.imul(hash ^ token.charCodeAt(index), 0x01000193);
  return finalMix(hash);
}

/** The finaliser of MurmurHash3: every input bit reaches every output bit. */
function finalMix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
