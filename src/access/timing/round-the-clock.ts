import type { Step } from "../step.ts";
import { unitColumn } from "../unit-column.ts";
import { activityOf } from "./activity.ts";

/** Requests of a draw. Small and fixed, so that a value means the same at 20 requests and at 20 million. */
const draws = 20;
/** Different hours of the day that so many draws find where the day is used evenly. */
const evenHours = 24 * (1 - (23 / 24) ** draws);

/**
 * Round-the-clock duty in [0, 1]: hours of the day that 20 requests drawn without replacement fall into (rarefaction,
 * Hurlbert 1971, doi:10.2307/1934145), minus 1, over the same for a day that is used evenly, minus 1. Somebody who sleeps
 * is at about 0.6, a service of all time zones at 1, a nightly job at 0 to 0.3. The expectation does not depend on volume;
 * a burst in one hour lowers it. The hours of the day and not the 168 of the week, which would need
 * hundreds of requests to be told apart. Not applicable under 20 requests.
 */
export const roundTheClockStep: Step = {
  name: "round-the-clock duty",
  stage: "indicators",
  needs: [],
  async run(database, _settings, { units }) {
    const { hours } = await activityOf(database, units);
    // 1 - C(total - here, draws) / C(total, draws): the probability that a draw has the hour.
    const missed = `CASE WHEN total - here < ${draws} THEN 0 ELSE exp(lgamma(total - here + 1)
      - lgamma(total - here - ${draws} + 1) - lgamma(total + 1) + lgamma(total - ${draws} + 1)) END`;
    const column = await unitColumn(
      database,
      units.count,
      `SELECT account AS unit, max(total) AS n,
         CASE WHEN max(total) >= ${draws}
           THEN greatest(0, least(1, (sum(CASE WHEN total >= ${draws} THEN 1 - ${missed} END) - 1) / ${evenHours - 1})) END AS value
       FROM (SELECT account, CAST(sum(requests) AS DOUBLE) AS here, CAST(sum(sum(requests)) OVER (PARTITION BY account) AS DOUBLE) AS total
             FROM ${hours} GROUP BY account, hour % 24)
       GROUP BY account`,
    );
    return {
      indicators: [
        {
          name: "roundTheClock",
          unit: "share of an evenly used day",
          scale: "identity",
          ...column,
          notApplicable: `fewer than ${draws} requests`,
        },
      ],
    };
  },
};
