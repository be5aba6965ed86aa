import type { Step } from "../step.ts";
import { unitColumn } from "../unit-column.ts";

/** Requests on a model before our release that may be a wrong clock; more, and the model is not new. */
const earlyShare = 0.01;
/** Requests on release days that a share may rest on. */
const leastRequests = 5;

/**
 * Turn to a new model of ours within a day: share of a unit's requests in the 24 hours from the first use of a model that
 * came out with a release, that go to it. All releases of ours that the settings name count together; a model is new
 * with a release where at most 1 % of its requests came before, and its first came within `windowDays` after.
 * Evaluators turn at once too: it is compared within the kind. Not applicable under 5 requests in those hours.
 * Cost: two scans of time and model.
 */
export const releaseTurnStep: Step = {
  name: "turn to a new model",
  stage: "indicators",
  needs: ["model"],
  async run(database, { releases, timing }, { units, log }) {
    const ours = releases.filter(({ owner }) => owner === "ours");
    const values = new Float64Array(units.count).fill(Number.NaN);
    const none = {
      name: "releaseTurn",
      unit: "share of requests",
      scale: "arcsine",
      values,
      n: new Float64Array(units.count),
    } as const;
    const days = ours
      .map(({ date }) => new Date(date).toISOString().slice(0, 19))
      .filter((date) => log.firstTime !== null && Date.parse(`${date}Z`) > Date.parse(log.firstTime));
    if (days.length === 0)
      return { indicators: [{ ...none, notApplicable: "no release of ours within the log" }] };
    const dates = days.map((day) => `(TIMESTAMP '${day}')`).join(", ");
    await database.run(
      `CREATE TEMP TABLE IF NOT EXISTS newModel AS
       SELECT list(model) AS models, min(start) AS start
       FROM (SELECT model, release, min(time) FILTER (time >= release) AS start
             FROM request, (VALUES ${dates}) AS ours(release) WHERE model IS NOT NULL
             GROUP BY model, release
             HAVING count(*) FILTER (time < release) <= ${earlyShare} * count(*)
               AND min(time) FILTER (time >= release) < release + INTERVAL 1 SECOND * ${Math.round(timing.windowDays * 86_400)})
       GROUP BY release`,
    );
    const column = await unitColumn(
      database,
      units.count,
      `SELECT account AS unit, count(*) AS n, CASE WHEN count(*) >= ${leastRequests} THEN avg(CAST(turned AS INTEGER)) END AS value
       FROM (SELECT account, coalesce(list_contains(m.models, r.model), false) AS turned
             FROM ${units.requests} AS r JOIN newModel AS m ON r.time >= m.start AND r.time < m.start + INTERVAL 1 DAY)
       GROUP BY account`,
    );
    return {
      indicators: [
        { ...none, ...column, notApplicable: `fewer than ${leastRequests} requests on the day of a release` },
      ],
    };
  },
};
