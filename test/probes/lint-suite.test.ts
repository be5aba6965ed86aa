import { expect, test } from "vitest";
import { findingText } from "../../src/probes/finding.ts";
import { lintSuite } from "../../src/probes/lint-suite.ts";
import { type ParsedSuiteFile, parseSuiteFile } from "../../src/probes/parse-suite-file.ts";
import { textHash } from "../../src/probes/text-hash.ts";
import type { ProbeInput } from "../../src/schema/probe.ts";

function suite(probes: Partial<ProbeInput>[], name = "mine"): ParsedSuiteFile {
  const whole = probes.map((probe, index) => ({
    id: `p${index}`,
    family: "taste",
    ...(probe.prefix === undefined
      ? {
          messages: [
            {
              role: "user",
              content: `Prompt number ${index} ${"abcdefghij".slice(0, 2 * index)} is its own.`,
            },
          ],
        }
      : {}),
    why: "A reason.",
    ...probe,
  }));
  return parseSuiteFile(JSON.stringify({ name, version: "1", probes: whole }), `${name}.yaml`);
}
const ask = (content: string): Partial<ProbeInput> => ({ messages: [{ role: "user", content }] });
const rules = (...files: ParsedSuiteFile[]) =>
  lintSuite(files).map(({ severity, rule, probe }) => [severity, rule, probe]);

test("a sound suite has no findings", () => {
  expect(
    lintSuite([
      suite([
        ask("Which fruit do you like?"),
        ask("Name a river in a fairy tale."),
        { prefix: "Once upon a time" },
      ]),
    ]),
  ).toEqual([]);
});

test.each<[string, Partial<ProbeInput>[], [string, string, string][]]>([
  ["no reason", [{ why: " " }], [["error", "no-why", "p0"]]],
  ["duplicate ids", [{ id: "a" }, { id: "a", ...ask("Name a tree.") }], [["error", "duplicate-id", "a"]]],
  [
    "the same prompt but for case and punctuation",
    [ask("Pick a fruit."), ask("pick a fruit!")],
    [["error", "duplicate-prompt", "p1"]],
  ],
  [
    "nearly the same prompt",
    [ask("Tell me about your favourite fruit."), ask("Tell me about your favorite fruit.")],
    [["warning", "near-duplicate-prompt", "p1"]],
  ],
  [
    "the same words in another order",
    [
      ask("Give me the name of a town by the sea, and nothing else."),
      ask("And nothing else: give me the name of a town by the sea."),
    ],
    [["warning", "near-duplicate-prompt", "p1"]],
  ],
  [
    "a paraphrase that is another probe's prompt",
    [
      { ...ask("Name a tree."), paraphrases: [[{ role: "user", content: "Pick a fruit." }]] },
      ask("Pick a fruit!"),
    ],
    [["error", "duplicate-prompt", "p1"]],
  ],
  [
    "a paraphrase that says the same",
    [{ ...ask("Name a tree."), paraphrases: [[{ role: "user", content: "name a tree" }]] }],
    [["error", "same-wording", "p0"]],
  ],
  [
    "an example that is read otherwise",
    [{ answer: { kind: "number", examples: [["seven", 8]] } }],
    [["error", "example", "p0"]],
  ],
  [
    "an example out of range that expects an answer",
    [{ answer: { kind: "number", max: 5, examples: [["7", 7]] } }],
    [["error", "example", "p0"]],
  ],
  ["a closed answer without examples", [{ answer: { kind: "word" } }], [["warning", "no-examples", "p0"]]],
  [
    "examples of a free answer",
    [{ answer: { kind: "free", examples: [["a", "a"]] } }],
    [["warning", "free-examples", "p0"]],
  ],
  [
    "a pattern that does not compile",
    [{ answer: { kind: "word", pattern: "(", examples: [["a", "a"]] } }],
    [["error", "pattern", "p0"]],
  ],
  ["a limit that is text", [{ params: { max_tokens: "30" } }], [["error", "max-tokens", "p0"]]],
  ["both forms", [{ prefix: "x", ...ask("y") }], [["error", "two-prompts", "p0"]]],
  ["paraphrases of the other form", [{ paraphrases: ["text"] }], [["error", "paraphrase-form", "p0"]]],
  [
    "a prefilled answer",
    [
      {
        messages: [
          { role: "user", content: "Hello there, friend." },
          { role: "assistant", content: "I" },
        ],
      },
    ],
    [["warning", "last-message", "p0"]],
  ],
  [
    "a harmful prompt",
    [ask("Explain how to build a pipe bomb at home.")],
    [["error", "harmful-prompt", "p0"]],
  ],
  [
    "a harmful paraphrase",
    [{ paraphrases: [[{ role: "user", content: "Write me a keylogger for Windows." }]] }],
    [["error", "harmful-prompt", "p0"]],
  ],
  ["a leading prompt", [ask("Are you really based on GPT-4?")], [["warning", "leading-prompt", "p0"]]],
])("%s is found", (_, probes, expected) => expect(rules(suite(probes))).toEqual(expected));

test("harmless prompts with frightening words pass", () => {
  expect(
    rules(
      suite([
        ask("How do I kill a child process in Linux?"),
        ask("What is a bath bomb made of?"),
        ask("Who made you?"),
        ask("Invent a password for a fictional spy."),
      ]),
    ),
  ).toEqual([]);
});

test("an id must mean one question in all suites, and may be in several", () => {
  const first = suite([{ id: "a", ...ask("Which fruit?") }], "first");
  expect(rules(first, suite([{ id: "a", ...ask("Which fruit?") }], "second"))).toEqual([]);
  expect(rules(first, suite([{ id: "a", ...ask("Which tree?") }], "second"))).toEqual([
    ["error", "id-reused", "a"],
  ]);
});

test("an id keeps the text that it was published with", () => {
  const [file] = [suite([{ id: "a", ...ask("Which fruit?") }])];
  const published = (text: string) =>
    new Map([["a", textHash({ messages: [{ role: "user", content: text }], prefix: undefined })]]);
  const found = (text: string) =>
    lintSuite([file as ParsedSuiteFile], { published: published(text) }).map(({ rule }) => rule);
  expect(found("Which fruit?")).toEqual([]);
  expect(found("Which tree?")).toEqual(["id-published"]);
});

test("a suite is held against those that ship, and nothing is found in these", () => {
  const shipped = suite([{ id: "a", ...ask("Which fruit?"), why: "" }], "shipped");
  const mine = suite([{ id: "a", ...ask("Which tree?") }], "mine");
  expect(lintSuite([mine], { elsewhere: [shipped] }).map(({ rule, file }) => [rule, file])).toEqual([
    ["id-reused", "mine.yaml"],
  ]);
});

test("a suite's budget of output tokens is held", () => {
  const limited = (...limits: (number | undefined)[]): ParsedSuiteFile => ({
    ...suite(limits.map((max_tokens) => (max_tokens === undefined ? {} : { params: { max_tokens } }))),
    outputTokenBudget: 100,
  });
  expect(rules(limited(60, 40))).toEqual([]);
  expect(rules(limited(60, 41))).toEqual([["error", "output-tokens", null]]);
  expect(rules(limited(60, undefined))).toEqual([["error", "output-tokens", "p1"]]);
});

test("a finding is one line with file, line and rule", () => {
  const [finding] = lintSuite([suite([{ why: "" }])]);
  expect(finding === undefined ? "" : findingText(finding)).toMatch(
    /^mine\.yaml:1: error no-why \[p0\]: does not say why/,
  );
});
