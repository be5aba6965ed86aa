import type { Database } from "./database.ts";

/**
 * What is measured as one: accounts, or clusters of them. `requests` and `prompts` are relations with the columns of the
 * tables `request` and `promptSample` whose column `account` is the number of the unit, so that one query serves both.
 */
export interface Units {
  readonly of: "account" | "cluster";
  /** Units are numbered 0 to count - 1. */
  readonly count: number;
  /** Name of a table or view. */
  readonly requests: string;
  readonly prompts: string;
}

/** How much there is of each unit. */
export interface UnitTotals {
  readonly requests: Float64Array;
  /** Milliseconds since 1970. */
  readonly firstTime: Float64Array;
  readonly lastTime: Float64Array;
  /** Days (UTC) with a request. */
  readonly activeDays: Float64Array;
}

/** Counts the requests and days of every unit. */
export async function unitTotals(database: Database, { requests, count }: Units): Promise<UnitTotals> {
  const totals = {
    requests: new Float64Array(count),
    firstTime: new Float64Array(count),
    lastTime: new Float64Array(count),
    activeDays: new Float64Array(count),
  };
  const rows = database.batches<{
    unit: number;
    requests: number;
    first: number;
    last: number;
    days: number;
  }>(
    `SELECT account AS unit, CAST(sum(requests) AS DOUBLE) AS requests, CAST(count(*) AS DOUBLE) AS days,
       epoch_ms(min(first)) :: DOUBLE AS first, epoch_ms(max(last)) :: DOUBLE AS last
     FROM (SELECT account, CAST(time AS DATE) AS day, count(*) AS requests, min(time) AS first, max(time) AS last
           FROM ${requests} GROUP BY ALL)
     GROUP BY account`,
  );
  for await (const batch of rows)
    for (const row of batch) {
      totals.requests[row.unit] = row.requests;
      totals.firstTime[row.unit] = row.first;
      totals.lastTime[row.unit] = row.last;
      totals.activeDays[row.unit] = row.days;
    }
  return totals;
}
