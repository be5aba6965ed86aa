import { formatCount } from "../../report/numbers.ts";
import { visibleText } from "../../report/visible-text.ts";
import { assumedAnswerTokens } from "../../sampling/possible-tokens.ts";
import { costWords, dollars, tokenWords } from "../plan/amount-words.ts";
import { type Range, sum } from "../plan/asked-requests.ts";
import type { RunOutlook } from "./run-outlook.ts";

/** What a run takes, in a few lines: requests left, tokens, cost, what is spent already, and what nobody knows. */
export function outlookLines(outlook: RunOutlook, budgetUSD: number | null): string[] {
  const { targets } = outlook;
  const asked = targets.filter(({ left }) => left.requests > 0);
  const planned = targets.reduce((count, target) => count + target.planned, 0);
  const recorded = targets.reduce((count, target) => count + target.recorded, 0);
  const total = (of: (target: (typeof asked)[number]) => Range) =>
    asked.reduce<Range>((before, target) => sum(before, of(target)), [0, 0]);
  const priced = asked.filter(({ left }) => left.price !== null);
  const unpriced = asked.filter(({ left }) => left.price === null).map(({ left }) => left.name);
  const costUSD = priced.length === 0 ? null : total(({ left }) => left.costUSD ?? [0, 0]);
  const already =
    recorded === 0 ? "" : ` (${formatCount(recorded)} of ${formatCount(planned)} samples are recorded)`;
  return [
    `${counted(planned - recorded, "request")} to ${counted(asked.length, "target")}${already}, retries on top`,
    `tokens: ${tokenWords(total(({ left }) => left.inputTokens))} in, ${tokenWords(total(({ left }) => left.outputTokens))} out; cost: ${costWords({ costUSD, unpriced })}${priceDates(priced)}`,
    ...(unpriced.length === 0
      ? []
      : [
          `price unknown, which is not 0: ${listed(unpriced)}; give it in a file named by --prices, or by prices: in the configuration`,
        ]),
    ...spentLines(outlook),
    ...(budgetUSD === null ? [] : budgetLines(outlook, budgetUSD)),
  ];
}

/**
 * What a session may cost, as far as prices are known: the upper ends of its targets, or so many requests to the dearest one,
 * and what is left of a budget at most.
 */
export function mostUSD(
  { targets, spent }: RunOutlook,
  bounds: { readonly budgetUSD: number | null; readonly maxRequests: number | undefined },
): number {
  const each = targets.map(({ likelyMostUSD, left }) => ({
    cost: likelyMostUSD ?? 0,
    requests: left.requests,
  }));
  const dearest = Math.max(0, ...each.map(({ cost, requests }) => (requests === 0 ? 0 : cost / requests)));
  const before = spent.reduce((total, { costUSD }) => total + (costUSD ?? 0), 0);
  return Math.min(
    each.reduce((total, { cost }) => total + cost, 0),
    dearest === 0 ? 0 : dearest * (bounds.maxRequests ?? Number.POSITIVE_INFINITY),
    bounds.budgetUSD === null ? Number.POSITIVE_INFINITY : Math.max(0, bounds.budgetUSD - before),
  );
}

/** What is spent, and how much of that is guessed. */
function spentLines({ spent }: RunOutlook): string[] {
  const used = spent.filter(
    ({ spent: amount }) => amount.outputTokens + amount.inputTokens + amount.unsureAttempts > 0,
  );
  if (used.length === 0) return [];
  const known = used.filter(({ costUSD }) => costUSD !== null);
  const cost = known.reduce((total, { costUSD }) => total + (costUSD ?? 0), 0);
  const guesses = guessWords(used.map(({ spent: amount }) => amount));
  const words =
    known.length === 0 ? "unknown" : `${dollars(cost)}${known.length < used.length ? " + ?" : ""}`;
  return [`spent so far: ${words}${guesses === null ? "" : `; ${guesses}`}`];
}

/** What in a sum of spending is not as the endpoints counted it; null where all is. */
export function guessWords(
  amounts: readonly { readonly estimatedSamples: number; readonly unsureAttempts: number }[],
): string | null {
  const estimated = amounts.reduce((count, amount) => count + amount.estimatedSamples, 0);
  const unsure = amounts.reduce((count, amount) => count + amount.unsureAttempts, 0);
  const parts = [
    ...(estimated === 0
      ? []
      : [`${counted(estimated, "sample")} without a count of tokens, estimated upward from bytes`]),
    ...(unsure === 0
      ? []
      : [`${counted(unsure, "failed attempt")} that may have been billed, at the most possible`]),
  ];
  return parts.length === 0 ? null : `in it ${parts.join(", and ")}`;
}

function budgetLines({ targets, spent }: RunOutlook, budgetUSD: number): string[] {
  const before = spent.reduce((total, { costUSD }) => total + (costUSD ?? 0), 0);
  const left = Math.max(0, budgetUSD - before);
  const unlimited = targets.filter(
    (target) => target.unlimited && target.left.requests > 0 && target.left.price?.output !== 0,
  );
  return [
    `budget: $${budgetUSD} for the run as a whole, ${dollars(left)} of it left; no request starts that could go beyond it`,
    ...(unlimited.length === 0
      ? []
      : [
          `no limit of tokens for ${listed(unlimited.map((target) => target.left.name))}: an answer in flight is taken to have ${formatCount(assumedAnswerTokens)} at most, and by what it is longer the budget may be overshot; limit it with params: { max_tokens: ... }`,
        ]),
  ];
}

function priceDates(
  priced: readonly {
    readonly left: { readonly price: { readonly file: string; readonly checked: string | null } | null };
  }[],
): string {
  const prices = priced.flatMap(({ left }) => left.price ?? []);
  if (prices.length === 0) return "";
  const files = [...new Set(prices.map(({ file }) => file))].join(", ");
  const days = prices.flatMap(({ checked }) => checked ?? []).sort();
  const [first, last] = [days[0], days.at(-1)];
  const when =
    first === undefined ? "" : first === last ? `, checked ${first}` : `, checked ${first} to ${last}`;
  return ` (prices: ${visibleText(files, { maxLength: 200 })}${when})`;
}

const counted = (count: number, noun: string) => `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 6).map((name) => visibleText(name, { maxLength: 80 }));
  return shown.join(", ") + (names.length > 6 ? ` and ${names.length - 6} more` : "");
}
