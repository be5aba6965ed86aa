import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runMain } from "./run-main.ts";
import { congener } from "./start-congener.ts";

const folder = mkdtempSync(join(tmpdir(), "congener-access-flags-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (words: string) => runMain(["access", ...words.split(" ")], { cwd: folder });
const scanWords = "scan sim/log.jsonl --map sim/mapping.yaml --settings sim/access.yaml -o scan";

beforeAll(async () => {
  for (const words of ["simulate -o sim --rows 1500 --days 14 --campaign none --seed 3", scanWords]) {
    const { code, stderr } = await run(words);
    expect(code, stderr).toBe(0);
  }
}, 60_000);

test.each([
  ["init rules --json", ["files"]],
  ["simulate -o more --rows 1000 --days 14 --campaign naive --json", ["log", "rows", "campaigns"]],
  [`${scanWords} --json`, ["log", "accounts", "flaggedAccounts"]],
  ["report scan --format md,json --json", ["files"]],
  ["policy scan --json", ["counts"]],
  ["policy scan --dry-run --json", ["groups", "limits"]],
])("%s prints JSON and nothing else on stdout, without colour", async (words, keys) => {
  const { code, stdout, stderr } = await run(`${words} --quiet`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const printed = JSON.parse(stdout);
  expect(printed).toMatchObject({ schemaVersion: 1 });
  expect(Object.keys(printed)).toEqual(expect.arrayContaining(keys));
  for (const file of printed.files ?? []) expect(existsSync(file), file).toBe(true);
  expect(stdout).not.toContain("\u001b");
});

test.each([
  ["scn", /^congener: access needs init, scan, report, policy or simulate; see congener access --help\n$/],
  [
    "scan log -o out --sttings x",
    /^congener: unknown flag or argument sttings; did you mean --settings\? see .*\n$/,
  ],
  ["scan log", /^congener: --out is required; see congener access scan --help\n$/],
  ["scan log -o out --threads 1.5", /^congener: --threads 1\.5: expected a whole number from 1 to 256\n$/],
  ["report scan --format pdf", /^congener: --format got "pdf", expected one of .*\n$/],
  ["report", /^congener: missing argument <dir>; see congener access report --help\n$/],
  ["policy scan --tlp blue", /^congener: --tlp got "blue", expected one of .*\n$/],
  ["policy scan --threads 0 -o p.json", /^congener: --threads 0: expected a whole number from 1 to 256\n$/],
  ["policy scan --memory much -o p.json", /^congener: --memory much: expected a size as 3GB or 500MB\n$/],
  ["simulate -o x --every 3", /^congener: --every goes with --evaluate: without it nothing is scanned\n$/],
  ["simulate -o x --evaluate --every 0", /^congener: --every 0: expected a whole number from 1 to 42\n$/],
  ["simulate -o x --rows 10", /^congener: --rows 10: expected a whole number from 1000 to 100000000\n$/],
  ["init a b", /^congener: unexpected argument b; see congener access init --help\n$/],
])("access %s is told in one line, exit code 2, and nothing is written", async (words, line) => {
  const before = readdirSync(folder);
  const { code, stdout, stderr } = await run(words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(line);
  expect(readdirSync(folder)).toEqual(before);
});

test.each(["init", "scan", "report", "policy", "simulate"])(
  "access %s --help fits 80 columns, says --json and has an example",
  async (name) => {
    const { code, out } = await congener(folder, "access", name, "--help");
    expect(code).toBe(0);
    for (const line of out.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(out).toMatch(/^ +--json/m);
    expect(out).toContain("Examples:");
  },
);
