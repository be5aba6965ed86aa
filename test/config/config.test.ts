// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration look like that
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig, parseConfig } from "../../src/config/config.ts";
import { configJsonSchema } from "../../src/config/config-schema.ts";
import { temporaryFolder } from "../store/run-fixture.ts";

const env = { REFERENCE_KEY: "sk-reference-0123456789", ACME_KEY: "acme-key-9876543210", PORT: "8123" };
const valid = `name: acme
reference: claude
suspects: [acme-chat]
controls: [gpt, gemini, llama]
suites: [core]
samples: 10
targets:
  claude:
    api: anthropic
    model: claude-x
    family: anthropic
    apiKey: "\${REFERENCE_KEY}"
    params: { max_tokens: 400 }
  acme-chat:
    api: openai
    baseURL: "http://127.0.0.1:\${PORT}/v1/"
    model: acme-1
    family: acme
    apiKey: "\${ACME_KEY}"
    headers: { X-Team: "Basic \${ACME_KEY}", User-Agent: curl/8 }
    params: { temperature: 1 }
    rename: { max_tokens: max_completion_tokens }
    drop: [seed]
  gpt: { api: openai, model: gpt-x, family: openai }
  gemini: { api: openai, model: gemini-x, family: google }
  llama: { api: openai-completions, model: llama-x, family: meta }
limits: { concurrency: 4 }
`;
const parse = (text: string, options = {}) => parseConfig(text, "congener.yaml", { env, ...options });
/** Line and column of a text in the file, as messages have them. */
const placeOf = (text: string, part: string) => {
  const before = text.slice(0, text.indexOf(part)).split("\n");
  return `congener.yaml:${before.length}:${(before.at(-1) ?? "").length + 1}: `;
};
const change = (from: string, to: string) => {
  expect(valid).toContain(from);
  return valid.replace(from, to);
};

test("a valid file gives roles, targets with resolved variables, secrets by name and a caveat on few controls", () => {
  const config = parse(valid);
  expect(config.roles).toEqual({
    reference: "claude",
    suspects: ["acme-chat"],
    controls: ["gpt", "gemini", "llama"],
    baselines: {},
  });
  expect(config.targets.map(({ target }) => target.name)).toEqual([
    "claude",
    "acme-chat",
    "gpt",
    "gemini",
    "llama",
  ]);
  expect(config.targets[1]).toEqual({
    target: {
      name: "acme-chat",
      api: "openai",
      baseURL: "http://127.0.0.1:8123/v1",
      model: "acme-1",
      lab: "acme",
      params: { temperature: 1 },
      rename: { max_tokens: "max_completion_tokens" },
      drop: ["seed"],
      extraBody: {},
    },
    apiKey: "acme-key-9876543210",
    headers: { "X-Team": "Basic acme-key-9876543210", "User-Agent": "curl/8" },
  });
  expect(config.targets[2]).toMatchObject({ apiKey: null, headers: {}, target: { baseURL: null } });
  expect(config.secrets).toContainEqual({ name: "ACME_KEY", value: "acme-key-9876543210" });
  expect(config.secrets).toContainEqual({ name: "REFERENCE_KEY", value: "sk-reference-0123456789" });
  expect(config.caveats.map(({ code }) => code)).toEqual(["few-controls"]);
  expect(config.limits).toEqual({ concurrency: 4, askAboveUSD: 10, timeoutMs: 120_000, retryMinutes: 10 });
  expect(JSON.stringify(config.targets.map(({ target }) => target))).not.toContain("key-98765");
});

test("the name of the file stands in for a missing name", () => {
  expect(parseConfig(change("name: acme\n", ""), "/x/some.study.yaml", { env }).name).toBe("some.study");
});

test.each([
  [
    "an unknown key",
    "samples: 10",
    "smaples: 10",
    "smaples",
    'unknown key "smaples" (did you mean samples?)',
  ],
  [
    "an unknown key in a target",
    "model: acme-1",
    "modle: acme-1",
    "modle",
    'unknown key "modle" in targets.acme-chat (did you mean model?)',
  ],
  [
    "an unknown key in limits",
    "{ concurrency: 4 }",
    "{ concurency: 4 }",
    "concurency",
    "did you mean concurrency?",
  ],
  ["a wrong type", "samples: 10", "samples: ten", "ten", "samples: expected number, received string"],
  ["a fraction of a sample", "samples: 10", "samples: 2.5", "2.5", "samples: expected int"],
  [
    "a missing key",
    "    model: acme-1\n",
    "",
    "acme-chat:",
    "targets.acme-chat.model is missing: expected string",
  ],
  [
    "an unknown api",
    "api: openai-completions",
    "api: cohere",
    "cohere",
    'expected one of "openai"|"openai-completions"|"anthropic"',
  ],
  [
    "two targets of one name",
    "  gpt: {",
    "  gemini: {",
    "gemini: { api: openai, model: gemini-x",
    'the key "gemini" stands twice',
  ],
  ["a literal key", '"${ACME_KEY}"', "sk-abcdef", "sk-abcdef", "apiKey of acme-chat is written out"],
  [
    "a key with text around it",
    '"${ACME_KEY}"',
    '"x${ACME_KEY}"',
    '"x$',
    "apiKey of acme-chat is written out",
  ],
  [
    "a literal credential header",
    '"Basic ${ACME_KEY}", ',
    "x, Authorization: abc, ",
    "abc",
    "header Authorization of acme-chat is written out",
  ],
  [
    "an unset variable",
    "${REFERENCE_KEY}",
    "${OTHER_KEY}",
    '"${OTHER',
    "environment variable OTHER_KEY is unset or empty",
  ],
  [
    "a variable where none is resolved",
    "model: acme-1",
    "model: ${ACME_KEY}",
    "${ACME_KEY}\n    family",
    "they are resolved in apiKey, headers and baseURL only",
  ],
  [
    "an unknown name in a role",
    "gemini, llama]",
    "gemni, llama]",
    "gemni",
    'no target is named "gemni" (did you mean gemini?)',
  ],
  [
    "an unknown reference",
    "reference: claude",
    "reference: clade",
    "clade",
    'no target is named "clade" (did you mean claude?)',
  ],
  [
    "too few controls",
    "[gpt, gemini, llama]",
    "[gpt, gemini]",
    "[gpt, gemini]",
    "too few controls: expected at least 3",
  ],
  [
    "a control of the reference's lab",
    "family: openai }",
    "family: anthropic }",
    "gpt, gemini",
    "control gpt is of the reference's own lab (anthropic)",
  ],
  [
    "a control of the reference's lab in another spelling",
    "family: openai }",
    "family: Anthropic }",
    "gpt, gemini",
    "control gpt is of the reference's own lab (anthropic)",
  ],
  [
    "the reference as suspect",
    "suspects: [acme-chat]",
    "suspects: [claude]",
    "claude]",
    "claude is the reference",
  ],
  [
    "a suspect as control",
    "[gpt, gemini, llama]",
    "[gpt, gemini, llama, acme-chat]",
    "acme-chat]\nsuites",
    "acme-chat is a suspect",
  ],
  [
    "a control named twice",
    "[gpt, gemini, llama]",
    "[gpt, gemini, llama, gpt]",
    "gpt]",
    "gpt is named twice in controls",
  ],
  ["a baseline of no suspect", "samples: 10", "baselines: { gpt: llama }", "gpt: llama", "gpt is no suspect"],
  [
    "Anthropic without max_tokens",
    "{ max_tokens: 400 }",
    "{}",
    "claude:\n",
    "target claude needs params: { max_tokens: ... }",
  ],
  [
    "a URL that is none",
    "http://127.0.0.1:${PORT}/v1/",
    "localhost:8000",
    '"localhost',
    "expected http://... or https://...",
  ],
  [
    "a password in a URL",
    "http://127",
    "http://me:secret@127",
    '"http://me',
    "holds a user name or password",
  ],
  [
    "one endpoint under two names",
    "model: gemini-x, family: google",
    "model: gpt-x, family: google",
    "gemini: { api",
    "is the same endpoint, model and parameters as gpt",
  ],
  [
    "a stream that is neither on nor off",
    "{ temperature: 1 }",
    "{ stream: 1 }",
    "1 }",
    "expected true or false, got 1",
  ],
  [
    "several answers at once",
    "{ temperature: 1 }",
    "{ n: 4 }",
    "4 }",
    "a request is one sample; use samples instead",
  ],
  ["broken YAML", "suites: [core]", "suites: [core", "samples: 10", "expected YAML"],
])("%s is told with file, line and column", (_, from, to, part, message) => {
  const text = change(from, to);
  let caught: unknown;
  try {
    parse(text);
  } catch (error) {
    caught = error;
  }
  const said = (caught as Error).message;
  expect(caught).toMatchObject({ name: "UsageError" });
  expect(said).toContain(message);
  expect(said).toContain(placeOf(text, part));
  expect(said).not.toContain("\n");
});

test("several mistakes are told at once", () => {
  const text = change("samples: 10", "smaples: 10").replace("concurrency: 4", "concurrency: none");
  expect(() => parse(text)).toThrow(
    /:6:1: unknown key "smaples".*; congener.yaml:27:24: limits.concurrency: expected number/,
  );
});

test("what a header says of the client is no secret, any other value is", () => {
  const { secrets } = parse(
    change(
      "User-Agent: curl/8",
      "User-Agent: curl/8.5.0-long, Content-Type: application/json, X-Account: account-0123456",
    ),
  );
  const values = secrets.map(({ value }) => value);
  expect(values).toContain("account-0123456");
  expect(values).not.toContain("application/json");
  expect(values).not.toContain("curl/8.5.0-long");
});

test("keys are only needed of the targets that will be asked", () => {
  const text = change("${REFERENCE_KEY}", "${OTHER_KEY}");
  expect(parse(text, { keysFor: ["acme-chat"] }).targets[0]?.apiKey).toBeNull();
  expect(() => parse(text, { keysFor: ["claude"] })).toThrow(/OTHER_KEY is unset/);
});

test("merge keys share settings between targets, and mistakes in them are still placed", () => {
  const text = change("  gpt: {", "  gpt: &base {").replace(
    "  gemini: { api: openai,",
    "  gemini: { <<: *base,",
  );
  expect(parse(text).targets[3]?.target).toMatchObject({ api: "openai", model: "gemini-x", lab: "google" });
});

test("a missing, an empty and an unreadable file say what to do", async () => {
  const dir = await temporaryFolder();
  await expect(loadConfig(join(dir, "none.yaml"), { env })).rejects.toThrow(
    /no configuration at .*none\.yaml: write one with congener init/,
  );
  await writeFile(join(dir, "empty.yaml"), "# nothing\n");
  await expect(loadConfig(join(dir, "empty.yaml"), { env })).rejects.toThrow(/empty\.yaml is empty/);
  await expect(loadConfig(dir, { env })).rejects.toThrow(/cannot read/);
});

test("the JSON Schema that editors use is the one shipped, and knows every key", async () => {
  const schema = configJsonSchema();
  const shipped = join(import.meta.dirname, "../../schemas/congener.schema.json");
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(shipped);
  expect(Object.keys(schema.properties as object)).toContain("baselines");
  expect(schema.additionalProperties).toBe(false);
  expect(schema.required).toEqual(["reference", "suspects", "controls", "targets"]);
});
