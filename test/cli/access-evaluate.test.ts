import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runMain } from "./run-main.ts";

const folder = mkdtempSync(join(tmpdir(), "congener-evaluate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let printed = "";
beforeAll(async () => {
  const words = "access simulate -o sim --rows 6000 --days 14 --share 0.3 --seed 4 --evaluate --every 14 -q";
  const { code, stdout, stderr } = await runMain(words.split(" "), { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  printed = stdout;
}, 120_000);

const campaigns = ["naive", "spread", "slow", "paraphrasing", "mimicking", "mixed"];
const kinds = ["chatter", "coding-agent", "rag-backend", "batch-evaluator", "researcher", "reseller"];
const rules = ["risk", "q", "probability", "cluster", "policy", "any"];

/** Rows of the Markdown tables: cells by the table's first heading. */
function rowsOf(text: string, heading: string): string[][] {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  const to = lines.findIndex((line, at) => at > from && line === "");
  return [lines[from] ?? "", ...lines.slice(from + 2, to)].map((line) => line.slice(2, -2).split(" | "));
}

test("the table has every campaign by every rule: recall, time to detection, share served", () => {
  const [head, ...rows] = rowsOf(printed, "campaign");
  expect(head?.slice(2)).toEqual([
    "accounts flagged",
    "their exchanges",
    "detected in logs",
    "after days",
    "served before",
  ]);
  expect(rows.map(([campaign, rule]) => [campaign, rule])).toEqual(
    campaigns.flatMap((campaign) => rules.map((rule) => [campaign, rule])),
  );
  for (const [, , accounts, exchanges, detected, days, served] of rows) {
    for (const share of [accounts, exchanges, served]) expect(share).toMatch(/^(0\.\d\d|1\.00)$/);
    expect(detected).toMatch(/^[01] of 1$/);
    expect(days).toMatch(detected === "1 of 1" ? /^([1-9]|1[0-4])$/ : /^-$/);
    if (detected === "0 of 1") expect(served).toBe("1.00");
  }
});

test("the table has every honest kind with its false alarms, and no kind has more than it has accounts", () => {
  const [head, ...rows] = rowsOf(printed, "honest kind");
  expect(head).toEqual(["honest kind", "accounts", ...rules, "highest risk"]);
  expect(rows.map(([kind]) => kind).sort()).toEqual([...kinds].sort());
  for (const row of rows) {
    const [accounts = 0, ...alarms] = row.slice(1, -1).map(Number);
    expect(accounts).toBeGreaterThan(0);
    for (const count of alarms) expect(count).toBeLessThanOrEqual(accounts);
    expect(alarms.at(-1)).toBe(Math.max(...alarms, alarms.at(-1) ?? 0));
  }
});

test("it ends with what the review budget finds, and keeps the log but none of its scans", () => {
  const [, shown, found, all] =
    /Of the first (\d+) accounts by probability .* (\d+) are of campaigns, which have (\d+)\./.exec(
      printed,
    ) ?? [];
  expect(Number(found)).toBeLessThanOrEqual(Math.min(Number(shown), Number(all)));
  expect(Number(found)).toBeGreaterThan(0);
  expect(printed).toMatch(/Logs: [\d,]+ requests\.\n$/);
  expect(readdirSync(join(folder, "sim")).sort()).toEqual([
    "access.yaml",
    "log.parquet",
    "mapping.yaml",
    "truth.csv",
  ]);
});
