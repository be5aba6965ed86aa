import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createChoiceFinder } from "../../src/canary/green-list/find-choices.ts";
import {
  createGreenRewriter,
  type GreenKey,
  greenRewrite,
} from "../../src/canary/green-list/green-rewrite.ts";
import { countChoices, scoreChoices } from "../../src/canary/green-list/score-green-list.ts";
import { UsageError } from "../../src/errors.ts";
import type { WordPair } from "../../src/schema/green-list.ts";

const pair = (first: string, second: string, limits: Partial<WordPair> = {}): WordPair => ({
  words: [first, second],
  notAfter: [],
  notBefore: [],
  ...limits,
});
const pairs = [
  pair("big", "large", { notBefore: ["bang"], notAfter: ["by"] }),
  pair("huge", "enormous"),
  pair("often", "frequently"),
  pair("helpful", "useful"),
  pair("error", "mistake"),
  pair("cannot", "can't"),
  pair("trying", "attempting", { onlyBefore: ["to"] }),
];
const keyed = (digit: string): GreenKey => ({
  sealed: { key: digit.repeat(64), contextWidth: 1, pairs },
});
const keys = Array.from("0123456789abcdef", keyed);
/** Everything that some key makes of a text. */
const versions = (text: string) => [...new Set(keys.map((key) => greenRewrite(text, key)))].sort();

describe("what is written", () => {
  test.each([
    ["a word", "so big!", ["so big!", "so large!"]],
    ["a capital", "Often, yes.", ["Frequently, yes.", "Often, yes."]],
    ["capitals", "THE BIG ONE", ["THE BIG ONE", "THE LARGE ONE"]],
    ["an article that fits", "a huge dog", ["a huge dog", "an enormous dog"]],
    ["an article at the start", "An error.", ["A mistake.", "An error."]],
    ["an article in capitals", "AN ERROR", ["A MISTAKE", "AN ERROR"]],
    ["no article for the letter alone", "a helpful hint", ["a helpful hint", "a useful hint"]],
    ["markdown around", "is **big**, _big_", undefined],
    ["a typographic apostrophe", "he can’t", ["he cannot", "he can’t"]],
  ])("keeps case and punctuation: %s", (_, text, expected) => {
    if (expected !== undefined) expect(versions(text)).toEqual(expected);
    else for (const version of versions(text)) expect(version.replaceAll("large", "big")).toBe(text);
  });

  test.each([
    "the big bang",
    "by large",
    "big-hearted",
    "bigger",
    "BigTable",
    "I am trying, friend",
    "`often`",
    "```\nbig often\n```",
    "```\nbig often, never closed",
    "> often quoted",
    "see https://big.example/often",
    "",
  ])("leaves alone: %j", (text) => {
    expect(versions(text)).toEqual([text]);
  });

  test("a limit holds only for a neighbour in the same sentence", () => {
    expect(versions("It was big. Bang!")).toHaveLength(2);
    expect(versions("trying to go")).toHaveLength(2);
  });
});

describe("owner and test agree", () => {
  const word = fc.constantFrom(
    ...pairs.flatMap(({ words }) => [...words, words[0].toUpperCase()]),
    ..."a an An the to. by bang `code` it, She \n\n ’ \u{1f600} é́ \ud800 ```".split(" "),
  );
  const text = fc.array(word, { maxLength: 60 }).map((words) => words.join(" "));

  test("at full strength every choice is green, and a second time changes nothing", () => {
    fc.assert(
      fc.property(text, fc.constantFrom(...keys), (written, key) => {
        const green = greenRewrite(written, key);
        const score = scoreChoices(countChoices([green], key.sealed), key.sealed);
        expect(score.green).toBe(score.choices);
        expect(Number.isNaN(score.pValue)).toBe(false);
        expect(greenRewrite(green, key)).toBe(green);
        // The same places before and after: contexts do not depend on what was rewritten in them.
        const find = createChoiceFinder(key.sealed);
        const places = (one: string) => find(one).map(({ pair: at, context }) => `${at} ${context}`);
        expect(places(green)).toEqual(places(written));
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test("any text at all is read without a throw, and nothing but words of pairs and articles changes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (written) => {
        const green = greenRewrite(written, keys[0] as GreenKey);
        const bare = (one: string) =>
          one.replace(/\b(?:an?|big|large|huge|enormous|often|frequently|helpful|useful)\b/gi, "");
        expect(bare(green)).toBe(bare(written));
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  test("strength says what share of the places is changed", () => {
    const long = Array.from({ length: 2000 }, (_, index) => `w${index} big.`).join(" ");
    const rewrite = createGreenRewriter(keys[3] as GreenKey);
    const changed = (strength: number) => rewrite(long, strength).split("large").length - 1;
    const all = changed(1);
    expect(all).toBeGreaterThan(900);
    expect(changed(0)).toBe(0);
    expect(Math.abs(changed(0.3) - 0.3 * all)).toBeLessThan(4 * Math.sqrt(0.21 * all));
    for (const strength of [-0.1, 1.1, Number.NaN]) expect(() => rewrite(long, strength)).toThrow(UsageError);
  });

  test("hostile texts take time in proportion to their length", () => {
    const started = process.hrtime.bigint();
    for (const hostile of [
      "a".repeat(1_000_000),
      "`\n".repeat(300_000),
      "```".repeat(200_000),
      "big ".repeat(30_000),
      "'-".repeat(300_000),
      "a-".repeat(300_000),
      `big${" ".repeat(500_000)}big`,
      "\u0301".repeat(500_000),
    ])
      expect(greenRewrite(hostile, keys[0] as GreenKey)).toHaveLength(
        greenRewrite(hostile, keys[0] as GreenKey).length,
      );
    expect(Number(process.hrtime.bigint() - started) / 1e9).toBeLessThan(15);
  });
});
