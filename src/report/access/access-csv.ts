import type { AccountRecord, ClusterRecord } from "../../schema/access.ts";
import { indicatorNames } from "../../schema/access.ts";
import { type CsvTable, toCsv } from "../csv.ts";
import type { AccessReport } from "./access-report.ts";

const measuredHead = "requests first_time last_time active_days risk probability flagged".split(" ");
const measured = (one: AccountRecord | ClusterRecord) => [
  ...[one.requests, one.firstTime, one.lastTime, one.activeDays, one.risk, one.probability, one.flagged],
];

/**
 * Tables of a scan as CSV (RFC 4180), by name: `accounts`, `indicators`, `clusters`, `members`, `edges`, `exhibits`,
 * `topics`, `timeline`, `caveats`, and with a comparison beside it `fed-through`. Accounts stand under their pseudonyms.
 */
export function renderAccessCsv(report: AccessReport): Record<string, string> {
  const tables = [
    accounts(report),
    indicators(report),
    clusters(report),
    members(report),
    edges(report),
    exhibits(report),
    topics(report),
    timeline(report),
    caveats(report),
    ...(report.run === null ? [] : [fedThrough(report.run)]),
  ];
  return Object.fromEntries(tables.map((table) => [table.name, toCsv(table)]));
}

function accounts({ analysis }: AccessReport): CsvTable {
  return {
    name: "accounts",
    head: [
      "account",
      "kind",
      "cluster",
      ...measuredHead,
      ...indicatorNames,
      "label_kind",
      "label_campaign",
      "reasons",
    ],
    rows: analysis.accounts.map((one) => [
      ...[one.account, one.kind, one.cluster, ...measured(one)],
      ...indicatorNames.map((name) => one.indicators.find((result) => result.name === name)?.value ?? null),
      ...[one.label?.kind ?? null, one.label?.campaign ?? null, one.reasons.join("; ")],
    ]),
  };
}

function indicators({ analysis }: AccessReport): CsvTable {
  const units = [
    ...analysis.clusters.map((one) => [one.cluster, one] as const),
    ...analysis.accounts.map((one) => [one.account, one] as const),
  ];
  return {
    name: "indicators",
    head: "unit indicator value n compared_with median spread compared_accounts effect p_value q_value reason".split(
      " ",
    ),
    rows: units.flatMap(([unit, { indicators: results }]) =>
      results.map((one) => [
        ...[unit, one.name, one.value, one.n, one.comparedWith, one.baseline?.median ?? null],
        ...[
          one.baseline?.spread ?? null,
          one.baseline?.accounts ?? null,
          one.effect,
          one.pValue,
          one.qValue,
          one.reason,
        ],
      ]),
    ),
  };
}

function clusters({ analysis }: AccessReport): CsvTable {
  return {
    name: "clusters",
    head: ["cluster", "size", "edges", "nats", ...measuredHead, "reasons"],
    rows: analysis.clusters.map((one) => [
      ...[one.cluster, one.size, one.edgeCount, one.nats, ...measured(one), one.reasons.join("; ")],
    ]),
  };
}

function members({ analysis }: AccessReport): CsvTable {
  const rows = analysis.clusters.flatMap((one) => one.members.map((account) => [one.cluster, account]));
  return { name: "members", head: ["cluster", "account"], rows };
}

function edges({ analysis }: AccessReport): CsvTable {
  return {
    name: "edges",
    head: "cluster first second kind nats sharers note".split(" "),
    rows: analysis.clusters.flatMap((cluster) =>
      cluster.edges.flatMap(({ first, second, evidence }) =>
        evidence.map((one) => [cluster.cluster, first, second, one.kind, one.nats, one.sharers, one.note]),
      ),
    ),
  };
}

function exhibits({ analysis, excerpts }: AccessReport): CsvTable {
  return {
    name: "exhibits",
    head: "id template_hash accounts cluster requests fillings slots grid_share topic excerpt".split(" "),
    rows: analysis.exhibits.map((one) => [
      ...[one.id, one.templateHash === "" ? null : one.templateHash, one.accounts.join(" "), one.cluster],
      ...[one.requests, one.fillings, one.slots.join(" x "), one.gridShare, one.topic],
      excerpts.get(one.id)?.text ?? null,
    ]),
  };
}

function topics({ analysis }: AccessReport): CsvTable {
  return {
    name: "topics",
    head: ["topic", "requests", "accounts", "flagged_requests"],
    rows: analysis.topics.map((one) => [one.topic, one.requests, one.accounts, one.flaggedRequests]),
  };
}

function timeline({ analysis }: AccessReport): CsvTable {
  const {
    firstDay,
    requests,
    flagged,
    clusters: named,
  } = analysis.timeline ?? {
    ...{ firstDay: "1970-01-01", requests: [], flagged: [], clusters: [] },
  };
  const first = Date.parse(firstDay);
  return {
    name: "timeline",
    head: ["day", "requests", "flagged_requests", "cluster_requests"],
    rows: requests.map((count, day) => [
      new Date(first + day * 86_400_000).toISOString().slice(0, 10),
      count,
      flagged[day] ?? 0,
      named.reduce((sum, cluster) => sum + (cluster.requests[day] ?? 0), 0),
    ]),
  };
}

function caveats({ analysis }: AccessReport): CsvTable {
  return {
    name: "caveats",
    head: ["code", "message", "advice"],
    rows: analysis.caveats.map(({ code, message, advice }) => [code, message, advice]),
  };
}

function fedThrough(run: NonNullable<AccessReport["run"]>): CsvTable {
  return {
    name: "fed-through",
    head: "suspect secret cluster hits p_value adjusted_p_value".split(" "),
    rows: run.suspects.flatMap(({ name, canary }) =>
      (canary?.tests ?? []).flatMap((test) =>
        (test.clusters ?? []).map((one) => [
          name,
          test.name,
          one.cluster,
          one.hits,
          one.pValue,
          one.adjustedPValue,
        ]),
      ),
    ),
  };
}
