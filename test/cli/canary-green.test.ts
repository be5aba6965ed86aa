import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CanaryResult } from "../../src/schema/canary.ts";
import type { GreenSecret } from "../../src/schema/green-list.ts";
import { runMain } from "./run-main.ts";

const folder = mkdtempSync(join(tmpdir(), "congener-green-"));
const at = (name: string) => join(folder, name);
const congener = (args: string[], input?: string) =>
  runMain(args, { cwd: folder, ...(input === undefined ? {} : { input }) });
const readJson = <T>(name: string) => JSON.parse(readFileSync(at(name), "utf8")) as T;

const list = `name: own
version: "1"
pairs:
  - words: [big, large]
  - words: [often, frequently]
  - words: [error, mistake]
prompts: ["Write of a house.", "Write of a road."]
`;
/** Fifty choices, each after a word of its own. */
const answer = (from: number) =>
  Array.from({ length: 50 }, (_, index) => `w${from + index} ${["big", "often", "error"][index % 3]}.`).join(
    " ",
  );

beforeAll(async () => {
  writeFileSync(at("list.yaml"), list);
  const minted = await congener(["canary", "mint-green", "--list", "list.yaml", "--samples", "1"]);
  expect(minted).toMatchObject({ code: 0 });
  expect(await congener(["canary", "commit", "canary-green.secret.json"])).toMatchObject({ code: 0 });
  const rows = [];
  for (const [place, prompt] of ["Write of a house.", "Write of a road."].entries()) {
    const plain = answer(100 * place);
    const green = await congener(["canary", "rewrite", "canary-green.secret.json"], `${plain}\n`);
    expect(green).toMatchObject({ code: 0 });
    expect(green.stdout.endsWith(".\n")).toBe(true);
    rows.push({ model: "taught", prompt_id: `p${place}`, prompt, sample: 0, response: green.stdout });
    rows.push({ model: "calm", prompt_id: `p${place}`, prompt, sample: 0, response: plain });
  }
  writeFileSync(at("answers.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  const imported = await congener(["import", "answers.jsonl", "--run", "results/imported"]);
  expect(imported).toMatchObject({ code: 0 });
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("from minting to verifying, with a private look that tells totals alone", async () => {
  expect(statSync(at("canary-green.secret.json")).mode & 0o777).toBe(0o600);
  const secret = readJson<GreenSecret>("canary-green.secret.json");
  expect(readFileSync(at("canary-green.commitment.json"), "utf8")).not.toContain(secret.sealed.key);

  const run = ["--run", "results/imported", "--suspect", "taught", "--control", "calm"];
  const look = await congener(["canary", "test", "canary-green.secret.json", ...run]);
  expect(look).toMatchObject({ code: 0 });
  expect(look.stdout).toMatch(
    /^taught: 100 of 100 choices of green are green, chance 50\.0; p = 7\.9 × 10⁻³¹$/m,
  );
  expect(look.stdout + look.stderr).not.toContain(secret.sealed.key);

  const reveal = ["canary", "reveal", "canary-green.secret.json"];
  expect(await congener([...reveal, "--commitment", "canary-green.commitment.json"])).toMatchObject({
    code: 0,
  });
  const tested = await congener(["canary", "test", "canary-green.opening.json", ...run, "-o", "result.json"]);
  expect(tested).toMatchObject({ code: 0 });
  const [suspect] = readJson<CanaryResult>("result.json").suspects;
  expect(suspect?.tests).toEqual([]);
  expect(suspect?.greenTests?.[0]).toMatchObject({ choices: 100, green: 100, scope: "committed-prompts" });
  expect(suspect?.greenTests?.[0]?.controls[0]).toMatchObject({ name: "calm", choices: 100 });
  expect(suspect?.greenTests?.[0]?.controls[0]?.pValue).toBeGreaterThan(1e-6);

  const files = ["canary-green.commitment.json", "canary-green.opening.json", "result.json"];
  const verified = await congener(["canary", "verify", ...files, "--run", "results/imported"]);
  expect(verified).toMatchObject({ code: 0 });
  expect(verified.stdout.match(/^ok /gm)).toHaveLength(4);
  const result = readJson<CanaryResult>("result.json");
  (result.suspects[0]?.greenTests?.[0] ?? { green: 0 }).green = 99;
  writeFileSync(at("tampered.json"), JSON.stringify(result));
  const refused = await congener(["canary", "verify", ...files.slice(0, 2), "tampered.json"]);
  expect(refused.code).toBe(2);
  expect(refused.stderr.trim().split("\n").at(-1)).toMatch(/green(, .*)? differ/);
}, 60_000);

test("a secret of slots that names it as earlier is corrected together with it", async () => {
  expect(await congener(["canary", "mint", "--slots", "4"])).toMatchObject({ code: 0 });
  const committed = await congener([
    "canary",
    "commit",
    "canary-first.secret.json",
    "--previous",
    "canary-green.commitment.json",
  ]);
  expect(committed).toMatchObject({ code: 0 });
  expect(committed.stderr).toContain("Commitment 2 of yours");
});

test("every answer of a run on request, for a run of other prompts", async () => {
  const row = { model: "m", prompt_id: "x", prompt: "Another question?", sample: 0, response: answer(500) };
  writeFileSync(at("else.jsonl"), JSON.stringify(row));
  expect(await congener(["import", "else.jsonl", "--run", "results/else"])).toMatchObject({ code: 0 });
  const args = ["canary", "test", "canary-green.secret.json", "--run", "results/else", "--suspect", "m"];
  const refused = await congener(args);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/m was never asked the test prompts of green in .*--all-answers/);
  const all = await congener([...args, "--all-answers"]);
  expect(all).toMatchObject({ code: 0 });
  expect(all.stdout).toMatch(/m: \d+ of 50 choices of green are green/);
});

describe("bad input ends with 2, one line, and nothing written", () => {
  test.each<[string, string[], RegExp]>([
    [
      "a list with a word twice",
      ["mint-green", "--name", "n", "--list", "bad.yaml"],
      /bad\.yaml:5: "big" stands/,
    ],
    ["a list that is not there", ["mint-green", "--name", "n", "--list", "no.yaml"], /no\.yaml/],
    ["a level of one", ["mint-green", "--name", "n", "--level", "1"], /--level must lie in \(0, 1\), got 1/],
    [
      "a width of nothing",
      ["mint-green", "--name", "n", "--width", "0"],
      /--width must be a whole number from 1/,
    ],
    ["a secret under results/", ["mint-green", "-o", "results/x.json"], /which is published/],
    ["a file that exists", ["mint-green"], /exists already and is not replaced/],
    [
      "a strength of two",
      ["rewrite", "canary-green.secret.json", "--strength", "2"],
      /must lie in \[0, 1\], got 2/,
    ],
    [
      "another kind of file",
      ["assign", "canary-green.secret.json", "--id", "1", "--text", "t"],
      /a canary-green-secret: expected a canary-secret/,
    ],
    [
      "slots to rewrite with",
      ["rewrite", "canary-green.commitment.json"],
      /(expected a canary-green-secret|can be read by others)/,
    ],
  ])("%s", async (_, args, message) => {
    writeFileSync(at("bad.yaml"), list.replace("[often, frequently]", "[big, huge]"));
    const before = readdirSync(folder).sort();
    const { code, stderr } = await congener(["canary", ...args], "big");
    expect(stderr.trim().split("\n").at(-1)).toMatch(message);
    expect(code).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});
