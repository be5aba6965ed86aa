import type { Step } from "../step.ts";
import { unitColumn } from "../unit-column.ts";

/** Requests on a unit's busiest day, UTC. */
export const queriesPerDayStep: Step = {
  name: "queries per day",
  stage: "indicators",
  needs: [],
  async run(database, _settings, { units }) {
    const { values, n } = await unitColumn(
      database,
      units.count,
      `SELECT account AS unit, max(requests) AS value, sum(requests) AS n
       FROM (SELECT account, CAST(time AS DATE) AS day, count(*) AS requests FROM ${units.requests} GROUP BY ALL)
       GROUP BY account`,
    );
    return {
      indicators: [
        { name: "queriesPerDay", unit: "requests", scale: "log", values, n, notApplicable: "no request" },
      ],
    };
  },
};
