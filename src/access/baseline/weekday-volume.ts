import type { Database } from "../database.ts";
import type { Units } from "../unit-totals.ts";

/**
 * Busiest day of every unit against what is usual on that day of the week: the largest of ln(1 + requests of a day) less
 * the median of that over the accounts of the unit's kind on such days, plus that median over all days. A Sunday that is
 * as busy as a Tuesday counts for more where customers rest on Sundays.
 *
 * One GROUP BY over the requests for the medians and one for the units; at most seven numbers a unit come to JavaScript.
 *
 * @param groupOf - by unit, the group it is compared with
 * @param accountGroups - by account, the same
 * @returns by unit, on the log scale; NaN without a request. Weekdays that no account of the group has: the group's median
 */
export async function weekdayVolume(
  database: Database,
  units: Units,
  { groupOf, accountGroups }: { groupOf: readonly string[]; accountGroups: readonly string[] },
): Promise<Float64Array> {
  await database.run("CREATE OR REPLACE TEMP TABLE accountGroup (account INTEGER, name VARCHAR)");
  await database.append(
    "accountGroup",
    accountGroups.map((name, account) => [account, name]),
  );
  const usual = await database.rows<{ name: string; weekday: number | null; median: number }>(
    `SELECT name, weekday, median(ln(1 + requests)) AS median
     FROM (SELECT account, dayofweek(time) AS weekday, CAST(time AS DATE) AS day, count(*) AS requests
           FROM request GROUP BY ALL) days JOIN accountGroup ON accountGroup.account = days.account
     GROUP BY GROUPING SETS ((name, weekday), (name))`,
  );
  await database.run("DROP TABLE accountGroup");
  const medians = new Map(usual.map((row) => [`${row.name}\n${row.weekday ?? "all"}`, row.median]));
  const values = new Float64Array(units.count).fill(Number.NaN);
  const busiest = database.batches<{ unit: number; weekday: number; requests: number }>(
    `SELECT unit, weekday, CAST(max(requests) AS DOUBLE) AS requests
     FROM (SELECT account AS unit, CAST(dayofweek(time) AS INTEGER) AS weekday, CAST(time AS DATE) AS day, count(*) AS requests
           FROM ${units.requests} GROUP BY ALL)
     GROUP BY unit, weekday`,
  );
  for await (const rows of busiest)
    for (const { unit, weekday, requests } of rows) {
      const name = groupOf[unit] ?? "";
      const all = medians.get(`${name}\nall`) ?? 0;
      const value = Math.log1p(requests) - (medians.get(`${name}\n${weekday}`) ?? all) + all;
      if (!(value <= (values[unit] as number))) values[unit] = value;
    }
  return values;
}
