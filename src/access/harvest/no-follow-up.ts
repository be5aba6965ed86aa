import type { Database } from "../database.ts";
import type { Step } from "../step.ts";
import { unitColumn } from "../unit-column.ts";
import type { Units, UnitTotals } from "../unit-totals.ts";

/** Characters of a prompt that are compared with the next. */
const prefixChars = 500;
/** Share of the sampled prompts that another begins with, from which on a log is taken to hold whole conversations. */
const conversationShare = 0.02;

/**
 * Share of answers after which no conversation goes on.
 *
 * Where prompts hold the whole conversation so far (in the sample of all accounts at least 2 % are the beginning of
 * another): share of a unit's different prompts that no other prompt of it begins with. Only a share f of its prompts is
 * sampled, so the share that is seen to go on is divided by f (Horvitz and Thompson 1952, doi:10.1080/01621459.1952.10483446):
 * unbiased where a prompt goes on once, too low a value where it goes on often.
 * Prompts alone, without texts, or one turn each: share of requests with no later request of the same key (of the account
 * where keys are not logged) within `harvest.followUpMinutes`. A steady stream always has a next request, so that this
 * second form falls with volume: it is compared among units of like volume, requests an active day.
 *
 * Not applicable under `harvest.minimumRequests` requests (of sampled prompts: the same number).
 * Cost for 29 million rows: one window over (unit, key) by time, or one sort of the sample.
 */
export const noFollowUpStep: Step = {
  name: "answers without a follow-up",
  stage: "indicators",
  needs: [],
  async run(database, { harvest }, { units, columns, found }) {
    const byPrefix = columns.has("prompt") && (await holdsConversations(database));
    const sql = byPrefix
      ? byPrefixQuery(units, harvest.minimumRequests)
      : byKeyQuery(units, harvest.followUpMinutes, harvest.minimumRequests);
    return {
      indicators: [
        {
          name: "noFollowUpShare",
          unit: byPrefix ? "share of prompts" : "share of requests",
          scale: "arcsine",
          ...(await unitColumn(database, units.count, sql)),
          ...(byPrefix ? {} : { volumes: dailyVolume(found.totals) }),
          notApplicable: `fewer than ${harvest.minimumRequests} ${byPrefix ? "sampled prompts" : "requests"}`,
        },
      ],
    };
  },
};

const dailyVolume = ({ requests, activeDays }: UnitTotals): Float64Array =>
  requests.map((count, unit) => Math.log(count / (activeDays[unit] ?? Number.NaN)));

/** Whether each sampled prompt is the beginning of another: then it is of the next one in the order of texts, too. */
const goesOnQuery = (prompts: string) =>
  `SELECT account, coalesce(chars < lead(chars) OVER following AND starts_with(lead(opening) OVER following, opening), false) AS goesOn
   FROM (SELECT account, left(text, ${prefixChars}) AS opening, length(text) AS chars FROM ${prompts} WHERE text <> '')
   WINDOW following AS (PARTITION BY account ORDER BY opening, chars)`;

async function holdsConversations(database: Database): Promise<boolean> {
  await database.run(
    `CREATE TEMP TABLE IF NOT EXISTS conversation AS
     SELECT avg(CAST(goesOn AS INTEGER)) AS share FROM (${goesOnQuery("promptSample")})`,
  );
  return (await database.number("SELECT share FROM conversation")) >= conversationShare;
}

const byPrefixQuery = ({ requests, prompts }: Units, minimum: number) =>
  `WITH asked AS (SELECT account, approx_count_distinct(prompt) AS prompts FROM ${requests} GROUP BY account)
   SELECT account AS unit, count(*) AS n,
     CASE WHEN count(*) >= ${minimum}
       THEN 1 - least(1, avg(CAST(goesOn AS INTEGER)) / least(1, count(*) / any_value(asked.prompts))) END AS value
   FROM (${goesOnQuery(prompts)}) JOIN asked USING (account) GROUP BY account`;

const byKeyQuery = ({ requests }: Units, minutes: number, minimum: number) =>
  `SELECT account AS unit, count(*) AS n, CASE WHEN count(*) >= ${minimum} THEN avg(CAST(alone AS INTEGER)) END AS value
   FROM (SELECT account, coalesce(lead(time) OVER following - time > INTERVAL 1 SECOND * ${Math.round(minutes * 60)}, true) AS alone
         FROM ${requests} WINDOW following AS (PARTITION BY account, key ORDER BY time))
   GROUP BY account`;
