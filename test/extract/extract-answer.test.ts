import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { patternError } from "../../src/extract/answer-pattern.ts";
import { extractAnswer } from "../../src/extract/extract-answer.ts";
import { answerSchema } from "../../src/schema/probe.ts";

type Spec = z.input<typeof answerSchema>;
const read = (text: string, spec: Spec, language?: string) =>
  extractAnswer(text, answerSchema.parse(spec), language);

describe("numbers", () => {
  test.each([
    ["42", "42"],
    ["**42**", "42"],
    ["42. It just came to mind.", "42"],
    ["Sure! Here is a random number between 1 and 100: 57.", "57"],
    ["I'd pick 17, since 17 feels random.", "17"],
    ["Answer: 8\n\nThere are 3 red and 5 blue.", "8"],
    ["Of the 100 doors I would say **73**.", "73"],
    ["1. 42\n2. 42", "42"],
    ["My number is forty-two.", "42"],
    ["one hundred and five", "105"],
    ["Three million", "3000000"],
    ["１２", "12"],
    ["٤٢", "42"],
    ["४२", "42"],
    ["四十二", "42"],
    ["1,234.5", "1234.5"],
    ["−7", "-7"],
    ["-0", "0"],
    ["$\\boxed{7}$", "7"],
    ["<think>maybe 5, or 6</think>7", "7"],
    ["It could be 3 or maybe 4 or 12", null],
    ["I would rather not say.", null],
    ["", null],
  ])("%j is %j", (text, expected) => expect(read(text, { kind: "number" })).toBe(expected));

  test("a range drops what is outside it", () => {
    expect(read("between 1 and 100, so 300", { kind: "number", min: 101 })).toBe("300");
    expect(read("300", { kind: "number", max: 100 })).toBe(null);
  });

  test("a language decides on the comma and the number words", () => {
    expect(read("3,14", { kind: "number" }, "de")).toBe("3.14");
    expect(read("3,140", { kind: "number" }, "en")).toBe("3140");
    expect(read("Siebzehn.", { kind: "number" }, "de")).toBe("17");
    expect(read("dix-sept", { kind: "number" }, "fr")).toBe("17");
  });
});

describe("letters of another script beside the answer", () => {
  const labs: Spec = { kind: "choice", choices: { openai: ["오픈AI"], google: ["구글"], meta: [] } };
  test.each([
    ["我是由OpenAI开发的。", "openai"],
    ["저는 OpenAI가 만들었어요.", "openai"],
    ["구글에서 만들었습니다", "google"],
    ["أنا من OpenAIو", "openai"],
    ["Meta2", "meta"],
    ["Metaphor", null],
    ["맛구글", null],
  ])("a choice in %j is %j", (text, expected) => expect(read(text, labs)).toBe(expected));
  test.each([
    ["我选7", "7"],
    ["숫자7입니다", "7"],
    ["vitamin B12", null],
  ])("a number in %j is %j", (text, expected) => expect(read(text, { kind: "number" }, "zh")).toBe(expected));
});

describe("names", () => {
  test.each([
    ["Elias.", "elias"],
    ["**Dr. Elara Voss**", "elara"],
    ["The keeper is named Elias Thorne.", "elias"],
    ["Sure! How about Marlow?", "marlow"],
    ["One good name is Captain Ahab.", "ahab"],
    ["1. Silas\n2. Edmund", "silas"],
    ["Name: Élodie", "élodie"],
    ["elias", "elias"],
    ["李明", "李明"],
    ["", null],
  ])("%j is %j", (text, expected) => expect(read(text, { kind: "name" })).toBe(expected));

  test("a language with capital nouns has its own words for being called", () =>
    expect(read("Der Hund in meiner Geschichte heißt Balu.", { kind: "name" }, "de")).toBe("balu"));
});

describe("words", () => {
  test.each([
    ["Serendipity", "serendipity"],
    ["- **Moss.**", "moss"],
    ["An elephant.", "elephant"],
    ['My favorite word is "serendipity".', "serendipity"],
    ["Sure! My word is moss.", "moss"],
    ["INTJ (Introverted, Intuitive, Thinking, Judging)", "intj"],
    ["I would pick moss because it is soft and grows everywhere", "moss"],
    ["There are many things one could say about that topic today", null],
    ["I was made by Anthropic", "anthropic"],
    ["**मिठाई**", "मिठाई"],
    ["**हरिया**।", "हरिया"],
    ["...", null],
  ])("%j is %j", (text, expected) => expect(read(text, { kind: "word" })).toBe(expected));
});

describe("choices", () => {
  const drinks: Spec = {
    kind: "choice",
    choices: { tea: ["茶", "a cuppa"], coffee: ["咖啡"], "green tea": [] },
  };
  test.each([
    ["Tea.", "tea"],
    ["**Coffee!**", "coffee"],
    ["Green tea, always.", "green tea"],
    ["I prefer tea over coffee.", "tea"],
    ["Between tea and coffee, I choose coffee.", "coffee"],
    ["Not tea but coffee", "coffee"],
    ["Tea and coffee are fine. Answer: coffee", "coffee"],
    ["A cuppa, please", "tea"],
    ["我选茶。", "tea"],
    ["Steam", null],
    ["Tea and coffee are drinks", "tea"],
    ["Some like tea, some like coffee", null],
  ])("%j is %j", (text, expected) => expect(read(text, drinks)).toBe(expected));

  test("a choice named like a member of Object.prototype is only found when it is offered", () => {
    expect(read("constructor", { kind: "choice", choices: { tea: [] } })).toBe(null);
    expect(read("constructor", { kind: "choice", choices: { constructor: [] } })).toBe("constructor");
  });
});

test("code is the first block, tidied", () => {
  expect(read("Here:\n```python\nprint(1)  \n\nprint(2)\n```\nand\n```\nx\n```", { kind: "code" })).toBe(
    "print(1)\nprint(2)",
  );
  expect(read("Use `x + 1`.", { kind: "code" })).toBe("x + 1");
  expect(read("I cannot write that.", { kind: "code" })).toBe(null);
});

test("a free answer has no category", () => expect(read("anything", { kind: "free" })).toBe(null));

describe("own patterns", () => {
  test("the first group is read by the kind", () => {
    expect(read("x: Five", { kind: "number", pattern: "x: (\\w+)" })).toBe("5");
    expect(read("x: TEA", { kind: "choice", choices: { tea: [] }, pattern: "x: (\\w+)" })).toBe("tea");
    expect(read("name = Elias Thorne;", { kind: "name", pattern: "name = ([^;]+)" })).toBe("elias thorne");
    expect(read("nothing", { kind: "word", pattern: "x: (\\w+)" })).toBe(null);
    expect(read("x: 500", { kind: "number", max: 100, pattern: "x: (\\d+)" })).toBe(null);
  });

  test("a pattern that does not compile has a reason and no match", () => {
    expect(patternError("(a")).toMatch(/missing/);
    expect(patternError("(?=a)")).not.toBe(null);
    expect(patternError("a+")).toBe(null);
    expect(read("a", { kind: "word", pattern: "(a" })).toBe(null);
  });
});

const specs: Spec[] = [
  { kind: "number" },
  { kind: "number", min: 0, max: 10 },
  { kind: "name" },
  { kind: "word" },
  { kind: "choice", choices: { tea: ["a", "é"], coffee: ["not", "中"] } },
  { kind: "choice" },
  { kind: "code" },
  { kind: "word", pattern: "(a+)+$|((.{0,50}){10})x" },
];
const languages = ["en", "de", "zh", "th", "not a language tag", ""];

test("no text makes an extractor throw, and every category is well-formed, short and stable", () => {
  const pieces = fc.constantFrom(
    "**",
    "`",
    "1.",
    "42",
    "Answer:",
    "is ",
    "Dr. ",
    "tea",
    "中",
    "٤",
    "\ud800",
    "ﷺ",
    "\n",
    " ",
    "_",
    "[",
    "](",
    "one hundred",
    "-",
    ",",
    "\u0000",
    "constructor",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 60 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, fc.constantFrom(...specs), fc.constantFrom(...languages), (answer, spec, language) => {
      const value = read(answer, spec, language);
      if (value === null) return;
      expect(value).not.toBe("");
      expect(value).not.toMatch(/\p{Surrogate}/u);
      expect(value.length).toBeLessThanOrEqual(spec.kind === "code" ? 4000 : 200);
      if (spec.kind === "number") expect(String(Number(value))).toBe(value);
      expect(read(answer, spec, language)).toBe(value);
    }),
    { numRuns: 3000, seed: 7 },
  );
});

test("10 MB of hostile text takes bounded time", () => {
  const units = [
    "a",
    "1,",
    "**",
    "_ ",
    "one hundred ",
    "is a ",
    "١",
    "ﷺ",
    "\ud800",
    "[",
    "not a ",
    "``` \n",
    "answer: ",
    "tea ",
    "中",
    " ",
    "\n",
    "- ",
    "1. ",
    "f(",
    "A'",
    "Mr. ",
    "\\boxed{",
  ];
  for (const unit of units) {
    const text = unit.repeat(Math.ceil(10_000_000 / unit.length));
    for (const spec of specs) {
      const start = process.hrtime.bigint();
      read(text, spec);
      expect(
        Number(process.hrtime.bigint() - start) / 1e6,
        `${JSON.stringify(unit)} as ${spec.kind}`,
      ).toBeLessThan(2_000);
    }
  }
});
