import type { Step } from "../step.ts";
import { unitColumn } from "../unit-column.ts";
import { activityOf } from "./activity.ts";

/** Minutes of an hour: so many pairs of its requests hold one of the same minute, by chance. */
const pairsOfOne = 60;
/** Fewer pairs (10 by chance in one minute) and the index would be noise: its error by chance is 1 / sqrt(pairs / 60). */
const leastPairs = 10 * pairsOfOne;

/**
 * Burstiness: how many times more often than by chance two requests of one hour fall into one minute (Morisita's index of
 * dispersion over minutes, conditional on the hours: 60 * same-minute pairs / same-hour pairs). 1: evenly at random,
 * 0: spaced out, 60: all in one minute. Rather than the burstiness of waiting times (Goh and Barabasi 2008,
 * doi:10.1209/0295-5075/81/48002), which mostly tells day from night and depends on volume: this index is free of daily and
 * weekly rhythm and of volume. One chance pair is added above and below, so that few pairs stay near 1.
 * Not applicable under 600 pairs of requests within an hour.
 */
export const burstinessStep: Step = {
  name: "burstiness",
  stage: "indicators",
  needs: [],
  async run(database, _settings, { units }) {
    const { hours } = await activityOf(database, units);
    const column = await unitColumn(
      database,
      units.count,
      `SELECT account AS unit, sum(requests) AS n,
         CASE WHEN pairs >= ${leastPairs} THEN (same + 1) / (pairs / ${pairsOfOne} + 1) END AS value
       FROM (SELECT account, sum(requests) AS requests, sum(sameMinute) / 2 AS same,
               sum(CAST(requests AS DOUBLE) * (requests - 1)) / 2 AS pairs
             FROM ${hours} GROUP BY account)
       GROUP BY account, same, pairs`,
    );
    return {
      indicators: [
        {
          name: "burstiness",
          unit: "times chance",
          scale: "log",
          ...column,
          notApplicable: `fewer than ${leastPairs} pairs of requests within an hour`,
        },
      ],
    };
  },
};
