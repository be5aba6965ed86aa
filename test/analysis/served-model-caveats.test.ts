import { expect, test } from "vitest";
import { servedModelCaveats } from "../../src/analysis/served-model-caveats.ts";
import type { ModelSummary } from "../../src/schema/analysis.ts";

const summary = (name: string, model: string, ...servedModels: string[]): ModelSummary => ({
  name,
  model,
  api: "openai",
  baseURL: null,
  lab: null,
  role: "other",
  params: "{}",
  samples: 1,
  failed: 0,
  retried: 0,
  outcomes: { ok: 1, empty: 0, truncated: 0, refused: 0, filtered: 0, malformed: 0 },
  servedModels,
  outputTokens: null,
  lines: 1,
  headHash: "",
});

test("names that were asked for, dated or not, are no caveat", () => {
  expect(
    servedModelCaveats([
      summary("a", "gpt-4o", "gpt-4o-2024-08-06"),
      summary("b", "m", "m"),
      summary("c", "m"),
    ]),
  ).toEqual([]);
});

test("another family, another version and several names are three caveats that name the endpoints", () => {
  const caveats = servedModelCaveats([
    summary("acme", "claude-opus-4-7", "deepseek-chat"),
    summary("ref", "gpt-4o", "gpt-4o-mini"),
    summary("control", "gpt-4o", "gpt-4o-2024-05-13", "gpt-4o-2024-08-06"),
  ]);
  expect(caveats.map(({ code, message }) => [code, message])).toEqual([
    [
      "served-other-family",
      "Endpoints named a model of another family than the one asked for: acme was asked for claude-opus-4-7 and answered as deepseek-chat.",
    ],
    [
      "served-other-model",
      "Endpoints named another model than the one asked for: ref was asked for gpt-4o and answered as gpt-4o-mini.",
    ],
    [
      "served-several-models",
      "Endpoints answered under several model names: control as gpt-4o-2024-05-13, gpt-4o-2024-08-06.",
    ],
  ]);
});

test("answers of a cache are counted", () => {
  const caveats = servedModelCaveats([
    { ...summary("a", "m"), samples: 12, repeatedResponses: 11 },
    summary("b", "m"),
  ]);
  expect(caveats.map(({ code, message }) => [code, message])).toEqual([
    [
      "repeated-responses",
      "Answers came with the response id and the text of an earlier one: 11 of 12 of a. A cache gave them, and they are no new samples.",
    ],
  ]);
});
