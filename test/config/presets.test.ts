// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration look like that
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { parseConfig } from "../../src/config/config.ts";
import { presetNames, presets } from "../../src/config/presets.ts";
import { requestParams } from "../../src/providers/request-params.ts";
import { targetHash } from "../../src/schema/identity.ts";

const env = { KEY: "sk-of-the-user-0123456789" };

/** A configuration whose suspect is the given target. */
const config = (suspect: string) =>
  parseConfig(
    `reference: r
suspects: [s]
controls: [a, b, c]
targets:
  s: ${suspect}
  r: { api: openai, model: r, family: r }
  a: { api: openai, model: a, family: a }
  b: { api: openai, model: b, family: b }
  c: { api: openai, model: c, family: c }
`,
    "congener.yaml",
    { env },
  );
const suspect = (text: string) => {
  const { targets, caveats } = config(text);
  const configured = targets[0];
  if (configured === undefined) throw new Error("no target");
  const notes = caveats.filter(({ code }) => /^(parameter-|unpinned)/.test(code));
  return { ...configured, notes, sent: (params = {}) => requestParams(configured.target, params) };
};
const pinned = "extraBody: { provider: { only: [fireworks] } }";

test("every preset resolves to a target whose hash is that of the same fields written out", () => {
  for (const name of presetNames) {
    const preset: Record<string, unknown> = presets[name];
    const baseURL = preset.exampleURL === undefined ? "" : `baseURL: "${preset.exampleURL}", `;
    const { target } = suspect(
      `{ preset: ${name}, ${baseURL}model: m, ${pinned}, params: { max_tokens: 9 } }`,
    );
    const written = suspect(
      JSON.stringify({
        api: target.api,
        baseURL: target.baseURL,
        model: "m",
        params: target.params,
        rename: target.rename,
        drop: target.drop,
        extraBody: target.extraBody,
        ...(target.query === undefined ? {} : { query: target.query }),
        ...(target.keyHeader === undefined ? {} : { keyHeader: target.keyHeader }),
      }),
    ).target;
    expect(written, name).toEqual(target);
    expect(targetHash(written), name).toBe(targetHash(target));
    expect(URL.canParse(target.baseURL ?? ""), name).toBe(true);
  }
});

test("an unknown preset is refused with the list of those there are", () => {
  expect(() => config("{ preset: openapi, model: m }")).toThrow(
    /congener\.yaml:5:16: targets\.s\.preset: .*"openai"\|"openai-reasoning"\|"azure".*"lm-studio"/,
  );
});

test("neither api nor preset, and an api that the preset does not speak, are refused", () => {
  expect(() => config("{ model: m }")).toThrow(
    "targets.s.api is missing: expected openai, openai-completions or anthropic, or a preset",
  );
  expect(() => config("{ preset: vllm, api: anthropic, model: m, params: { max_tokens: 9 } }")).toThrow(
    "preset vllm speaks openai, got anthropic",
  );
  expect(suspect("{ preset: vllm, api: openai-completions, model: m }").target.api).toBe(
    "openai-completions",
  );
});

test("openai-reasoning: max_tokens is renamed, a common temperature is left out and said so", () => {
  const { sent, notes } = suspect("{ preset: openai-reasoning, model: o9, params: { temperature: 1 } }");
  expect(sent({ max_tokens: 40, stop: ["\n"], logprobs: true, seed: 1 })).toEqual({
    max_completion_tokens: 40,
    seed: 1,
  });
  expect(notes).toEqual([
    {
      code: "parameter-dropped",
      message:
        "temperature of s is not sent: OpenAI's reasoning models reject it unless it has the default value",
      advice: "take it out of params, or write drop: [] to send it all the same (preset openai-reasoning)",
    },
  ]);
});

test("a target's own name for a parameter wins over a probe's that is renamed to it", () => {
  const { sent } = suspect(
    "{ preset: openai-reasoning, model: o9, params: { max_completion_tokens: 2000 } }",
  );
  expect(sent({ max_tokens: 12 })).toEqual({ max_completion_tokens: 2000 });
  expect(sent({ max_completion_tokens: 5, max_tokens: 12 })).toEqual({ max_completion_tokens: 2000 });
});

test("what the target says wins over the preset: by name in rename, query and extraBody, as a whole in drop", () => {
  const own = suspect(
    "{ preset: openai-reasoning, model: o9, rename: { seed: s }, drop: [], params: { temperature: 1 } }",
  );
  expect(own.sent({ max_tokens: 4, seed: 7 })).toEqual({ max_completion_tokens: 4, s: 7, temperature: 1 });
  expect(own.notes).toEqual([]);
  const azure = suspect(
    '{ preset: azure, baseURL: "https://x.openai.azure.com/openai/deployments/d", model: d, query: { api-version: 2025-01-01-preview }, apiKey: "${KEY}" }',
  );
  expect(azure.target).toMatchObject({
    query: { "api-version": "2025-01-01-preview" },
    keyHeader: "api-key",
    extraBody: {},
  });
  expect(JSON.stringify(azure.target)).not.toContain(env.KEY);
});

test("azure without its address is refused with an example of one", () => {
  expect(() => config("{ preset: azure, model: d }")).toThrow(
    "target s needs baseURL: preset azure expects it like https://RESOURCE.openai.azure.com/openai/deployments/DEPLOYMENT",
  );
});

test("another api-version is another target, a query with a key is refused", () => {
  const at = (version: string) =>
    suspect(`{ preset: azure-v1, baseURL: "https://x/v1", model: d, query: { api-version: ${version} } }`)
      .target;
  expect(targetHash(at("a"))).not.toBe(targetHash(at("b")));
  expect(() => config("{ api: openai, model: m, query: { api_key: abc } }")).toThrow(
    "query api_key of s looks like a credential",
  );
});

test("openrouter: one provider, no fallback, no parameter dropped in silence", () => {
  const { target, notes } = suspect(`{ preset: openrouter, model: meta/llama, ${pinned} }`);
  expect(target.extraBody).toEqual({
    provider: { only: ["fireworks"], allow_fallbacks: false, require_parameters: true },
  });
  expect(notes).toEqual([]);
  expect(
    suspect(
      "{ preset: openrouter, model: m/x, extraBody: { provider: { order: [a], quantizations: [fp8], require_parameters: false } } }",
    ).target.extraBody.provider,
  ).toEqual({ order: ["a"], quantizations: ["fp8"], allow_fallbacks: false, require_parameters: false });
});

test.each([
  ["no provider", "model: m/x", "must name one provider behind OpenRouter, got none"],
  ["two providers", "model: m/x, extraBody: { provider: { only: [a, b] } }", "got a, b"],
  ["an empty list", "model: m/x, extraBody: { provider: { order: [] } }", "got none"],
  [
    "a fallback",
    "model: m/x, extraBody: { provider: { only: [a], allow_fallbacks: true } }",
    "allow_fallbacks of s: expected false",
  ],
  ["a list of models", `model: m/x, ${pinned.replace("}", "}, models: [y]")}`, "lets OpenRouter choose"],
  ["the automatic model", `model: openrouter/auto, ${pinned}`, "lets OpenRouter choose the model"],
])("openrouter with %s is refused", (_, text, message) => {
  expect(() => config(`{ preset: openrouter, ${text} }`)).toThrow(message);
});

test("OpenRouter without the preset and without one provider is a caveat", () => {
  const target = (extra: string) =>
    suspect(`{ api: openai, baseURL: "https://openrouter.ai/api/v1", model: m/x, ${extra} }`).notes;
  expect(target("family: m").map(({ code }) => code)).toEqual(["unpinned-gateway"]);
  expect(target(pinned)).toEqual([]);
});

test("together: OpenAI's pair of logprobs becomes the number that it wants", () => {
  const { sent } = suspect("{ preset: together, model: m }");
  expect(sent({ logprobs: true, top_logprobs: 5 })).toEqual({ logprobs: 5 });
});

test("groq, gemini and claude with default sampling: what they reject is not sent", () => {
  expect(suspect("{ preset: groq, model: m }").sent({ logprobs: true, top_logprobs: 5, seed: 1 })).toEqual({
    seed: 1,
  });
  expect(suspect("{ preset: gemini, model: m }").sent({ seed: 1, temperature: 0 })).toEqual({
    temperature: 0,
  });
  expect(
    suspect("{ preset: anthropic-default-sampling, model: m, params: { max_tokens: 9 } }").sent({
      temperature: 0,
      top_p: 1,
    }),
  ).toEqual({ max_tokens: 9 });
});

test("a parameter that has no effect is sent, and said so", () => {
  const { sent, notes } = suspect("{ preset: deepseek, model: m, params: { temperature: 0.7 } }");
  expect(sent()).toEqual({ temperature: 0.7 });
  expect(notes.map(({ code, message }) => [code, message])).toEqual([
    [
      "parameter-ignored",
      "temperature of s has no effect: accepted without effect while the model thinks, which it does by default",
    ],
  ]);
});

test("a target without a query hashes as before there were queries", () => {
  const { target } = suspect("{ api: openai, model: m }");
  expect(targetHash({ ...target, query: {} })).toBe(targetHash(target));
  expect(targetHash({ ...target, keyHeader: "api-key" })).toBe(targetHash(target));
});

test("docs/endpoints.md has every preset in its table, and its examples are targets as they stand", () => {
  const text = readFileSync(join(import.meta.dirname, "../../docs/endpoints.md"), "utf8");
  const rows = [...text.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? "");
  expect(rows.filter((name) => name in presets)).toEqual(presetNames);
  const blocks = [...text.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] ?? "");
  const used = new Set<string>();
  const keys = Object.fromEntries(
    [...text.matchAll(/\$\{(\w+)\}/g)].map((match) => [match[1], "k".repeat(20)]),
  );
  for (const block of blocks)
    for (const [name, target] of Object.entries<Record<string, unknown>>(parse(block))) {
      used.add(String(target.preset));
      const others = ["r", "a", "b", "c"].map((other) => [other, { api: "openai", model: other }]);
      const whole = { reference: "r", suspects: [name], controls: ["a", "b", "c"] };
      const targets = { [name]: target, ...Object.fromEntries(others) };
      const { targets: parsed } = parseConfig(JSON.stringify({ ...whole, targets }), "docs", { env: keys });
      expect(parsed[0]?.target.name).toBe(name);
    }
  expect([...used].sort()).toEqual([...presetNames, "undefined"].sort());
});
