import type { PolicyDecision } from "../../schema/access.ts";
import type { AccessPolicy } from "../../schema/access-policy.ts";
import type { AccessLimits } from "../../schema/access-settings.ts";
import { decide, exempted, severity } from "./decide.ts";
import type { Subjects } from "./read-subjects.ts";

/** A decision on every account and every cluster. */
export interface Decisions {
  /** By account number. */
  readonly accounts: readonly PolicyDecision[];
  /** By cluster number. */
  readonly clusters: readonly PolicyDecision[];
}

/** Decides on clusters first, then on accounts, which take over what their cluster gives. */
export function decideAll({ accounts, clusters }: Subjects, limits: AccessLimits): Decisions {
  const exempt = new Set(limits.exempt);
  const ofClusters = clusters.map((cluster) => decide(cluster, limits));
  return {
    clusters: ofClusters,
    accounts: accounts.map((account) =>
      exempt.has(account.id)
        ? exempted(account)
        : decide(account, limits, ofClusters[account.cluster] ?? null),
    ),
  };
}

/** What a policy says of where it comes from. */
export interface PolicyOrigin {
  readonly now: Date;
  readonly congenerVersion: string;
  readonly scannedAt: string;
}

/** `policy.json`: all clusters, and the accounts that are not simply allowed, severest first. */
export function policyOf(decisions: Decisions, limits: AccessLimits, origin: PolicyOrigin): AccessPolicy {
  return {
    schemaVersion: 1,
    congenerVersion: origin.congenerVersion,
    createdAt: origin.now.toISOString(),
    scannedAt: origin.scannedAt,
    limits,
    counts: countsOf(decisions),
    decisions: [
      ...bySeverity(decisions.clusters),
      ...bySeverity(decisions.accounts).filter(
        ({ id, action }) => action !== "allow" || limits.exempt.includes(id),
      ),
    ],
  };
}

/** Severest first; else in the order of numbers, which for accounts is that of their names. */
export const bySeverity = (decisions: readonly PolicyDecision[]): PolicyDecision[] =>
  decisions
    .map((decision, at) => ({ decision, at }))
    .sort((a, b) => severity(b.decision.action) - severity(a.decision.action) || a.at - b.at)
    .map(({ decision }) => decision);

function countsOf({ accounts, clusters }: Decisions): AccessPolicy["counts"] {
  const counts = new Map<string, AccessPolicy["counts"][number]>();
  for (const { subject, kind, action } of [...clusters, ...accounts]) {
    const key = JSON.stringify([subject, kind, action]);
    const entry = counts.get(key);
    counts.set(key, { subject, kind, action, count: (entry?.count ?? 0) + 1 });
  }
  const key = (entry: AccessPolicy["counts"][number]) => `${entry.subject} ${entry.kind}`;
  return [...counts.values()].sort((a, b) =>
    key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : severity(a.action) - severity(b.action),
  );
}
