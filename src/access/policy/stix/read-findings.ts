import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Database, literal } from "../../database.ts";
import { severity } from "../decide.ts";
import type { Decisions } from "../make-policy.ts";
import type { OpenScan } from "../open-scan.ts";
import type { SharedFinding } from "./shared-finding.ts";

/** Fewer accounts of a cluster may be one person's. */
const fewestAccounts = 3;
/** A system is told where so much of the cluster's traffic comes from it, and so few of the other accounts use it. */
const shareOfCluster = 0.2;
const shareOfOthers = 0.02;
/** Numbers assigned so far end below; a log's hash is compared with those of all of them. */
const highestSystem = 500_000;

/** What may leave of every cluster that has to verify or is stopped. */
export async function readFindings(scan: OpenScan, decisions: Decisions): Promise<SharedFinding[]> {
  const { analysis, database, folder } = scan;
  const systems = await systemsByCluster(database, folder);
  const rows = await database.rows<{
    cluster: number;
    accounts: number;
    requests: number;
    first: string;
    last: string;
  }>(
    `SELECT measure.cluster, count(DISTINCT request.account) :: DOUBLE AS accounts, count(*) :: DOUBLE AS requests,
       CAST(CAST(min(time) AS DATE) AS VARCHAR) AS first, CAST(CAST(max(time) AS DATE) AS VARCHAR) AS last
     FROM request JOIN policyMeasure AS measure ON measure.subject = 'account' AND measure.unit = request.account
     WHERE measure.cluster IS NOT NULL GROUP BY measure.cluster ORDER BY measure.cluster`,
  );
  return rows.flatMap((row) => {
    const decision = decisions.clusters[row.cluster];
    if (
      decision === undefined ||
      severity(decision.action) < severity("verify") ||
      row.accounts < fewestAccounts
    )
      return [];
    return [
      {
        accounts: row.accounts,
        requests: Number(row.requests.toPrecision(2)),
        firstDay: row.first,
        lastDay: row.last,
        measures: decision.measures,
        templates: analysis.exhibits
          .filter(({ cluster, slots }) => cluster === decision.id && slots.length > 0)
          .map(({ slots, fillings, gridShare }) => ({ slots, fillings, gridShare })),
        systems: systems.get(row.cluster) ?? [],
      },
    ];
  });
}

/**
 * The scan keeps numbers of autonomous systems as hashes only. There are few enough of them to hash them all with the
 * folder's key; without the key, and for a log that writes them otherwise, none is told.
 */
async function systemsByCluster(
  database: Database,
  folder: string,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const key = (await readFile(join(folder, "pseudonym.key"), "utf8").catch(() => "")).trim();
  const found = new Map<number, number[]>();
  if (key === "") return found;
  const telling = await database.rows<{ cluster: number; asn: bigint }>(tellingSystems);
  if (telling.length === 0) return found;
  const hashed = (text: string) => `md5_number_lower(${literal(`${key}:`)} || ${text})`;
  const known = await database.rows<{ system: number; asn: bigint }>(
    `SELECT CAST(system AS INTEGER) AS system, asn FROM (
       SELECT range AS system, unnest([${hashed("CAST(range AS VARCHAR)")}, ${hashed("'AS' || CAST(range AS VARCHAR)")}]) AS asn
       FROM range(1, ${highestSystem}))
     WHERE asn IN (${[...new Set(telling.map(({ asn }) => asn))].join(", ")})`,
  );
  const numbers = new Map(known.map(({ system, asn }) => [asn, system]));
  const rows = telling
    .flatMap(({ cluster, asn }) => {
      const system = numbers.get(asn);
      return system === undefined ? [] : [{ cluster, system }];
    })
    .sort((first, second) => first.system - second.system);
  for (const { cluster, system } of rows) found.set(cluster, [...(found.get(cluster) ?? []), system]);
  return found;
}

const tellingSystems = `WITH
  member AS (SELECT unit AS account, cluster FROM policyMeasure WHERE subject = 'account'),
  used AS (SELECT account, asn, count(*) AS requests FROM request WHERE asn IS NOT NULL GROUP BY ALL),
  placed AS (SELECT used.*, member.cluster FROM used JOIN member ON member.account = used.account),
  ofCluster AS (SELECT cluster, asn, sum(requests) AS requests, count(*) AS accounts,
    sum(sum(requests)) OVER (PARTITION BY cluster) AS allRequests
    FROM placed WHERE cluster IS NOT NULL GROUP BY cluster, asn),
  users AS (SELECT asn, count(*) AS accounts FROM placed GROUP BY asn),
  total AS (SELECT count(*) AS accounts FROM member)
  SELECT ofCluster.cluster, asn FROM ofCluster JOIN users USING (asn), total
  WHERE ofCluster.accounts >= ${fewestAccounts} AND ofCluster.requests >= ${shareOfCluster} * ofCluster.allRequests
    AND users.accounts - ofCluster.accounts <= ${shareOfOthers} * total.accounts`;
