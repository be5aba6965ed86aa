import { describe, expect, it } from "vitest";
import { groupPrompts, minimumFrameWords } from "../../../src/access/prompts/group-prompts.ts";
import {
  bandCount,
  bandKey,
  estimatedJaccard,
  minHash,
  signatureSize,
} from "../../../src/access/prompts/min-hash.ts";
import { hash32, promptWords } from "../../../src/access/prompts/prompt-words.ts";
import { fitFrame, slotValues } from "../../../src/access/prompts/template-frame.ts";
import { seededRandom } from "../../../src/schema/random.ts";

const words = (text: string) => promptWords(text, 150).masked;
const options = { similarity: 0.7, minimumCommonWords: minimumFrameWords };
const trades = ["masonry", "beekeeping", "sea law", "optics", "tax audits", "pottery"];
const depths = ["short", "long", "careful"];
const moods = ["cheerful", "sober", "rather dry", "plain"];
const places = ["Lisbon", "New Delhi", "Oslo", "Quito", "Accra"];
const template = (at: number) =>
  `Please act as a teacher of ${trades[at % 6]} and write a ${depths[at % 3]} dialogue in a ${moods[at % 4]} voice that is set in ${places[at % 5]}, then list what the pupil has learned at the end.`;

describe("minHash", () => {
  it("estimates Jaccard similarity with the error that 64 values have, also of small sets", () => {
    const random = seededRandom(3);
    for (const [size, shared] of [
      [30, 10],
      [30, 25],
      [400, 200],
    ] as const) {
      let [bias, square] = [0, 0];
      const exact = shared / (2 * size - shared);
      for (let trial = 0; trial < 300; trial++) {
        const draw = () => hash32(String(random()));
        const common = Array.from({ length: shared }, draw);
        const signatures = new Uint16Array(2 * signatureSize);
        for (const side of [0, 1]) {
          const set = [...common, ...Array.from({ length: size - shared }, draw)].sort(() => random() - 0.5);
          minHash(Uint32Array.from(set), signatures, side * signatureSize);
        }
        const error = estimatedJaccard(signatures, 0, 1) - exact;
        bias += error / 300;
        square += error ** 2 / 300;
      }
      const expected = (exact * (1 - exact)) / signatureSize;
      expect(Math.abs(bias)).toBeLessThan(4 * Math.sqrt(expected / 300));
      expect(square).toBeGreaterThan(0.7 * expected);
      expect(square).toBeLessThan(1.35 * expected);
    }
  });

  it("meets pairs of a third of similarity in a band, as often as bands of two promise", () => {
    const random = seededRandom(8);
    let met = 0;
    for (let trial = 0; trial < 300; trial++) {
      const draw = () => hash32(String(random()));
      const common = Array.from({ length: 15 }, draw);
      const signatures = new Uint16Array(2 * signatureSize);
      for (const side of [0, 1])
        minHash(
          Uint32Array.from([...common, ...Array.from({ length: 15 }, draw)]),
          signatures,
          side * signatureSize,
        );
      if (
        Array.from({ length: bandCount }, (_, band) => band).some(
          (band) => bandKey(signatures, 0, band) === bandKey(signatures, 1, band),
        )
      )
        met++;
    }
    const promised = 1 - (1 - (1 / 3) ** 2) ** bandCount;
    expect(Math.abs(met / 300 - promised)).toBeLessThan(0.04);
  });

  it("does not see repeats, order or an empty set as something", () => {
    const signatures = new Uint16Array(3 * signatureSize);
    minHash(Uint32Array.of(5, 9, 70), signatures, 0);
    minHash(Uint32Array.of(70, 5, 5, 9), signatures, signatureSize);
    minHash(new Uint32Array(), signatures, 2 * signatureSize);
    expect(estimatedJaccard(signatures, 0, 1)).toBe(1);
    expect(estimatedJaccard(signatures, 0, 2)).toBeLessThan(0.1);
  });
});

describe("groupPrompts", () => {
  const families = (prompts: string[]) => {
    const sets = groupPrompts(prompts.map(words), options);
    return prompts.map((_, item) => sets.find(item));
  };

  it("makes one family of a template of 30 words whose four slots hold one or two words", () => {
    const prompts = Array.from({ length: 60 }, (_, at) => template(at));
    expect(new Set(families(prompts)).size).toBe(1);
    expect(new Set(families(prompts.slice(0, 6))).size).toBe(1);
  });

  it("leaves ordinary questions apart that open alike", () => {
    const things = [
      "my taxes",
      "a cover letter",
      "the leaking tap",
      "quadratic equations",
      "my son's birthday party",
    ];
    const prompts = [
      ...things.map((thing) => `Hi, can you help me with ${thing}?`),
      ...things.map((thing) => `Could you please explain to me how ${thing} works in practice?`),
    ];
    expect(new Set(families(prompts)).size).toBe(prompts.length);
  });

  it("gives the same families in any order, and keeps two templates apart", () => {
    const other = (at: number) =>
      `You get a product review, number ${at}, about ${trades[at % 6]}: say whether the writer is pleased, and answer with one word only, without any explanation.`;
    const prompts = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? template(at) : other(at)));
    const there = families(prompts);
    const back = families([...prompts].reverse()).reverse();
    const pairs = (labels: number[]) => labels.flatMap((a, i) => labels.slice(i + 1).map((b) => a === b));
    expect(pairs(there)).toEqual(pairs(back));
    expect(new Set(there).size).toBe(2);
  });

  it("takes prompts without spaces sign by sign, and prompts without words", () => {
    const chinese = (city: string) => `请你作为一名历史老师写一篇关于${city}的文章并说明它的主要特点`;
    expect(new Set(families(["北京", "上海", "广州"].map(chinese))).size).toBe(1);
    expect(families(["", "?!", ""])).toEqual([0, 1, 2]);
    expect(families([])).toEqual([]);
  });
});

describe("fitFrame and slotValues", () => {
  it("find the slots of a grid and the number of their values", () => {
    const grid = trades.flatMap((_, trade) =>
      depths.flatMap((_, depth) => moods.map((_, mood) => ({ trade, depth, mood }))),
    );
    const prompts = grid.map(
      ({ trade, depth, mood }) =>
        `Please act as a teacher of ${trades[trade]} and write a ${depths[depth]} dialogue in a ${moods[mood]} voice, then list what the pupil has learned.`,
    );
    const frame = fitFrame(prompts.slice(0, 40).map(words), 1);
    if (frame === null) throw new Error("no frame");
    const values = prompts.map((prompt) => slotValues(frame, promptWords(prompt, 150)));
    const distinct = frame.slots.map((_, slot) => new Set(values.map((value) => value?.[slot])).size);
    expect(distinct).toEqual([6, 3, 4]);
    expect(new Set(values.map(String)).size).toBe(6 * 3 * 4);
  });

  it("reads numbers as slots though they are masked, and a stranger not at all", () => {
    const prompts = Array.from(
      { length: 12 },
      (_, at) => `Solve exercise ${at} of the third sheet and show how`,
    );
    const frame = fitFrame(prompts.map(words), 1);
    if (frame === null) throw new Error("no frame");
    expect(new Set(prompts.map((prompt) => String(slotValues(frame, promptWords(prompt, 150))))).size).toBe(
      12,
    );
    expect(slotValues(frame, promptWords("What is the weather like in Oslo", 150))).toBeNull();
  });

  it("is no frame where nothing is shared", () => {
    expect(fitFrame([words("one two three"), words("four five six")], 4)).toBeNull();
  });
});
