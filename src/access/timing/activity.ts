import type { Database } from "../database.ts";
import type { Units } from "../unit-totals.ts";

/**
 * When each unit was at work, made once for all measures of timing: `activeMinute(account, minute, requests)` and
 * `activeHour(account, hour, requests, sameMinute)`, in minutes and hours (UTC) since 1970; `sameMinute` counts the
 * ordered pairs of requests of the hour that fall into one minute. Units may be accounts or clusters.
 * Cost: one hash aggregation over all requests, some 10 s for 29 million rows on two cores.
 */
interface Activity {
  readonly minutes: string;
  readonly hours: string;
}

/** The two tables of `units`, made at the first call. */
export async function activityOf(database: Database, { of, requests }: Units): Promise<Activity> {
  const minutes = `${of}ActiveMinute`;
  const hours = `${of}ActiveHour`;
  await database.run(
    `CREATE TEMP TABLE IF NOT EXISTS ${minutes} AS
     SELECT account, CAST(epoch_us(time) // 60000000 AS INTEGER) AS minute, CAST(count(*) AS INTEGER) AS requests
     FROM ${requests} GROUP BY ALL`,
  );
  await database.run(
    `CREATE TEMP TABLE IF NOT EXISTS ${hours} AS
     SELECT account, CAST(minute // 60 AS INTEGER) AS hour, CAST(sum(requests) AS INTEGER) AS requests,
       sum(CAST(requests AS DOUBLE) * (requests - 1)) AS sameMinute
     FROM ${minutes} GROUP BY ALL`,
  );
  return { minutes, hours };
}
