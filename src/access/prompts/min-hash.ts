import { mix32 } from "./prompt-words.ts";

/** Values of a signature: the estimate's standard error is at most 1 / (2 sqrt(64)) = 0.0625, at Jaccard 0.5. */
export const signatureSize = 64;

/**
 * Bands of two values each. Two prompts share a band with probability 1 - (1 - j^2)^32 at Jaccard similarity j: 0.98 at
 * 0.34 (a template of 30 words with four slots has that much in pairs of words), 0.27 at 0.1, 0.012 at 0.02.
 */
export const bandCount = 32;

const multipliers = Uint32Array.from({ length: signatureSize }, (_, at) => mix32(at + 1) | 1);
const addends = Uint32Array.from({ length: signatureSize }, (_, at) => mix32(at + 0x10001));

/** Hashes of the pairs of neighbouring words (shingles of two), in order; the word alone where there is only one. */
export function wordPairs(words: Uint32Array): Uint32Array {
  if (words.length < 2) return words;
  const pairs = new Uint32Array(words.length - 1);
  for (let at = 0; at < pairs.length; at++)
    pairs[at] = mix32(Math.imul(words[at] as number, 0x9e3779b1) ^ (words[at + 1] as number));
  return pairs;
}

/**
 * MinHash signature of a set: the lowest value of each of 64 hashes, of which 16 bits are kept. That raises
 * an estimate by (1 - j) / 65,536.
 *
 * @param elements - 32-bit hashes; repeats change nothing; not modified
 * @param into - receives 64 values from `offset` on; 65,535 each for an empty set
 * @see Broder (1997), doi:10.1109/SEQUEN.1997.666900
 */
export function minHash(elements: Uint32Array, into: Uint16Array, offset = 0): void {
  for (let at = 0; at < signatureSize; at++) {
    const multiplier = multipliers[at] as number;
    const addend = addends[at] as number;
    let lowest = 0xffffffff;
    for (let element = 0; element < elements.length; element++) {
      let value = Math.imul(elements[element] as number, multiplier) + addend;
      // The low bits of a product depend on few bits of its factors.
      value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
      value = (value ^ (value >>> 16)) >>> 0;
      if (value < lowest) lowest = value;
    }
    // The lowest of n values is near 2^32 / n: its low bits tell signatures apart, its high bits do not.
    into[offset + at] = lowest & 0xffff;
  }
}

/** Estimated Jaccard similarity of two sets, by the share of equal values, in [0, 1]. */
export function estimatedJaccard(signatures: Uint16Array, first: number, second: number): number {
  let equal = 0;
  const [left, right] = [first * signatureSize, second * signatureSize];
  for (let at = 0; at < signatureSize; at++) if (signatures[left + at] === signatures[right + at]) equal++;
  return equal / signatureSize;
}

/** Key of one band of one signature: 32 bits. */
export const bandKey = (signatures: Uint16Array, item: number, band: number): number =>
  (((signatures[item * signatureSize + 2 * band] as number) << 16) |
    (signatures[item * signatureSize + 2 * band + 1] as number)) >>>
  0;
