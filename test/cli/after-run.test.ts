import { expect, test } from "vitest";
import { spentLines } from "../../src/cli/money/after-run.ts";
import { createSpending } from "../../src/sampling/spending.ts";
import { nothingSpent } from "../../src/sampling/spent.ts";
import { targetSchema } from "../../src/schema/target.ts";

test("a budget below what was spent before is told as that, not as answers that were too long", () => {
  const target = targetSchema.parse({
    ...{ name: "sus", api: "openai", baseURL: "http://127.0.0.1:1/v1", model: "sus", lab: null, params: {} },
  });
  const spending = createSpending({
    targets: [{ target, price: { input: 0, output: 10 } }],
    before: new Map([["sus", { ...nothingSpent, outputTokens: 660_000 }]]),
    budgetUSD: 1,
  });
  expect(spentLines(spending)).toEqual([
    "cost of the run: $6.60 of $1",
    "$5.60 over the budget: it counts the whole run, of which $6.60 were spent before",
  ]);
});
