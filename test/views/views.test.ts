import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashPair, hashText, scanTokens } from "../../src/views/token-scan.ts";
import { views } from "../../src/views/views.ts";

function bag(viewName: string, text: string): Map<number, number> {
  const view = views.find(({ name }) => name === viewName);
  if (view === undefined) throw new Error(`no view ${viewName}`);
  const counts = new Map<number, number>();
  view.emit(scanTokens(text), (feature) => counts.set(feature, (counts.get(feature) ?? 0) + 1));
  return counts;
}

/** Features of a list of n-grams, each written in reading order. */
function features(...grams: readonly (readonly string[])[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const gram of grams) {
    const [last = 0, ...before] = gram.map(hashText).reverse();
    const feature = before.reduce(hashPair, last);
    counts.set(feature, (counts.get(feature) ?? 0) + 1);
  }
  return counts;
}

/** Features of words that are hashed one after another onto what came before. */
function chains(...grams: readonly (readonly string[])[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const gram of grams) {
    const feature = gram.reduce((before, word) => hashPair(hashText(word), before), 0);
    counts.set(feature, (counts.get(feature) ?? 0) + 1);
  }
  return counts;
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `w${from + i}`).join(" ");

describe("views", () => {
  it("are word, opening, closing, style, and starts and ends of sentences, each saying what it looks at", () => {
    expect(views.map(({ name }) => name)).toEqual([
      "word",
      "opening",
      "closing",
      "style",
      "sentence-start",
      "sentence-end",
    ]);
    for (const { describes } of views) expect(describes).toMatch(/grams|every sentence/);
  });

  it("word: all 1- and 2-grams, counted, marks and breaks among them", () => {
    expect(bag("word", "to be, to be\nend")).toEqual(
      features(
        ["to"],
        ["be"],
        [","],
        ["to"],
        ["be"],
        ["\n"],
        ["end"],
        ["to", "be"],
        ["be", ","],
        [",", "to"],
        ["to", "be"],
        ["be", "\n"],
        ["\n", "end"],
      ),
    );
  });

  it("opening: 1- to 3-grams of the first 12 words and nothing after them", () => {
    const first = bag("opening", numbered(0, 12));
    expect(first.size).toBe(12 + 11 + 10);
    expect(bag("opening", numbered(0, 40))).toEqual(first);
    expect(bag("opening", numbered(1, 40))).not.toEqual(first);
    expect(bag("opening", "a b c")).toEqual(
      features(["a"], ["b"], ["c"], ["a", "b"], ["b", "c"], ["a", "b", "c"]),
    );
  });

  it("closing: 1- to 3-grams of the last 30 words and nothing before them", () => {
    const last = bag("closing", numbered(50, 80));
    expect(last.size).toBe(30 + 29 + 28);
    expect(bag("closing", numbered(0, 80))).toEqual(last);
    expect(bag("closing", `${numbered(0, 80)} more`)).not.toEqual(last);
  });

  it("opening and closing join words over a line break, which they do not count", () => {
    expect(bag("opening", "a\n\nb")).toEqual(bag("opening", "a b"));
    expect(bag("closing", "a\n\nb")).toEqual(bag("closing", "a b"));
  });

  it("opening and closing look at a few words only in scripts without spaces, too", () => {
    const text = "我们喜欢统计学因为它非常有用".repeat(20);
    expect(bag("opening", text)).toEqual(bag("opening", text.repeat(2)));
    expect(bag("opening", text).size).toBeLessThan(12 + 11 + 10 + 1);
    expect(bag("closing", text)).toEqual(bag("closing", text.repeat(2)));
  });

  it("style: the same for other content words, not for other marks, function words or order", () => {
    const text = "First, the cat sat on a mat.\n- It was Tom!";
    expect(bag("style", text)).toEqual(bag("style", "First, the dog ran on a rug.\n- It was Ann!"));
    for (const other of [
      "First: the cat sat on a mat.\n- It was Tom!",
      "First, a cat sat on the mat.\n- It was Tom!",
      "First, the cat sat on a mat.\n* It was Tom!",
      "First, the cat sat on a mat. - It was Tom!",
      "First, the cat sat on a mat.\n- It was tom!",
    ])
      expect(bag("style", other)).not.toEqual(bag("style", text));
  });

  const sentences = "Well, the cat sat. Oh no!\n- one two three four five: six? seven";

  it("sentence-start: the first word, two and three of every sentence, item and line, without marks", () => {
    expect(bag("sentence-start", sentences)).toEqual(
      chains(
        ...[["Well"], ["Well", "the"], ["Well", "the", "cat"]],
        ...[["Oh"], ["Oh", "no"]],
        ...[["one"], ["one", "two"], ["one", "two", "three"]],
        ...[["six"], ["seven"]],
      ),
    );
  });

  it("sentence-end: the last word, two and three, the last one first", () => {
    expect(bag("sentence-end", sentences)).toEqual(
      chains(
        ...[["sat"], ["sat", "cat"], ["sat", "cat", "the"]],
        ...[["no"], ["no", "Oh"]],
        ...[["five"], ["five", "four"], ["five", "four", "three"]],
        ...[["six"], ["seven"]],
      ),
    );
  });

  it.each(["sentence-start", "sentence-end"])(
    "%s: a sentence ends at . ! ? : or a line break only",
    (view) => {
      for (const end of [
        ".",
        "!",
        "?",
        ":",
        "\n",
        "。",
        "！",
        "？",
        "：",
        "…",
        "।",
        "؟",
        "?!",
        "...\n\n",
        ". \r\n",
      ])
        expect(bag(view, `a b${end} c d`), JSON.stringify(end)).toEqual(
          view === "sentence-start"
            ? chains(["a"], ["a", "b"], ["c"], ["c", "d"])
            : chains(["b"], ["b", "a"], ["d"], ["d", "c"]),
        );
      for (const none of [",", ";", " - ", " (", '"'])
        expect(bag(view, `a b${none} c d`)).toEqual(bag(view, "a b c d"));
      // Nothing between two ends is no sentence; a full stop within a number is an end, too.
      expect(bag(view, "...\n!?:\n")).toEqual(new Map());
      expect(bag(view, "3.14")).toEqual(bag(view, "3\n14"));
      expect(bag(view, "one two three four five six").size).toBe(3);
    },
  );

  it.each(["word", "opening", "closing", "style", "sentence-start", "sentence-end"])(
    "%s: the order of words counts",
    (view) => {
      expect(bag(view, "the cat and of dogs")).not.toEqual(bag(view, "dogs of and cat the"));
      expect(bag(view, "is not the")).not.toEqual(bag(view, "the not is"));
    },
  );

  it("have no feature of an empty answer and never throw; the same text gives the same features", () => {
    for (const { name } of views) expect(bag(name, " \t ").size).toBe(0);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const tokens = scanTokens(text).surface.length;
        for (const { name } of views) {
          const found = bag(name, text);
          expect(bag(name, text)).toEqual(found);
          const total = [...found.values()].reduce((sum, count) => sum + count, 0);
          expect(total).toBeLessThanOrEqual(3 * tokens);
          for (const feature of found.keys()) expect(feature >>> 0).toBe(feature);
        }
      }),
      { numRuns: 200, seed: 2 },
    );
  });
});
