import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { WordPair } from "../../schema/green-list.ts";

/** What the key says of a pair after some words. */
export interface GreenDraw {
  /** Which word is green: 0 the first of the pair, 1 the second. */
  readonly green: 0 | 1;
  /** A number in [0, 1), independent of it, by which places are chosen at partial strength. */
  readonly uniform: number;
}

/**
 * Makes the keyed draw of a green list: HMAC-SHA-256 (RFC 2104) of the pair's words and the preceding words. The first bit
 * says which word is green, 48 further bits choose places. To whoever does not know the key it is a fair coin for each pair
 * and context, tossed once and independent of all others.
 *
 * @param key - 32 bytes in hex
 * @see Kirchenbauer et al. (2023), arXiv:2301.10226, for green lists seeded by preceding tokens; here of two words each
 */
export function createGreenDraw(key: string): (context: string, pair: Pick<WordPair, "words">) => GreenDraw {
  const keyed = hmac.create(sha256, hexToBytes(key));
  return (context, { words }) => {
    const digest = keyed
      .clone()
      .update(utf8ToBytes(`${words[0]}/${words[1]}\n${context}`))
      .digest();
    return {
      green: ((digest[0] ?? 0) & 1) === 0 ? 0 : 1,
      uniform: digest.subarray(1, 7).reduce((value, byte) => value * 256 + byte, 0) / 2 ** 48,
    };
  };
}
