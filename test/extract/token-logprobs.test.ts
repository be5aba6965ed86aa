import { expect, it } from "vitest";
import { extractShort } from "../../src/extract/extract-short.ts";
import { tokenLogprobs } from "../../src/extract/token-logprobs.ts";

const chat = (content: unknown) => JSON.stringify({ choices: [{ message: {}, logprobs: { content } }] });
const half = Math.log(0.5);

it("reads chat completions", () => {
  const tokens = tokenLogprobs(
    chat([
      {
        token: " The",
        logprob: half,
        top_logprobs: [
          { token: " The", logprob: half },
          { token: "The", logprob: Math.log(0.25) },
          { token: "A", logprob: -9999 },
        ],
      },
      { token: "Ġcat", logprob: 0, top_logprobs: [{ token: "▁cat", logprob: 0 }] },
    ]),
  );
  expect(tokens?.map(({ token }) => token)).toEqual(["The", " cat"]);
  // Leading spaces of the first token add up; a placeholder for "impossible" is 0.
  expect(tokens?.[0]?.listed.get("The")).toBeCloseTo(0.75, 12);
  expect(tokens?.[0]?.listed.get("A")).toBe(0);
  expect(tokens?.[1]?.listed).toEqual(new Map([[" cat", 1]]));
});

it("reads raw completions", () => {
  const body = {
    choices: [{ text: "a b", logprobs: { tokens: ["a", " b"], top_logprobs: [{ a: half, c: half }, null] } }],
  };
  const tokens = tokenLogprobs(JSON.stringify(body));
  expect(tokens?.[0]?.listed.get("c")).toBeCloseTo(0.5, 12);
  expect(tokens?.[1]?.listed.size).toBe(0);
});

it("reads at most 8 tokens of 20 alternatives", () => {
  const top_logprobs = Array.from({ length: 500 }, (_, i) => ({ token: `t${i}`, logprob: -i - 1 }));
  const tokens = tokenLogprobs(chat(Array.from({ length: 300 }, () => ({ token: "x", top_logprobs }))));
  expect(tokens).toHaveLength(8);
  expect(tokens?.[0]?.listed.size).toBe(20);
  expect(tokens?.[0]?.listed.has("t0")).toBe(true);
});

it.each([
  ["no JSON", "{"],
  ["no choice", '{"choices":[]}'],
  ["none asked for", '{"choices":[{"logprobs":null}]}'],
  ["no alternatives", chat([{ token: "a", logprob: 0, top_logprobs: [] }])],
  ["no tokens", chat([])],
  ["alternatives of another shape", chat([{ token: "a", top_logprobs: "no" }])],
])("finds nothing in a body with %s", (_, body) => {
  expect(tokenLogprobs(body)).toBeNull();
});

it.each([
  ["**Beyoncé**.", "beyoncé"],
  [" Freddie Mercury\n", "freddie mercury"],
  ["7", "7"],
  ["蓝色", "蓝色"],
  ["I think it is blue", null],
  ["", null],
  ["...", null],
  ["word ".repeat(100_000), null],
])("reads the short answer %j as %j", (text, expected) => {
  expect(extractShort(text)).toBe(expected);
});
