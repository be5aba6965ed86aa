import { createCipheriv, createHmac } from "node:crypto";

const rounds = 8;
const halves = 1 << 16;

/**
 * A permutation of the 32-bit numbers under a key: a balanced Feistel network of eight rounds over halves of 16 bits. In
 * round r = 0, 1 ... 7 the halves (L, R) become (R, L xor F_r(R)), L being the upper half; F_r(i) is the big-endian 16-bit
 * number at place 65536 r + i of the AES-256-CTR key stream (counter from 0) under HMAC-SHA256(key, name). A permutation, and
 * not a keyed hash of 32 bits, so that no two features become one that were two.
 *
 * @param name - another name gives another permutation
 * @returns takes and gives numbers from 0 to 2^32 - 1
 * @see Luby & Rackoff (1988), doi:10.1137/0217022, for permutations from random functions
 */
export function keyedPermutation(key: Buffer, name: string): (value: number) => number {
  const streamKey = createHmac("sha256", key).update(name).digest();
  const stream = createCipheriv("aes-256-ctr", streamKey, Buffer.alloc(16)).update(
    Buffer.alloc(2 * rounds * halves),
  );
  const tables = Uint16Array.from({ length: rounds * halves }, (_, at) => stream.readUInt16BE(2 * at));
  return (value) => {
    let left = value >>> 16;
    let right = value & 0xffff;
    for (let round = 0; round < rounds; round++) {
      const next = left ^ (tables[round * halves + right] as number);
      left = right;
      right = next;
    }
    return ((left << 16) | right) >>> 0;
  };
}
