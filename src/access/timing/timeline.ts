import { isFlagged } from "../assemble.ts";
import type { Step } from "../step.ts";
import { activityOf } from "./activity.ts";

const dayMs = 86_400_000;

/**
 * The section `timeline`: requests by UTC day from the log's first to its last, of all accounts, of flagged accounts, and
 * of the clusters that are named in the report. Days without a request are 0.
 */
export const timelineStep: Step = {
  name: "timeline",
  stage: "sections",
  needs: [],
  async run(database, settings, { accounts, linkage }) {
    const { hours } = await activityOf(database, accounts.units);
    const marks: (readonly [number, number, boolean])[] = [];
    const named = Math.min(linkage?.count ?? 0, settings.report.clusters);
    for (let account = 0; account < accounts.units.count; account++) {
      const cluster = linkage?.clusterOf[account] ?? -1;
      const shown = cluster < named ? cluster : -1;
      const flagged = isFlagged(accounts, account, settings);
      if (flagged || shown >= 0) marks.push([account, shown, flagged]);
    }
    await database.run(
      "CREATE OR REPLACE TEMP TABLE timelineMark (account INTEGER, cluster INTEGER, flagged BOOLEAN)",
    );
    await database.append("timelineMark", marks);
    const rows = await database.rows<{ day: number; cluster: number; flagged: boolean; requests: number }>(
      `SELECT CAST(hour // 24 AS INTEGER) AS day, coalesce(cluster, -1) AS cluster, coalesce(flagged, false) AS flagged,
         CAST(sum(requests) AS DOUBLE) AS requests
       FROM ${hours} LEFT JOIN timelineMark USING (account) GROUP BY ALL`,
    );
    if (rows.length === 0) return { parts: { timeline: null } };

    const first = rows.reduce((least, { day }) => Math.min(least, day), Number.POSITIVE_INFINITY);
    const last = rows.reduce((most, { day }) => Math.max(most, day), Number.NEGATIVE_INFINITY);
    const perDay = () => new Array<number>(last - first + 1).fill(0);
    const add = (counts: number[] | undefined, day: number, requests: number) => {
      if (counts !== undefined) counts[day - first] = (counts[day - first] ?? 0) + requests;
    };
    const requests = perDay();
    const flagged = perDay();
    const clusters = Array.from({ length: named }, (_, cluster) => ({
      cluster: `C-${cluster + 1}`,
      requests: perDay(),
    }));
    for (const row of rows) {
      add(requests, row.day, row.requests);
      if (row.flagged) add(flagged, row.day, row.requests);
      add(clusters[row.cluster]?.requests, row.day, row.requests);
    }
    return {
      parts: {
        timeline: {
          firstDay: new Date(first * dayMs).toISOString().slice(0, 10),
          requests,
          flagged,
          clusters,
        },
      },
    };
  },
};
