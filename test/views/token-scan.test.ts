import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashPair, hashText, scanTokens, tokenKinds } from "../../src/views/token-scan.ts";

const surfaceOf = (tokens: readonly string[]) => tokens.map(hashText);

describe("token scan: words, marks and breaks", () => {
  it("cuts words, marks and line breaks, each as written", () => {
    const scan = scanTokens("Well, it's 3.5 km_long!\n\nNext");
    expect(scan.surface).toEqual(
      surfaceOf(["Well", ",", "it", "'", "s", "3", ".", "5", "km_long", "!", "\n\n", "Next"]),
    );
    expect(scan.chunk).toEqual([0, 0, 1, 1, 1, 2, 2, 2, 3, 3, -1, 4]);
    const { word, mark, end, lineBreak } = tokenKinds;
    expect(scan.kind).toEqual([word, mark, word, mark, word, word, end, word, word, end, lineBreak, word]);
    expect(scan.chunkCount).toBe(5);
  });

  it.each(["", " ", "\t  \u00a0\u2003", "\u2028"])("finds no token in %j", (text) => {
    expect(scanTokens(text)).toEqual({ surface: [], style: [], chunk: [], kind: [], chunkCount: 0 });
  });

  it("keeps letters with their combining marks, and letters beyond the basic plane, in one word", () => {
    expect(scanTokens("naïve nai\u0308ve Ωμέγα 𝒜𝓃𝓎").surface).toEqual(
      surfaceOf(["naïve", "nai\u0308ve", "Ωμέγα", "𝒜𝓃𝓎"]),
    );
  });

  it("takes an emoji as one mark", () => {
    expect(scanTokens("ok😀😀").surface).toEqual(surfaceOf(["ok", "😀", "😀"]));
  });

  it("takes a lone surrogate as a mark of its own that swallows nothing", () => {
    expect(scanTokens("\ud83dword\ude00\ud83d").surface).toEqual(
      surfaceOf(["\ud83d", "word", "\ude00", "\ud83d"]),
    );
    expect(scanTokens("a\ud83d\nb").surface).toEqual(surfaceOf(["a", "\ud83d", "\n", "b"]));
  });

  it("counts line breaks alike however the server ends its lines", () => {
    const unix = scanTokens("one\n\ntwo\nthree");
    expect(scanTokens("one\r\n\r\ntwo\r\nthree")).toEqual(unix);
    expect(scanTokens("one\r\rtwo\rthree")).toEqual(unix);
  });

  it("tells one, two, three and up to eight breaks apart, and no more", () => {
    const surface = [1, 2, 3, 8, 9, 50].map((n) => scanTokens("\n".repeat(n)).surface[0]);
    expect(new Set(surface).size).toBe(4);
    expect(surface[3]).toBe(surface[5]);
    const style = [1, 2, 3, 4, 50].map((n) => scanTokens("\n".repeat(n)).style[0]);
    expect(new Set(style).size).toBe(3);
    expect(style[2]).toBe(style[4]);
  });
});

describe("token scan: scripts written without spaces", () => {
  // Which words depends on the ICU dictionary, so only what any dictionary does is asserted.
  it.each(["我们喜欢统计学和语言", "ภาษาไทยไม่มีช่องว่างระหว่างคำ", "私は毎日学校へ行きます"])(
    "cuts %s into several words of several letters, each a chunk of its own",
    (text) => {
      const scan = scanTokens(text);
      expect(scan.surface.length).toBeGreaterThan(3);
      expect(scan.surface.length).toBeLessThan(text.length);
      expect(scan.chunk).toEqual(scan.surface.map((_, i) => i));
      expect(scanTokens(`${text}。`).chunk.at(-1)).toBe(scan.surface.length - 1);
    },
  );

  it("leaves the words of other scripts beside them whole", () => {
    const { surface } = scanTokens("Python 很好 test");
    expect([surface[0], surface.at(-1)]).toEqual(surfaceOf(["Python", "test"]));
  });

  it("cuts long runs as short ones: the words of a repeated sentence repeat", () => {
    const sentence = "我们喜欢统计学";
    const words = scanTokens(`${sentence} `).surface;
    const many = scanTokens(sentence.repeat(300)).surface;
    expect(many).toEqual(Array.from({ length: 300 }, () => words).flat());
  });

  it("never cuts a pair of surrogates in a long run", () => {
    const run = scanTokens(`中${"𠀀".repeat(700)}`);
    const lone = new Set(Array.from({ length: 0x800 }, (_, i) => hashText(String.fromCharCode(0xd800 + i))));
    expect(run.surface.filter((token) => lone.has(token))).toEqual([]);
  });
});

describe("token scan: style classes", () => {
  const styleOf = (text: string) => scanTokens(text).style;

  it("masks content words by their case and numbers as one class, and keeps function words, marks and case", () => {
    expect(styleOf("The cat saw 12 dogs.")).toEqual(styleOf("The dog bit 7 girls."));
    expect(styleOf("The cat")).not.toEqual(styleOf("the cat"));
    expect(styleOf("The cat")).not.toEqual(styleOf("A cat"));
    expect(styleOf("The Cat")).not.toEqual(styleOf("The cat"));
    expect(styleOf("cat.")).not.toEqual(styleOf("cat!"));
    expect(styleOf("cat 5")).not.toEqual(styleOf("cat five"));
    expect(styleOf("Élan")).toEqual(styleOf("Zebra"));
    expect(styleOf("élan")).toEqual(styleOf("zebra"));
  });

  it("shows list marks: a dash at a line's start, a number with a stop", () => {
    expect(styleOf("x\n- y\n- z")).toEqual(styleOf("u\n- b\n- c"));
    expect(styleOf("x\n- y")).not.toEqual(styleOf("x\n* y"));
    expect(styleOf("1. y\n2. z")).toEqual(styleOf("3. u\n4. b"));
  });
});

describe("token scan: hostile text", () => {
  const seconds = (text: string) => {
    const started = performance.now();
    scanTokens(text);
    return (performance.now() - started) / 1000;
  };
  const mega = 1_000_000;

  it.each([
    ["one word", () => "a".repeat(10 * mega)],
    ["words", () => "hello world ".repeat((10 * mega) / 12)],
    ["spaces", () => " ".repeat(10 * mega)],
    ["breaks", () => "\n".repeat(10 * mega)],
    ["one letter with a stack of marks", () => `中${"\u0301".repeat(10 * mega)}`],
  ])("reads 10 MB of %s in bounded time", (_, make) => {
    expect(seconds(make())).toBeLessThan(20);
  });

  it.each([
    ["Han", "中"],
    ["kana", "あ"],
    ["Thai", "ก"],
    ["Han and Latin by turns", "a中"],
    ["Khmer", "ភាសាខ្មែរ"],
  ])("takes time in proportion to the length of a run of %s", (_, unit) => {
    // 300,000 characters took minutes when a run was segmented at once.
    expect(seconds(unit.repeat(300_000 / unit.length))).toBeLessThan(10);
  });

  it("never throws, gives parallel arrays of 32-bit hashes and the same ones every time", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc
        .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
        .map((units) => String.fromCharCode(...units)),
      fc.string({
        unit: fc.constantFrom(
          "a",
          "Z",
          "7",
          " ",
          "\n",
          "\r",
          "中",
          "ไ",
          "\ud83d",
          "\ude00",
          "\u0301",
          "-",
          "_",
        ),
      }),
    );
    fc.assert(
      fc.property(text, (value) => {
        const scan = scanTokens(value);
        const { surface, style, chunk, chunkCount } = scan;
        expect(style.length).toBe(surface.length);
        expect(chunk.length).toBe(surface.length);
        for (const token of [...surface, ...style]) expect(token >>> 0).toBe(token);
        const held = chunk.filter((index) => index >= 0);
        expect(held).toEqual([...held].sort((a, b) => a - b));
        expect(held.every((index) => index < chunkCount)).toBe(true);
        expect(new Set(held).size).toBe(chunkCount);
        expect(scanTokens(value)).toEqual(scan);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe("hashes", () => {
  it("tell pairs from their reversal and have no collision among 100,000 words", () => {
    const [first, second] = [hashText("first"), hashText("second")];
    expect(hashPair(first, second)).not.toBe(hashPair(second, first));
    const words = new Set(Array.from({ length: 100_000 }, (_, i) => hashText(`word${i}`)));
    // Expected at random: 100,000^2 / 2^33 = 1.2.
    expect(words.size).toBeGreaterThan(99_990);
  });
});
