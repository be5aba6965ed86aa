import stringWidth from "string-width";
import { expect, test } from "vitest";
import { dryRunLines } from "../../src/cli/access/policy-lines.ts";
import { accountLines, summaryLines } from "../../src/cli/access/scan-summary.ts";
import { accessLimitsSchema } from "../../src/schema/access-settings.ts";
import { sampleAccess } from "../fixtures/report/sample-access.ts";

const [sample] = sampleAccess().accounts;
if (sample === undefined) throw new Error("the sample names no account");
const typical = "typical of 98 accounts (direct): 0.51, effect 4.2, q = 0.38";
const account = {
  ...sample,
  kind: "direct",
  risk: 0.8,
  reasons: [
    `breadth of topics 1 against a threshold of 0.80; ${typical}`,
    `systematic coverage 1 against a threshold of 0.70; ${typical}`,
    `share that asks for reasoning 1 against a threshold of 0.90; ${typical}`,
    `correlation with releases 0.60 against a threshold of 0.60; ${typical}`,
    `burstiness 7.1; ${typical}`,
  ],
};

test.each([
  [80, ["breadth of topics 1 (threshold 0.80)", "systematic coverage 1 (threshold 0.70)", "and 3 more"]],
  [60, ["breadth of topics 1 (threshold 0.80)", "and 4 more"]],
  [200, ["breadth of topics 1", "correlation with releases 0.60 (threshold 0.60)", "burstiness 7.1"]],
])("at %i columns an account takes two lines: the strongest reasons, and how many more", (columns, parts) => {
  const lines = accountLines(account, columns);
  expect(lines.length).toBeLessThanOrEqual(2);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  const text = lines.map((line) => line.trim()).join(" ");
  expect(text).toContain(`${account.account} direct, risk 0.80: breadth`);
  for (const part of parts) expect(text).toContain(part);
  expect(/and \d+ more/.test(text)).toBe(parts.at(-1)?.startsWith("and") ?? false);
});

test("a kind from the log cannot steer the terminal, nor push the reasons out of two lines", () => {
  const lines = accountLines({ ...account, kind: `\u001b[2J${"wide ".repeat(40)}` }, 40);
  expect(lines.join("")).not.toContain("\u001b");
  expect(lines.length).toBeLessThanOrEqual(2);
});

test("the summary keeps to the terminal, and says of how many flagged accounts it names the first", () => {
  const accounts = Array.from({ length: 9 }, () => ({ ...account, flagged: true }));
  for (const columns of [60, 80]) {
    const lines = summaryLines({ ...sampleAccess(), accounts, flaggedAccounts: 9 }, columns);
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(lines.filter((line) => /^ {2}A-/.test(line))).toHaveLength(5);
    expect(lines.join(" ")).toMatch(/9 accounts above risk 0\.7, .* clusters?; the first 5:/);
  }
});

test("at 80 columns a dry run is two tables, one line a kind", () => {
  const group = (kind: string, campaign: string) => ({
    ...{ kind, campaign, accounts: 1_234, requests: 1_234_567 },
    actions: { allow: 0, watch: 12, slow: 3, verify: 44, stop: 1_175 },
    ...{ overLimitAccounts: 12, overLimitRequests: 120, heavyOnlyAccounts: 0 },
    ...{ refusedAccounts: 1_222, refusedRequests: 123_456, firstRefusal: null },
  });
  const lines = dryRunLines(
    [group("campaign", "paraphrasing"), group("application, long answers", "")],
    accessLimitsSchema.parse({}),
    80,
  );
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(80);
  const table = lines.map((line) => line.split(/ {2,}/));
  expect(table.slice(0, 3)).toEqual([
    ["kind", "accounts", "watch", "slow", "verify", "stop"],
    ["campaign (paraphrasing)", "1,234", "12", "3", "44", "1,175"],
    ["application, long answers", "1,234", "12", "3", "44", "1,175"],
  ]);
  expect(table.slice(4, 6)).toEqual([
    ["kind", "requests", "over limit", "by it", "refused"],
    ["campaign (paraphrasing)", "1,234,567", "12", "120", "123,456 (10.0 %)"],
  ]);
});
