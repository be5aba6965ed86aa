import type {
  AccessAnalysis,
  AccountRecord,
  ClusterRecord,
  IndicatorResult,
  LogStats,
} from "../schema/access.ts";
import { indicatorNames } from "../schema/access.ts";
import type { AccessLabel, AccessSettings } from "../schema/access-settings.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import type { Findings } from "./run-steps.ts";
import type { UnitFindings } from "./step.ts";

/** What an analysis is made of. */
export interface AssembleInput {
  readonly findings: Findings;
  readonly log: LogStats;
  readonly settings: AccessSettings;
  readonly pseudonyms: Pseudonyms;
  /** Kind of customer by account number. */
  readonly kinds: readonly string[];
  readonly labels: ReadonlyMap<string, AccessLabel> | null;
  readonly now: Date;
  readonly congenerVersion: string;
}

/** Turns columns by unit into the records of `access.json`, the highest risks first. */
export function assembleAnalysis(input: AssembleInput): AccessAnalysis {
  const { findings, settings, log } = input;
  const { parts, caveats, off, linkage } = findings;
  const order = byRisk(findings.accounts);
  const clusters = clusterRecords(input);
  const listed = listedAccounts(order, input);
  const accounts = order
    .filter((account) => listed.has(account))
    .map((account) => accountRecord(input, account));
  return {
    schemaVersion: 1,
    congenerVersion: input.congenerVersion,
    createdAt: input.now.toISOString(),
    settings,
    log,
    off,
    kinds: parts.kinds ?? [],
    distributions: parts.distributions ?? [],
    accounts,
    flaggedAccounts: order.filter((account) => isFlagged(findings.accounts, account, settings)).length,
    clusters,
    clusterCount: linkage?.count ?? 0,
    timeline: parts.timeline ?? null,
    exhibits: parts.exhibits ?? [],
    topics: parts.topics ?? [],
    probabilityModel: parts.probabilityModel ?? null,
    caveats,
  };
}

/** The accounts that `access.json` tells of: the highest risks, and at most as many more that named clusters hold. */
function listedAccounts(
  order: readonly number[],
  { findings: { linkage }, settings: { report } }: AssembleInput,
): ReadonlySet<number> {
  const listed = new Set(order.slice(0, report.accounts));
  for (const account of order) {
    if (listed.size >= 2 * report.accounts) break;
    const cluster = linkage?.clusterOf[account] ?? -1;
    if (cluster >= 0 && cluster < report.clusters) listed.add(account);
  }
  return listed;
}

/** Units by falling risk, then by falling volume, then by number; those without a risk last. */
export function byRisk({ units, scores, totals }: UnitFindings): number[] {
  const risk = (unit: number) => orNull(scores?.risk[unit]) ?? -1;
  return Array.from({ length: units.count }, (_, unit) => unit).sort(
    (a, b) => risk(b) - risk(a) || (totals.requests[b] ?? 0) - (totals.requests[a] ?? 0) || a - b,
  );
}

/** Whether a unit's risk is above the settings' threshold. */
export function isFlagged({ scores }: UnitFindings, unit: number, settings: AccessSettings): boolean {
  return (orNull(scores?.risk[unit]) ?? 0) > settings.riskThreshold;
}

function accountRecord(input: AssembleInput, account: number): AccountRecord {
  const { findings, pseudonyms, labels } = input;
  const label = labels?.get(pseudonyms.nameOf(account));
  const cluster = findings.linkage?.clusterOf[account] ?? -1;
  return {
    account: pseudonyms.of(account),
    kind: input.kinds[account] ?? "unknown",
    cluster: cluster < 0 ? null : clusterName(cluster),
    ...measured(input, findings.accounts, account),
    label: label === undefined ? null : { kind: label.kind, campaign: label.campaign },
  };
}

function clusterRecords(input: AssembleInput): ClusterRecord[] {
  const { findings, pseudonyms, settings } = input;
  const { clusters, linkage } = findings;
  if (clusters === null || linkage === null) return [];
  const members: number[][] = Array.from({ length: linkage.count }, () => []);
  linkage.clusterOf.forEach((cluster, account) => {
    members[cluster]?.push(account);
  });
  const shown = Math.min(linkage.count, settings.report.clusters);
  return Array.from({ length: shown }, (_, cluster) => ({
    cluster: clusterName(cluster),
    size: members[cluster]?.length ?? 0,
    members: (members[cluster] ?? []).slice(0, settings.report.accounts).map(pseudonyms.of),
    edgeCount: linkage.edgeCounts[cluster] ?? 0,
    edges: (linkage.edges[cluster] ?? []).slice(0, settings.report.edges).map((edge) => ({
      first: pseudonyms.of(edge.first),
      second: pseudonyms.of(edge.second),
      evidence: edge.evidence,
      nats: edge.nats,
    })),
    nats: linkage.nats[cluster] ?? 0,
    ...measured(input, clusters, cluster),
    label: null,
  }));
}

/** How a cluster is called. */
export const clusterName = (cluster: number): string => `C-${cluster + 1}`;

function measured({ settings }: AssembleInput, found: UnitFindings, unit: number) {
  const { totals, scores } = found;
  return {
    requests: totals.requests[unit] ?? 0,
    firstTime: new Date(totals.firstTime[unit] ?? 0).toISOString(),
    lastTime: new Date(totals.lastTime[unit] ?? 0).toISOString(),
    activeDays: totals.activeDays[unit] ?? 0,
    indicators: indicatorNames.flatMap((name) => indicatorResult(found, name, unit)),
    risk: orNull(scores?.risk[unit]),
    probability: orNull(scores?.probability?.[unit]),
    flagged: isFlagged(found, unit, settings),
    reasons: [...(scores?.reasons(unit) ?? [])],
  };
}

function indicatorResult(
  { indicators, baselines }: UnitFindings,
  name: IndicatorResult["name"],
  unit: number,
): IndicatorResult[] {
  const column = indicators.get(name);
  if (column === undefined) return [];
  const value = orNull(column.values[unit]);
  const base = baselines.get(name);
  const median = orNull(base?.median[unit]);
  const spread = orNull(base?.spread[unit]);
  const why = column.notApplicable;
  return [
    {
      name,
      value,
      n: column.n[unit] ?? 0,
      comparedWith: base === undefined || median === null ? null : base.comparedWith(unit),
      baseline:
        median === null || spread === null ? null : { median, spread, accounts: base?.accounts[unit] ?? 0 },
      effect: orNull(base?.effect[unit]),
      pValue: orNull(base?.pValue[unit]),
      qValue: orNull(base?.qValue[unit]),
      reason: value !== null ? null : typeof why === "string" ? why : why(unit),
    },
  ];
}

const orNull = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value;
