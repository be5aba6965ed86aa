import { expect, test } from "vitest";
import { campaignEvaluations, type DayFindings } from "../../../src/access/simulate/evaluate-campaigns.ts";

const labels = ["a", "b"].map((account) => ({ account, kind: "campaign", campaign: "slow" }));
const none = { risk: false, q: false, probability: false, cluster: false, policy: false, any: false };
const findings = (day: number, requests: Record<string, number>, flagged: readonly string[]) =>
  ({
    day,
    accounts: new Map(
      Object.entries(requests).map(([name, count]) => [
        name,
        { requests: count, rules: { ...none, risk: flagged.includes(name) } },
      ]),
    ),
  }) as unknown as DayFindings;
const evaluated = (found: readonly DayFindings[]) =>
  campaignEvaluations({ labels, harvested: new Map([["slow", [0, 10, 10, 20]]]), found })[0];

test("a campaign is detected at the first scan that flags half of its accounts", () => {
  const result = evaluated([
    findings(2, { a: 5, b: 5 }, []),
    findings(3, { a: 8, b: 12 }, ["a"]),
    findings(4, { a: 10, b: 30 }, ["b"]),
  ]);
  const byRule = new Map(result?.rules.map((rule) => [rule.rule, rule]));
  expect(byRule.get("risk")).toEqual({
    rule: "risk",
    accounts: 0.5,
    exchanges: 0.75,
    detectedAfterDays: 2,
    servedBefore: 0.5,
  });
  expect(byRule.get("q")).toMatchObject({ accounts: 0, detectedAfterDays: null, servedBefore: 1 });
});

test("before it begins a campaign is not detected: its accounts are customers until then", () => {
  const result = evaluated([findings(1, { a: 1 }, ["a"]), findings(2, { a: 1, b: 1 }, ["a"])]);
  expect(result?.rules[0]).toMatchObject({ detectedAfterDays: 1, servedBefore: 0.25 });
});
