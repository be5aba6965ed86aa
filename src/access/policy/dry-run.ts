import { policyActions } from "../../schema/access.ts";
import type { DryRunGroup } from "../../schema/access-policy.ts";
import type { AccessLabel, AccessLimits } from "../../schema/access-settings.ts";
import type { Database, SqlRow } from "../database.ts";
import { counts, type Ground, groundsOf } from "./grounds.ts";
import type { Decisions } from "./make-policy.ts";
import { hourlyRequests, type Subjects } from "./read-subjects.ts";

/** What is replayed, and who the accounts are known to be. */
export interface DryRunInput {
  readonly subjects: Subjects;
  readonly decisions: Decisions;
  readonly limits: AccessLimits;
  /** By real id; null without. */
  readonly labels: ReadonlyMap<string, AccessLabel> | null;
}

/**
 * Replays the log hour by hour (UTC) against limits, by kind of customer. Twice: the hourly limit alone, which is known
 * as requests come, and every decision from the first hour on. The second knows what only the whole log tells, so it is
 * a bound on what is refused, of campaigns and of honest customers alike.
 */
export async function dryRun(database: Database, input: DryRunInput): Promise<DryRunGroup[]> {
  const { subjects, decisions, limits, labels } = input;
  const exempt = new Set(limits.exempt);
  const groups = new Map<string, Growing>();
  const allowances = allowancesOf(decisions, limits);
  for await (const rows of database.batches(replayQuery(allowances)))
    for (const row of rows) {
      const subject = subjects.accounts[Number(row.account)];
      const decision = decisions.accounts[Number(row.account)];
      if (subject === undefined || decision === undefined) continue;
      const label = labels?.get(subject.id);
      const group = groupOf(groups, {
        kind: label?.kind ?? subject.kind,
        campaign: labels === null ? null : (label?.campaign ?? ""),
      });
      group.accounts++;
      group.requests += Number(row.requests);
      group.actions[decision.action]++;
      if (exempt.has(subject.id)) continue;
      const general = Math.floor(limits.requestsPerHour);
      const over = refusedBy(row, allowances.indexOf(general));
      if (over.requests > 0) {
        group.overLimitAccounts++;
        group.overLimitRequests += over.requests;
        if (!groundsOf(subject, limits).some(suspect)) group.heavyOnlyAccounts++;
      }
      const own = decision.requestsPerHour;
      const refused = own === null ? over : refusedBy(row, allowances.indexOf(Math.floor(own)));
      if (refused.requests === 0) continue;
      group.refusedAccounts++;
      group.refusedRequests += refused.requests;
      if (refused.first !== null && (group.firstRefusal === null || refused.first < group.firstRefusal))
        group.firstRefusal = refused.first;
    }
  return [...groups.values()].sort(
    (a, b) =>
      b.refusedRequests - a.refusedRequests ||
      b.requests - a.requests ||
      (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0),
  );
}

/** What a heavy honest user does not give. */
const suspect = (ground: Ground): boolean => counts(ground) || ground.name === "probability";

type Growing = { -readonly [Key in keyof DryRunGroup]: DryRunGroup[Key] };

/** Requests an hour that anybody may be left with: a handful, so that one pass counts for all of them. */
function allowancesOf(decisions: Decisions, { requestsPerHour }: AccessLimits): number[] {
  const own = decisions.accounts.flatMap((decision) => decision.requestsPerHour ?? []);
  return [...new Set([requestsPerHour, ...own].map(Math.floor))];
}

const replayQuery = (allowances: readonly number[]): string =>
  `SELECT account, sum(requests) :: DOUBLE AS requests, ${allowances
    .map(
      (allowed, at) =>
        `sum(greatest(0, requests - ${allowed})) :: DOUBLE AS refused${at}, min(hour) FILTER (requests > ${allowed}) AS first${at}`,
    )
    .join(", ")} FROM (${hourlyRequests}) GROUP BY account`;

function refusedBy(row: SqlRow, at: number): { requests: number; first: string | null } {
  const first = row[`first${at}`];
  return {
    requests: Number(row[`refused${at}`] ?? 0),
    first: first instanceof Date ? first.toISOString() : null,
  };
}

const nameOf = ({ kind, campaign }: Pick<DryRunGroup, "kind" | "campaign">): string =>
  JSON.stringify([kind, campaign]);

function groupOf(groups: Map<string, Growing>, group: Pick<DryRunGroup, "kind" | "campaign">): Growing {
  const known = groups.get(nameOf(group));
  if (known !== undefined) return known;
  const made: Growing = {
    ...group,
    accounts: 0,
    requests: 0,
    actions: Object.fromEntries(policyActions.map((action) => [action, 0])) as DryRunGroup["actions"],
    overLimitAccounts: 0,
    overLimitRequests: 0,
    heavyOnlyAccounts: 0,
    refusedAccounts: 0,
    refusedRequests: 0,
    firstRefusal: null,
  };
  groups.set(nameOf(made), made);
  return made;
}
