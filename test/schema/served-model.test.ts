import { expect, test } from "vitest";
import { servedModel } from "../../src/schema/served-model.ts";

test.each([
  ["gpt-4o", null, "unsaid"],
  ["gpt-4o", " ", "unsaid"],
  ["gpt-4o", "gpt-4o", "same"],
  ["openai/gpt-4o", "gpt-4o", "same"],
  ["models/gemini-2.5-flash", "gemini-2.5-flash", "same"],
  ["mistralai/mistral-small:free", "Mistral-Small", "same"],
  ["smollm", "/models/smollm.gguf", "same"],
  ["gpt-35-turbo", "gpt-3.5-turbo-0125", "dated"],
  ["gpt-4o", "gpt-4o-2024-08-06", "dated"],
  ["gpt-4", "gpt-4-0613", "dated"],
  ["claude-3-5-sonnet-latest", "claude-3-5-sonnet-20241022", "dated"],
  ["gemini-2.5-flash", "gemini-2.5-flash-preview-05-20", "dated"],
  ["llama3", "llama3:latest", "dated"],
  ["gpt-4o", "gpt-4o-mini-2024-07-18", "other-version"],
  ["claude-opus-4-7", "claude-sonnet-4-5", "other-version"],
  ["qwen2.5-0.5b-instruct", "qwen2.5-0.5b-instruct-q8_0.gguf", "other-version"],
  ["acme-chat", "llama-3-8b", "other-name"],
  ["my-deployment", "gpt-4o-2024-08-06", "other-name"],
  ["claude-opus-4-7", "deepseek-chat", "other-family"],
  ["gpt-4o", "qwen2.5-72b-instruct", "other-family"],
  ["gemini-2.5-flash", "gemma-3-27b", "other-family"],
  ["deepseek-r1-distill-qwen-7b", "qwen2.5-7b", "other-version"],
  ["deepseek-r1-distill-qwen-7b", "deepseek-r1", "other-family"],
])("asked for %s and served %s is %s", (asked, served, expected) => {
  expect(servedModel(asked, served)).toBe(expected);
});

test("a hostile name is compared in no time", () => {
  const started = performance.now();
  expect(servedModel("gpt-4o", `${"-2024-01-01".repeat(100_000)}x`)).toBe("other-name");
  expect(performance.now() - started).toBeLessThan(500);
});
