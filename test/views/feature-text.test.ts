import fc from "fast-check";
import { expect, test } from "vitest";
import { emittedFeatures } from "../../src/views/emitted-features.ts";
import {
  type EmittedFeatures,
  encodeFeatures,
  type FeatureCount,
  readFeatures,
} from "../../src/views/feature-text.ts";
import { wordView } from "../../src/views/word-view.ts";

const read = (text: string): number[] => {
  const into: EmittedFeatures = { features: new Uint32Array(2), length: 0 };
  readFeatures(text, into);
  return [...into.features.subarray(0, into.length)];
};

test("what was written is read: every feature as often as it was counted, in ascending order", () => {
  const counts = fc
    .uniqueArray(fc.tuple(fc.nat({ max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 300 })), {
      selector: ([feature]) => feature,
      maxLength: 60,
    })
    .map((list) => list.sort((a, b) => a[0] - b[0]));
  fc.assert(
    fc.property(counts, (list: FeatureCount[]) => {
      expect(read(encodeFeatures(list))).toEqual(
        list.flatMap(([feature, count]) => new Array<number>(count).fill(feature)),
      );
    }),
    { seed: 3, numRuns: 200 },
  );
});

test("the ends of the range, neighbours and counts of one and two", () => {
  expect(encodeFeatures([])).toBe("");
  expect(encodeFeatures([[0, 1]])).toBe("A");
  expect(
    encodeFeatures([
      [0, 2],
      [1, 1],
    ]),
  ).toBe("BAA");
  const ends: FeatureCount[] = [
    [0, 65_535],
    [2 ** 32 - 2, 2],
    [2 ** 32 - 1, 1],
  ];
  expect(read(encodeFeatures(ends))).toEqual([
    ...new Array<number>(65_535).fill(0),
    2 ** 32 - 2,
    2 ** 32 - 2,
    2 ** 32 - 1,
  ]);
});

test("damaged text ends, and does not fill the memory", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (text) => {
      read(text);
    }),
    { seed: 4, numRuns: 200 },
  );
  const into: EmittedFeatures = { features: new Uint32Array(2), length: 0 };
  readFeatures("B//////////A".repeat(2_000), into);
  expect(into.length).toBeLessThanOrEqual(1 << 25);
});

test("a view sees the features that were kept, and none of another view", () => {
  const text = encodeFeatures([[7, 2]]);
  const seen = emittedFeatures(wordView, { views: { word: text } });
  expect([...seen.features.subarray(0, seen.length)]).toEqual([7, 7]);
  expect(emittedFeatures(wordView, { views: { style: text } }).length).toBe(0);
});
