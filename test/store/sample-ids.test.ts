import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256Hex } from "../../src/schema/identity.ts";
import { nativeSha256 } from "../../src/store/native-sha256.ts";
import { createSampleIds } from "../../src/store/sample-ids.ts";

const idOf = (number: number) => createHash("sha256").update(String(number)).digest("hex");

test("a set of ids knows what was added, and nothing else, however it grows", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 3_000 }), (numbers) => {
      const ids = createSampleIds();
      const plain = new Set<string>();
      for (const number of numbers) {
        const id = idOf(number);
        expect(ids.has(id)).toBe(plain.has(id));
        expect(ids.add(id)).toBe(!plain.has(id));
        plain.add(id);
      }
      expect(ids.size()).toBe(plain.size);
      for (let number = 0; number <= 4_000; number += 37)
        expect(ids.has(idOf(number))).toBe(plain.has(idOf(number)));
    }),
    { seed: 31, numRuns: 30 },
  );
});

test("ids that begin alike, and one of zeros, are told apart", () => {
  const ids = createSampleIds();
  const zeros = "0".repeat(64);
  const alike = Array.from(
    { length: 200 },
    (_, i) => `${"ab".repeat(12)}${i.toString(16).padStart(8, "0")}${"0".repeat(32)}`,
  );
  expect(ids.has(zeros)).toBe(false);
  for (const id of [zeros, ...alike]) expect(ids.add(id)).toBe(true);
  for (const id of [zeros, ...alike]) expect(ids.add(id)).toBe(false);
  expect(ids.size()).toBe(201);
});

test("the machine's SHA-256 gives the digits of the one that runs anywhere, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      expect(nativeSha256(text)).toBe(sha256Hex(text));
    }),
    { seed: 32, numRuns: 300 },
  );
  for (const text of ["\ud800", "a\udc00b", "\u0000\u00ff", ""])
    expect(nativeSha256(text)).toBe(sha256Hex(text));
});
