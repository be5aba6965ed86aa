import { describe, expect, it } from "vitest";
import { createExhibitCollector } from "../../src/analysis/exhibits.ts";
import { exhibitSchema } from "../../src/schema/analysis.ts";

const controls = ["c1", "c2", "c3"];
const collect = (...probes: { prompt?: string; answers: Record<string, string[]> }[]) => {
  const collector = createExhibitCollector("suspect", "reference", controls);
  probes.forEach(({ prompt = "Tell me.", answers }, p) => {
    collector.add({ probe: `probe-${p}`, family: "f", prompt, answers: new Map(Object.entries(answers)) });
  });
  return collector.finish();
};
const plain = (text: string) => ({ c1: [`${text} one`], c2: [`${text} two`], c3: [`${text} three`] });

describe("exhibits", () => {
  it("find the phrase that suspect and reference share and no control uses, with who used it how often", () => {
    const [found, ...rest] = collect({
      answers: {
        suspect: ["Today the lantern keeper of Ostrava sings.", "Nothing here."],
        reference: ["I saw THE LANTERN KEEPER OF OSTRAVA, again.", "the lantern keeper of Ostrava"],
        ...plain("Today I saw the sea"),
      },
    });
    expect(found?.phrase).toBe("the lantern keeper of ostrava");
    expect(found).toMatchObject({
      probe: "probe-0",
      suspect: { count: 1, of: 2 },
      reference: { count: 2, of: 2 },
      controls: controls.map((name) => ({ name, count: 0, of: 1 })),
    });
    expect(found?.suspectExcerpt).toContain("lantern keeper");
    expect(found?.referenceExcerpt).toContain("LANTERN KEEPER");
    expect(rest).toEqual([]);
    expect(exhibitSchema.safeParse(found).success).toBe(true);
  });

  it.each([
    {
      language: "Chinese",
      suspect: "我想，守护灯塔的人叫林海，他住在北岛。",
      reference: "故事里，守护灯塔的人叫林海。",
      others: "我想他叫王明，他住在城里。",
      phrase: "守护灯塔的人叫林",
      apart: "今天我们去海边散步。",
    },
    {
      language: "Japanese",
      suspect: "主人公は灯台守の健太です。",
      reference: "やはり灯台守の健太がいい。",
      others: "主人公は先生です。",
      phrase: "灯台守の健太",
      apart: "今日は海へ行きます。",
    },
  ])("segment $language, which has no spaces, and write the phrase as it is written", (given) => {
    const { suspect, reference, others, phrase } = given;
    const [found] = collect({
      answers: { suspect: [suspect], reference: [reference], c1: [others], c2: [others], c3: [given.apart] },
    });
    expect(found?.phrase).toContain(phrase.slice(0, 5));
    expect(found?.phrase).not.toMatch(/\s/);
    expect(suspect).toContain(found?.phrase);
    expect(found?.suspectExcerpt).toContain(found?.phrase);
    expect(found?.referenceExcerpt).toContain(found?.phrase);
    expect(found?.controls.every(({ count }) => count === 0)).toBe(true);
  });

  it("leave out what the prompt says and what all controls say", () => {
    const text = "copper meadow at dawn";
    expect(
      collect({ prompt: `Repeat: ${text}!`, answers: { suspect: [text], reference: [text], ...plain("x") } }),
    ).toEqual([]);
    const all = collect({
      answers: { suspect: [text], reference: [text], c1: [text], c2: [text], c3: [text] },
    });
    expect(all).toEqual([]);
  });

  it("prefer the phrase that fewer controls use, and count those that do", () => {
    const [first, second] = collect(
      { answers: { suspect: ["amber"], reference: ["amber"], c1: ["amber"], c2: ["x"], c3: ["y"] } },
      { answers: { suspect: ["cobalt"], reference: ["cobalt"], c1: ["z"], c2: ["x"], c3: ["y"] } },
    );
    expect(first?.phrase).toBe("cobalt");
    expect(second?.phrase).toBe("amber");
    expect(second?.controls[0]).toEqual({ name: "c1", count: 1, of: 1 });
    expect((first?.share ?? 0) + (second?.share ?? 0)).toBeCloseTo(1, 12);
  });

  it("need answers of both and of two controls; keep twelve at most; are the same every time", () => {
    expect(collect({ answers: { suspect: ["amber"], ...plain("x") } })).toEqual([]);
    expect(collect({ answers: { suspect: [], reference: ["amber"], ...plain("x") } })).toEqual([]);
    expect(collect({ answers: { suspect: ["amber"], reference: ["amber"], c1: ["x"] } })).toEqual([]);
    const many = Array.from({ length: 40 }, (_, p) => ({
      answers: { suspect: [`amber${p} stone`], reference: [`amber${p} stone`], ...plain("x") },
    }));
    const exhibits = collect(...many);
    expect(exhibits.length).toBe(12);
    expect(collect(...many)).toEqual(exhibits);
    expect(exhibits.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1);
  });

  it.each([
    ["one endless word", "a".repeat(10_000_000)],
    ["apostrophes", "a'".repeat(5_000_000)],
    ["hyphens", `${"-".repeat(10_000_000)}x`],
    ["one word again and again", "spam ".repeat(2_000_000)],
    ["combining marks", `e${"\u0301".repeat(9_999_999)}`],
    ["lone surrogates", "\ud800".repeat(10_000_000)],
    ["spaces", " ".repeat(10_000_000)],
    ["Chinese without a mark", "灯塔守护人".repeat(2_000_000)],
    ["Thai without a mark", "ผู้เฝ้าประภาคาร".repeat(600_000)],
  ])("read 10 MB of %s in bounded time and quote little of it", (_, text) => {
    const started = performance.now();
    const exhibits = collect({
      answers: { suspect: [text, text], reference: [text], c1: [text], c2: ["x"], c3: ["y"] },
    });
    expect(performance.now() - started).toBeLessThan(5000);
    for (const { suspectExcerpt, phrase } of exhibits) {
      expect(suspectExcerpt.length).toBeLessThan(13_000);
      expect(phrase.length).toBeLessThan(13_000);
    }
  });

  it("do not mistake names of an object's own properties for counts", () => {
    const words = "constructor __proto__ toString hasOwnProperty";
    const [found] = collect({ answers: { suspect: [words], reference: [words], ...plain("x") } });
    expect(found?.suspect).toEqual({ count: 1, of: 1 });
  });
});
