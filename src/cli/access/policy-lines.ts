import { visibleText } from "../../report/visible-text.ts";
import { policyActions } from "../../schema/access.ts";
import type { AccessPolicy, DryRunGroup } from "../../schema/access-policy.ts";
import type { AccessLimits } from "../../schema/access-settings.ts";
import { textTable, wrapped } from "../plan/text-table.ts";

/** How many accounts and clusters of each kind got which action. */
export function policyLines(counts: AccessPolicy["counts"], columns: number): string[] {
  const kinds = [...new Set(counts.map(({ subject, kind }) => JSON.stringify([subject, kind])))];
  const rows = kinds.map((key) => {
    const of = counts.filter((entry) => JSON.stringify([entry.subject, entry.kind]) === key);
    const number = (action: string) => of.find((entry) => entry.action === action)?.count ?? 0;
    const [first] = of;
    const name =
      first?.subject === "cluster"
        ? "clusters"
        : `accounts: ${visibleText(first?.kind ?? "", { maxLength: 60 })}`;
    return [name, ...policyActions.map((action) => count(number(action)))];
  });
  return textTable(["", ...policyActions], rows, columns);
}

/**
 * What the limits would have done, by kind of customer: what is decided, and what is refused. Two tables, for one would be
 * wider than most terminals.
 */
export function dryRunLines(groups: readonly DryRunGroup[], limits: AccessLimits, columns: number): string[] {
  const decided = groups.map((group) => [
    nameOf(group),
    count(group.accounts),
    ...policyActions.slice(1).map((action) => count(group.actions[action])),
  ]);
  const refused = groups.map((group) => [
    nameOf(group),
    count(group.requests),
    count(group.overLimitAccounts),
    count(group.overLimitRequests),
    `${count(group.refusedRequests)} (${percent(group.refusedRequests, group.requests)})`,
  ]);
  const heavy = groups.filter(({ heavyOnlyAccounts }) => heavyOnlyAccounts > 0);
  const heavyWords = heavy.map((group) => `${count(group.heavyOnlyAccounts)} ${nameOf(group)}`).join(", ");
  return [
    ...textTable(["kind", "accounts", ...policyActions.slice(1)], decided, columns),
    "",
    ...textTable(["kind", "requests", "over limit", "by it", "refused"], refused, columns),
    "",
    ...wrapped(
      `over limit: accounts with more than ${count(limits.requestsPerHour)} requests in an hour (UTC); by it: requests refused by that alone; refused: with every decision in force from the first hour; decisions rest on the whole log, so this is a bound.`,
      columns,
    ),
    ...wrapped(
      heavy.length === 0
        ? "No account over the hourly limit lacks a ground that counts towards verify or a probability over its limit."
        : `Over the hourly limit without a ground that counts towards verify or a probability over its limit: ${heavyWords}.`,
      columns,
    ),
  ];
}

const nameOf = ({ kind, campaign }: DryRunGroup): string =>
  visibleText(campaign ? `${kind} (${campaign})` : kind, { maxLength: 60 });
const count = (value: number): string => value.toLocaleString("en-US");
const percent = (part: number, whole: number): string =>
  whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`;
