import type { Database, SqlRow } from "../database.ts";
import { tableNames } from "./open-scan.ts";
import type { AccountSubject, Subject } from "./subject.ts";

/** All that decisions are made on. */
export interface Subjects {
  /** By account number. */
  readonly accounts: readonly AccountSubject[];
  /** By cluster number: `C-1` is the first. */
  readonly clusters: readonly Subject[];
}

/** Requests by account and hour (UTC): one pass over the log, then some hours an account. */
export const hourlyRequests = `SELECT account, date_trunc('hour', time) AS hour, count(*) AS requests
  FROM request GROUP BY ALL`;

/**
 * Reads what decisions rest on. Topics of a day are the log's own, or those that the scan gave to sampled prompts: then a
 * lower bound, for prompts outside the sample have none.
 */
export async function readSubjects(database: Database): Promise<Subjects> {
  const accounts: AccountSubject[] = [];
  const query = `SELECT account.id, account.name, coalesce(account.kind, 'unknown') AS kind, measure.*,
      volume.busiest :: DOUBLE AS busiest, breadth.topics :: DOUBLE AS topics, size.accounts :: DOUBLE AS linked
    FROM account
    LEFT JOIN (SELECT * EXCLUDE (subject) FROM policyMeasure WHERE subject = 'account') AS measure ON measure.unit = account.id
    LEFT JOIN (SELECT account, max(requests) AS busiest FROM (${hourlyRequests}) GROUP BY account) AS volume
      ON volume.account = account.id
    LEFT JOIN (${await topicsPerDay(database)}) AS breadth ON breadth.account = account.id
    LEFT JOIN (${clusterSizes}) AS size ON size.cluster = measure.cluster`;
  for await (const rows of database.batches(query))
    for (const row of rows) {
      const account = Number(row.id);
      accounts[account] = {
        ...measuresOf(row),
        subject: "account",
        id: String(row.name),
        kind: String(row.kind),
        account,
        cluster: row.cluster === null ? -1 : Number(row.cluster),
      };
    }
  return { accounts, clusters: await readClusters(database) };
}

const clusterSizes = `SELECT cluster, count(*) AS accounts FROM policyMeasure
  WHERE subject = 'account' AND cluster IS NOT NULL GROUP BY cluster`;

async function readClusters(database: Database): Promise<Subject[]> {
  const clusters: Subject[] = [];
  const rows = await database.rows(
    `SELECT measure.*, NULL AS busiest, NULL AS topics, size.accounts :: DOUBLE AS linked
     FROM policyMeasure AS measure LEFT JOIN (${clusterSizes}) AS size ON size.cluster = measure.unit
     WHERE measure.subject = 'cluster'`,
  );
  for (const row of rows) {
    const cluster = Number(row.unit);
    clusters[cluster] = {
      ...measuresOf(row),
      subject: "cluster",
      id: `C-${cluster + 1}`,
      kind: "cluster",
    };
  }
  return clusters;
}

function measuresOf(row: SqlRow): Omit<Subject, "subject" | "id" | "kind"> {
  const number = (name: string) => {
    const value = row[name];
    return value === null || value === undefined ? Number.NaN : Number(value);
  };
  return {
    linked: Number(row.linked ?? 0),
    busiestHour: number("busiest"),
    topicsPerDay: number("topics"),
    systematicCoverage: number("systematicCoverage"),
    chainOfThoughtShare: number("chainOfThoughtShare"),
    competitorCorrelation: number("competitorCorrelation"),
    risk: number("risk"),
    probability: number("probability"),
    unusualQ: number("unusualQ"),
    unusualIn: row.unusualIn === null ? null : String(row.unusualIn),
    atypicalQ: number("atypicalQ"),
    atypicalIn: row.atypicalIn === null ? null : String(row.atypicalIn),
  };
}

async function topicsPerDay(database: Database): Promise<string> {
  const own = (await database.number("SELECT count(*) FROM request WHERE topic IS NOT NULL")) > 0;
  const measured = (await tableNames(database)).has("promptTopic");
  const source = own
    ? "SELECT account, CAST(time AS DATE) AS day, topic FROM request WHERE topic IS NOT NULL GROUP BY ALL"
    : measured
      ? `SELECT request.account, CAST(request.time AS DATE) AS day, promptTopic.topic FROM request
         JOIN promptTopic ON promptTopic.account = request.account AND promptTopic.prompt = request.prompt GROUP BY ALL`
      : "SELECT 0 AS account, DATE '2000-01-01' AS day, 0 AS topic WHERE false";
  return `SELECT account, max(topics) AS topics FROM (
    SELECT account, day, count(*) AS topics FROM (${source}) GROUP BY account, day) GROUP BY account`;
}
