import { createCipheriv, createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { keyedNames, newRedactionKey } from "../../src/bundle/keyed-names.ts";
import { keyedPermutation } from "../../src/bundle/keyed-permutation.ts";

const key = createHash("sha256").update("a key").digest();
const word = keyedPermutation(key, "word");
const number32 = fc.nat({ max: 2 ** 32 - 1 });

test("no two numbers become one, and all stay within 32 bits", () => {
  fc.assert(
    fc.property(fc.uniqueArray(number32, { minLength: 2, maxLength: 400 }), (numbers) => {
      const images = numbers.map(word);
      expect(new Set(images).size).toBe(numbers.length);
      expect(images.every((image) => Number.isInteger(image) && image >= 0 && image < 2 ** 32)).toBe(true);
    }),
    { seed: 1, numRuns: 50 },
  );
  // Neighbours, as a run of hashes never is: a hundred thousand of them.
  expect(new Set(Array.from({ length: 100_000 }, (_, i) => word(i))).size).toBe(100_000);
});

test("every round can be undone, so that it is one to one over all 2^32", () => {
  const back = inverse(key, "word");
  fc.assert(
    fc.property(number32, (number) => back(word(number)) === number),
    { seed: 2, numRuns: 200 },
  );
});

test("the same key and name give the same permutation, another of either another one", () => {
  const numbers = Array.from({ length: 2_000 }, (_, i) => i * 1_000_003);
  const same = (other: (value: number) => number) =>
    numbers.filter((number) => other(number) === word(number)).length;
  expect(same(keyedPermutation(key, "word"))).toBe(numbers.length);
  expect(same(keyedPermutation(key, "style"))).toBeLessThan(3);
  expect(same(keyedPermutation(newRedactionKey(), "word"))).toBeLessThan(3);
});

test("images look like drawn ones: each bit is set in half of them, whatever is put in", () => {
  const images = Array.from({ length: 20_000 }, (_, i) => word(i));
  for (let bit = 0; bit < 32; bit++) {
    const share = images.filter((image) => Math.floor(image / 2 ** bit) % 2 === 1).length / images.length;
    // Five standard deviations.
    expect(Math.abs(share - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / images.length));
  }
});

test("ids depend on kind, scope, text and key, and are what the documentation says", () => {
  const names = keyedNames(key);
  const id = names.id("category", "p1", "red");
  expect(id).toBe(
    `keyed:${createHmac("sha256", key).update('["category","p1","red"]').digest("hex").slice(0, 16)}`,
  );
  const others = [
    names.id("token", "p1", "red"),
    names.id("category", "p2", "red"),
    names.id("category", "p1", "Red"),
    keyedNames(newRedactionKey()).id("category", "p1", "red"),
  ];
  expect(new Set([id, ...others]).size).toBe(5);
});

/** The key stream as it is documented: counter mode is the cipher of one block after another. */
function roundFunctions(withKey: Buffer, name: string): number[][] {
  const cipher = createCipheriv("aes-256-ecb", createHmac("sha256", withKey).update(name).digest(), null);
  const counters = Buffer.alloc(8 * 2 * 65536);
  for (let block = 0; block < counters.length / 16; block++) counters.writeUInt32BE(block, 16 * block + 12);
  const stream = cipher.update(counters);
  return Array.from({ length: 8 }, (_, round) =>
    Array.from({ length: 65536 }, (_, i) => stream.readUInt16BE(2 * (65536 * round + i))),
  );
}

/** The rounds backwards. */
function inverse(withKey: Buffer, name: string): (value: number) => number {
  const functions = roundFunctions(withKey, name);
  return (value) => {
    let [left, right] = [value >>> 16, value & 0xffff];
    for (const round of functions.toReversed()) [left, right] = [right ^ (round[left] ?? 0), left];
    return ((left << 16) | right) >>> 0;
  };
}
