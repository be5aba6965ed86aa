import { createHmac } from "node:crypto";

const rounds = 8;
const halves = 1 << 16;

/**
 * A permutation of the 32-bit numbers under a key: a balanced Feistel network of eight rounds over halves of 16 bits. In
 * round r = 0, 1 ... 7 the halves (L, R) become (R, L xor F_r(R)), L being the upper half; F_r(i) is the i-th big-endian
 * 16-bit number of HMAC-SHA256(key, `name|r|0`), HMAC-SHA256(key, `name|r|1`) ... one after another. A permutation, and
 * not a keyed hash of 32 bits, so that no two features become one that were two.
 *
 * @param name - another name gives another permutation
 * @returns takes and gives numbers from 0 to 2^32 - 1
 * @see Luby & Rackoff (1988), doi:10.1137/0217022, for permutations from random functions
 */
export function keyedPermutation(key: Buffer, name: string): (value: number) => number {
  const tables = new Uint16Array(rounds * halves);
  for (let round = 0; round < rounds; round++)
    for (let block = 0; block < halves / 16; block++) {
      const bytes = createHmac("sha256", key).update(`${name}|${round}|${block}`).digest();
      for (let i = 0; i < 16; i++) tables[round * halves + block * 16 + i] = bytes.readUInt16BE(2 * i);
    }
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
