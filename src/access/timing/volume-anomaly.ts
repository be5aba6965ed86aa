import type { Step } from "../step.ts";
import { unitColumn } from "../unit-column.ts";
import { activityOf } from "./activity.ts";

/** Earlier active days that make a past, and how far back it goes. */
const leastPast = 5;
const longestPast = 28;
/** Added to both sides of a ratio of counts: from 1 request to 3 is no jump. */
const calm = 10;

/**
 * Sudden change against a unit's own past: the largest ratio of a day's requests (+ 10) to the median (+ 10) of the up to
 * 28 active days before it. Days off are no past, so that a job that runs once a week at the same size stays at 1.
 * Needs 6 active days.
 */
export const volumeJumpStep: Step = {
  name: "volume against the own past",
  stage: "indicators",
  needs: [],
  async run(database, _settings, { units }) {
    const { hours } = await activityOf(database, units);
    const column = await unitColumn(
      database,
      units.count,
      `SELECT account AS unit, count(*) AS n, max(CASE WHEN days >= ${leastPast} THEN (requests + ${calm}) / (past + ${calm}) END) AS value
       FROM (SELECT account, requests, median(requests) OVER recent AS past, count(*) OVER recent AS days
             FROM (SELECT account, hour // 24 AS day, CAST(sum(requests) AS DOUBLE) AS requests FROM ${hours} GROUP BY ALL)
             WINDOW recent AS (PARTITION BY account ORDER BY day ROWS BETWEEN ${longestPast} PRECEDING AND 1 PRECEDING))
       GROUP BY account`,
    );
    return {
      indicators: [
        {
          name: "volumeJump",
          unit: "times the median of earlier days",
          scale: "log",
          ...column,
          notApplicable: `fewer than ${leastPast + 1} active days`,
        },
      ],
    };
  },
};

/**
 * Volume against the kind at that time of the week: the largest ratio, over the hours of a unit, of its requests (+ 10) to
 * what is usual (+ 10) for an account of its kind that is at work in the same hour of the week (168 of them; geometric
 * mean, so that a few heavy accounts do not set it). Clusters are compared with all accounts.
 */
export const hourlyExcessStep: Step = {
  name: "volume against the kind, by time of the week",
  stage: "indicators",
  needs: [],
  async run(database, _settings, { units }) {
    const { hours } = await activityOf(database, units);
    const { hours: ofAccounts } = await activityOf(database, {
      ...units,
      of: "account",
      requests: "request",
    });
    const kindOf = units.of === "account" ? "coalesce(account.kind, '')" : "''";
    const column = await unitColumn(
      database,
      units.count,
      `WITH usual AS (
         SELECT ${kindOf} AS kind, hour % 168 AS weekHour, exp(avg(ln(requests))) AS requests
         FROM ${ofAccounts} AS h JOIN account ON account.id = h.account GROUP BY ALL)
       SELECT h.account AS unit, sum(h.requests) AS n, max((h.requests + ${calm}) / (usual.requests + ${calm})) AS value
       FROM ${hours} AS h ${units.of === "account" ? "JOIN account ON account.id = h.account" : ""}
         JOIN usual ON usual.kind = ${kindOf} AND usual.weekHour = h.hour % 168
       GROUP BY h.account`,
    );
    return {
      indicators: [
        {
          name: "hourlyExcess",
          unit: "times what is usual in that hour of the week",
          scale: "log",
          ...column,
          notApplicable: "no request",
        },
      ],
    };
  },
};
