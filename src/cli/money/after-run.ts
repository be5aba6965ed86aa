import type { SamplingResult } from "../../sampling/sampling-events.ts";
import type { Spending } from "../../sampling/spending.ts";
import { dollars } from "../plan/amount-words.ts";
import { guessWords } from "./outlook-lines.ts";
import type { RunOutlook } from "./run-outlook.ts";

/** What the run has cost as a whole, how much of that is guessed, and by how much a budget was overshot. */
export function spentLines(spending: Spending): string[] {
  const targets = [...spending.byTarget().values()];
  const known = targets.filter(({ costUSD }) => costUSD !== null);
  const total = spending.totalUSD();
  if (known.length === 0 || total === 0) return [];
  const guesses = guessWords(known.map(({ spent }) => spent));
  const of = spending.budgetUSD === null ? "" : ` of $${spending.budgetUSD}`;
  const over = spending.budgetUSD === null ? 0 : total - spending.budgetUSD;
  return [
    `cost of the run: ${dollars(total)}${known.length < targets.length ? " + ?" : ""}${of}${guesses === null ? "" : `; ${guesses}`}`,
    ...(over > 0.005 ? [`${dollars(over)} over the budget: ${whyOver(spending)}`] : []),
  ];
}

function whyOver({ beforeUSD, budgetUSD }: Spending): string {
  if (budgetUSD !== null && beforeUSD > budgetUSD)
    return `it counts the whole run, of which ${dollars(beforeUSD)} were spent before`;
  return "some answers were longer than their limit of tokens, or had none";
}

/** A budget, in US dollars up to the next cent, that the rest of the run stays within by what is known of it. */
export function enoughUSD(result: SamplingResult, spending: Spending, { targets }: RunOutlook): number {
  const rest = targets.reduce((sum, { left, mostUSD }) => {
    const target = result.targets.find(({ name }) => name === left.name);
    const asked = target?.recorded ?? 0;
    return sum + (left.requests === 0 ? 0 : ((mostUSD ?? 0) * (left.requests - asked)) / left.requests);
  }, 0);
  const needed = spending.totalUSD() + rest;
  return Math.ceil(Math.max(needed, spending.budgetUSD ?? 0) * 100 + 1) / 100;
}
