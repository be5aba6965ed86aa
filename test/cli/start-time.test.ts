import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { ended, startCongener } from "./start-congener.ts";
import { writeToyConfig } from "./toy-config.ts";
import { startToyEndpoint } from "./toy-endpoint.ts";

/** Tells on stderr which of the packages that take long to load are asked for. */
const hooks = `
import { writeSync } from "node:fs";
const slow = /^(openai|@anthropic-ai\\/sdk|undici|ml-matrix|vega|vega-lite|@duckdb\\/node-api)$/;
export async function resolve(specifier, context, next) {
  if (slow.test(specifier)) writeSync(2, "loads " + specifier + "\\n");
  return next(specifier, context);
}
`;

test("a command loads an SDK only when it asks, and only that of the protocol it speaks", async () => {
  const folder = mkdtempSync(join(tmpdir(), "congener-start-"));
  const endpoint = await startToyEndpoint();
  onTestFinished(async () => {
    await endpoint.close();
    rmSync(folder, { recursive: true, force: true });
  });
  writeToyConfig(folder, endpoint.baseURL, (text) => text.replaceAll(/, apiKey: "[^"]*"/g, ""));
  writeFileSync(join(folder, "hooks.mjs"), hooks);
  writeFileSync(
    join(folder, "register.mjs"),
    'import { register } from "node:module";\nregister("./hooks.mjs", import.meta.url);\n',
  );
  const register = pathToFileURL(join(folder, "register.mjs")).href;
  const loaded = async (...words: string[]) => {
    const { code, err } = await ended(startCongener(folder, words, { NODE_OPTIONS: `--import ${register}` }));
    expect(code, err).toBe(0);
    return [...new Set(Array.from(err.matchAll(/^loads (.*)$/gm), ([, name]) => name))].sort();
  };
  expect(await loaded("--version")).toEqual([]);
  expect(await loaded("run", "--help")).toEqual([]);
  expect(await loaded("access", "scan", "--help")).toEqual([]);
  expect(await loaded("access", "init", "access")).toEqual([]);
  expect(await loaded("run", "--dry-run")).toEqual([]);
  expect(await loaded("run", "--quiet")).toEqual(["openai", "undici"]);
  expect(await loaded("status", "results/toy")).toEqual([]);
}, 60_000);
