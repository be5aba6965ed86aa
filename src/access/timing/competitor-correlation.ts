import type { Step } from "../step.ts";
import { activityOf } from "./activity.ts";
import { closeness } from "./closeness.ts";
import { centredRanks, rankCorrelation } from "./rank-correlation.ts";

/**
 * Competitor correlation in [-1, 1]: Spearman's correlation, over the days of the log, of a unit's requests relative to
 * what the day is to an average account, with the day's closeness to the releases that the settings name. Relative, so
 * that weekends, growth, and a release that everybody turns to are nothing of the unit's own.
 * It has no p-value of its own. One by circular time shifts of the account's days would be at least 1 / D in a log of D
 * days, which Benjamini and Hochberg's procedure over many accounts never rejects, and would take an account that begins
 * within the log for one that turns to a release; the baseline's null, of all accounts under the same releases, does neither.
 *
 * Not applicable without releases, under `minimumActiveDays` active days, or where no day or every day is close.
 * Cost: one grouping of the hours; a sort of the days an account.
 */
export const competitorCorrelationStep: Step = {
  name: "competitor correlation",
  stage: "indicators",
  needs: [],
  async run(database, { releases, timing }, { units, found }) {
    const values = new Float64Array(units.count).fill(Number.NaN);
    const n = found.totals.activeDays;
    const { hours } = await activityOf(database, units);
    const { hours: ofAll } = await activityOf(database, { ...units, of: "account", requests: "request" });
    // What a day is to an account on average: every account counts alike, so that a heavy one does not set the measure.
    // Days without any row are gaps of the log.
    const totals = await database.rows<{ day: number; requests: number }>(
      `SELECT day, sum(share) AS requests FROM (
         SELECT CAST(hour // 24 AS INTEGER) AS day,
           CAST(sum(requests) AS DOUBLE) / sum(sum(requests)) OVER (PARTITION BY account) AS share
         FROM ${ofAll} GROUP BY account, hour // 24)
       GROUP BY day ORDER BY day`,
    );
    const days = totals.map(({ day }) => day);
    const close = centredRanks(closeness(days, releases, timing.windowDays));
    const why =
      releases.length === 0
        ? "no releases in the settings"
        : close.norm === 0
          ? "no day of the log is closer to a release than another"
          : `fewer than ${timing.minimumActiveDays} active days`;
    const column = { name: "competitorCorrelation", unit: "rank correlation", scale: "identity" } as const;
    const result = { indicators: [{ ...column, values, n, notApplicable: why }] };
    if (close.norm === 0) return result;

    const indexOf = new Map(days.map((day, index) => [day, index]));
    const rows = database.batches<{ unit: number; days: number[]; requests: number[] }>(
      `SELECT account AS unit, list(day) AS days, list(requests) AS requests
       FROM (SELECT account, CAST(hour // 24 AS INTEGER) AS day, CAST(sum(requests) AS DOUBLE) AS requests FROM ${hours} GROUP BY ALL)
       GROUP BY account HAVING count(*) >= ${timing.minimumActiveDays}`,
    );
    const share = new Float64Array(days.length);
    for await (const batch of rows)
      for (const row of batch) {
        share.fill(0);
        row.days.forEach((day, at) => {
          const index = indexOf.get(day) ?? 0;
          share[index] = (row.requests[at] ?? 0) / (totals[index]?.requests ?? 1);
        });
        values[row.unit] = rankCorrelation(centredRanks(share), close);
      }
    return result;
  },
};
