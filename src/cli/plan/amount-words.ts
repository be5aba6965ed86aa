import { formatNumber } from "../../report/numbers.ts";
import type { Range } from "./asked-requests.ts";
import type { Amounts } from "./plan-record.ts";
import type { Estimated } from "./simulated-power.ts";

/** A probability with its standard error, which is said to be 0.01 at least. One that would be rounded to 0 or 1 is neither. */
export function estimateWords({ estimate, standardError }: Estimated): string {
  const value = estimate > 0.99 ? "> 0.99" : estimate < 0.01 ? "< 0.01" : formatNumber(estimate);
  return standardError === null ? value : `${value} ± ${formatNumber(Math.max(0.01, standardError))}`;
}

/** Tokens from smallest to largest: `1.9 k to 8.3 k`, or `46 or more` without an upper end. */
export function tokenWords([low, high]: Range): string {
  return rangeWords([tokenCount(low), high === null ? null : tokenCount(high)]);
}

/** Cost in US dollars, ` + ?` where the price of some target is unknown; `unknown` where that of all is. */
export function costWords({ costUSD, unpriced }: Pick<Amounts, "costUSD" | "unpriced">): string {
  if (costUSD === null) return "unknown";
  const [low, high] = costUSD;
  return `${rangeWords([dollars(low), high === null ? null : dollars(high)])}${unpriced.length > 0 ? " + ?" : ""}`;
}

function rangeWords([low, high]: readonly [string, string | null]): string {
  if (high === null) return `${low} or more`;
  return low === high ? low : `${low} to ${high}`;
}

function tokenCount(count: number): string {
  if (count < 1000) return String(Math.round(count));
  const [unit, name] = count < 999_500 ? [1e3, "k"] : [1e6, "M"];
  const value = count / unit;
  return `${value >= 99.5 ? Math.round(value) : Number(value.toPrecision(2))} ${name}`;
}

/** An amount of US dollars, to the cent. */
export function dollars(value: number): string {
  if (value === 0) return "$0";
  return value < 0.01 ? "< $0.01" : `$${value.toFixed(2)}`;
}
