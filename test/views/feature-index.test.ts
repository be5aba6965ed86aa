import fc from "fast-check";
import { expect, it } from "vitest";
import { createFeatureIndex } from "../../src/views/feature-index.ts";

it("numbers features by first appearance, as a Map does, and starts anew when cleared", () => {
  const feature = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 40 }));
  fc.assert(
    fc.property(fc.array(fc.array(feature, { maxLength: 200 }), { maxLength: 4 }), (rounds) => {
      // A small table: it must grow, and its slots must collide.
      const index = createFeatureIndex(8);
      for (const round of rounds) {
        const known = new Map<number, number>();
        for (const value of round) {
          expect(index.find(value)).toBe(known.get(value) ?? -1);
          if (!known.has(value)) known.set(value, known.size);
          expect(index.add(value)).toBe(known.get(value));
        }
        expect(index.size()).toBe(known.size);
        for (const [value, id] of known) {
          expect(index.find(value)).toBe(id);
          expect(index.featureOf(id)).toBe(value);
        }
        index.clear();
        expect(index.size()).toBe(0);
        for (const value of known.keys()) expect(index.find(value)).toBe(-1);
      }
    }),
    { numRuns: 100, seed: 3 },
  );
});
