import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadPrices, priceOf } from "../../src/config/prices.ts";

const shipped = join(import.meta.dirname, "../../prices/list-prices.yaml");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "congener-prices-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function listOf(text: string) {
  const file = join(folder, "prices.yaml");
  await writeFile(file, text);
  return loadPrices(file);
}

const target = (
  model: string,
  baseURL: string | null = null,
  api: "openai" | "anthropic" | "recorded" = "openai",
) => ({
  api,
  baseURL,
  model,
});

describe("priceOf", () => {
  test("takes the entry that names most, and a user's list before the shipped one", async () => {
    const list = await listOf(
      [
        "checked: 2026-11-01",
        "prices:",
        "  - { host: api.openai.com, input: 9, output: 9 }",
        "  - { model: gpt-4o-mini, input: 2, output: 3, checked: 2026-11-02 }",
        "  - { host: api.openai.com, model: gpt-4o, input: 4, output: 5 }",
      ].join("\n"),
    );
    const lists = [list, await loadPrices(shipped)];
    expect(priceOf(target("gpt-4o"), lists)).toMatchObject({ input: 4, output: 5, checked: "2026-11-01" });
    expect(priceOf(target("gpt-4o-mini"), lists)).toMatchObject({ input: 2, checked: "2026-11-02" });
    expect(priceOf(target("gpt-4o-mini", "http://127.0.0.1:8000/v1"), lists)).toMatchObject({ input: 2 });
    expect(priceOf(target("gpt-4.1"), lists)).toMatchObject({ input: 9 });
  });

  test("knows a shipped price at the vendor's host alone: elsewhere, and of recorded answers, it is unknown", async () => {
    const lists = [await loadPrices(shipped)];
    expect(priceOf(target("gpt-4o-mini"), lists)).toMatchObject({ input: 0.15, output: 0.6 });
    expect(priceOf(target("gpt-4o-mini", "https://api.openai.com/v1"), lists)).toMatchObject({ input: 0.15 });
    expect(priceOf(target("gpt-4o-mini", "http://127.0.0.1:8000/v1"), lists)).toBeNull();
    expect(priceOf(target("gpt-4o-mini", null, "recorded"), lists)).toBeNull();
    expect(priceOf(target("claude-3-haiku-20240307", null, "anthropic"), lists)).toMatchObject({
      input: 0.25,
    });
    expect(priceOf(target("no-such-model"), lists)).toBeNull();
  });

  test("an endpoint said to cost nothing costs 0, which is not unknown", async () => {
    const list = await listOf('prices:\n  - { host: "127.0.0.1:8000", input: 0, output: 0 }');
    expect(priceOf(target("mine", "http://127.0.0.1:8000/v1"), [list])).toMatchObject({
      input: 0,
      output: 0,
    });
    expect(priceOf(target("mine", "http://127.0.0.1:8001/v1"), [list])).toBeNull();
  });

  test("every shipped price has a host, a model and the day of its last check", async () => {
    const { entries } = await loadPrices(shipped);
    expect(entries.length).toBeGreaterThan(5);
    for (const { host, model, checked, input, output } of entries) {
      expect([host, model, checked]).not.toContain(undefined);
      expect(checked).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(input).toBeGreaterThan(0);
      expect(output).toBeGreaterThanOrEqual(input);
    }
    const named = entries.map(({ host, model }) => `${host} ${model}`);
    expect(new Set(named).size).toBe(named.length);
  });
});

test.each([
  ["a negative price", "prices:\n  - { model: a, input: -1, output: 1 }", /prices\.yaml:2:\d+: .*input/],
  ["a price of nothing", "prices:\n  - { input: 1, output: 1 }", /prices\.yaml:2:\d+: .*host, model or both/],
  ["an unknown key", "prices:\n  - { model: a, input: 1, outputs: 1 }", /outputs/],
  ["no day", "checked: soon\nprices: []", /checked/],
  ["no YAML", "prices: [", /prices\.yaml:1:\d+/],
])("%s is refused with its place", async (_what, text, message) => {
  await expect(listOf(text)).rejects.toThrow(message);
});
