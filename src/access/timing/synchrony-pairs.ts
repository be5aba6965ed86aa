import type { Database } from "../database.ts";
import { poissonSurprise } from "./poisson-surprise.ts";

/** Minutes of silence after which a request is an onset: onsets of an account are apart, so nearly independent. */
const silentMinutes = 10;
/** Onsets that an account needs, and the onsets that a pair must share to be looked at. */
const leastOnsets = 20;
const leastShared = 3;
/** A minute in which more accounts begin (midnight, the full hour) links nobody. */
const crowd = 300;
/** Coincidences that are counted to find candidates, and candidates that are looked at closely. */
const coincidenceBudget = 8_000_000;
const candidateBudget = 2000;

/** Accounts that begin work in the same minutes; `nats` is -ln P of so many shared onsets by chance. */
const synchronyPairTable = `CREATE OR REPLACE TABLE synchronyPair (
  first INTEGER NOT NULL,
  second INTEGER NOT NULL,
  shared INTEGER NOT NULL, -- minutes in which both begin
  expected DOUBLE NOT NULL,
  nats DOUBLE NOT NULL
)`;

/** What was compared. */
export interface SynchronyScope {
  /** By account: its onsets. */
  readonly onsets: ReadonlyMap<number, number>;
  /** Share of the minutes that candidates were looked for in: 1 / a whole number. */
  readonly minuteShare: number;
}

/**
 * Fills `synchronyPair` with pairs of accounts that begin to work in the same minutes more often than chance.
 *
 * An onset is a minute with a request after ten minutes without. Given in which hours two accounts have onsets, chance
 * puts them into one minute with probability q, the match of their habits within the hour (both at :00, for a cron
 * job) and at least 1/60; the shared onsets are Poisson with mean q * sum over hours of the product of their onsets. This
 * is the mean under time shifts of either account by whole hours, restricted to the hours both work in: daily and weekly rhythm, volume, common
 * outages and cron minutes are in the null.
 *
 * Bounded: candidates share at least three onsets in a sample of the minutes (by hash of the minute) with at most 8
 * million coincidences; the 2,000 with the most are computed exactly. With 25,000 busy accounts that may be every thirtieth minute:
 * a pair then needs some 90 shared onsets to be found. Pairs under ln(pairs of accounts) - 3 nats are not kept.
 *
 * @param minutes - table (account, minute, requests); cost: a sort of it and a bounded join, under a minute for 29 million rows on two idle cores
 */
export async function findSynchronyPairs(database: Database, minutes: string): Promise<SynchronyScope> {
  await database.run(synchronyPairTable);
  await database.run(
    `CREATE OR REPLACE TEMP TABLE onset AS
     SELECT account, minute, minute // 60 AS hour FROM (
       SELECT account, minute, minute - lag(minute) OVER (PARTITION BY account ORDER BY minute) AS silence FROM ${minutes})
     WHERE silence IS NULL OR silence > ${silentMinutes}
     QUALIFY count(*) OVER (PARTITION BY account) >= ${leastOnsets}`,
  );
  const counts = await database.rows<{ account: number; onsets: number }>(
    "SELECT account, CAST(count(*) AS DOUBLE) AS onsets FROM onset GROUP BY account",
  );
  const onsets = new Map(counts.map(({ account, onsets: count }) => [account, count]));
  if (onsets.size < 2) return { onsets, minuteShare: 1 };
  const coincidences = await database.number(
    `SELECT sum(accounts * (accounts - 1) / 2) FROM (SELECT count(*) AS accounts FROM onset GROUP BY minute) WHERE accounts <= ${crowd}`,
  );
  const every = Math.max(1, Math.ceil(coincidences / coincidenceBudget));
  await collectCandidates(database, every);
  const floor = Math.log((onsets.size * (onsets.size - 1)) / 2) - 3;
  const pairs = await database.rows<{ first: number; second: number; shared: number; expected: number }>(
    pairQuery,
  );
  const kept = pairs
    .map(({ first, second, shared, expected }) => ({
      first,
      second,
      shared,
      expected,
      nats: poissonSurprise(shared, expected),
    }))
    .filter(({ nats }) => nats >= floor)
    .sort((a, b) => b.nats - a.nats || a.first - b.first || a.second - b.second);
  await database.append(
    "synchronyPair",
    kept.map((pair) => [pair.first, pair.second, pair.shared, pair.expected, pair.nats]),
  );
  return { onsets, minuteShare: 1 / every };
}

/** Pairs that share the most against the product of their onsets, which is what chance gives up to a factor. */
async function collectCandidates(database: Database, every: number): Promise<void> {
  await database.run(
    `CREATE OR REPLACE TEMP TABLE synchronyCandidate AS
     WITH sampled AS (
       SELECT account, minute FROM onset WHERE hash(minute) % ${every} = 0
       QUALIFY count(*) OVER (PARTITION BY minute) <= ${crowd}),
     size AS (SELECT account, CAST(count(*) AS DOUBLE) AS onsets FROM onset GROUP BY account),
     span AS (SELECT CAST(count(DISTINCT hour) * 60 AS DOUBLE) / ${every} AS minutes FROM onset),
     pair AS (
       SELECT a.account AS first, b.account AS second, CAST(count(*) AS DOUBLE) AS shared
       FROM sampled AS a JOIN sampled AS b ON b.minute = a.minute AND b.account > a.account
       GROUP BY ALL HAVING count(*) >= ${leastShared})
     SELECT first, second
     FROM pair JOIN size AS a ON a.account = first JOIN size AS b ON b.account = second, span
     ORDER BY shared * ln(shared * span.minutes / (a.onsets * b.onsets / ${every} / ${every})) DESC, first, second
     LIMIT ${candidateBudget}`,
  );
}

// The second account is joined to what the first left: joining all accounts by hour first would square the table.
const pairQuery = `WITH
  member AS (SELECT first AS account FROM synchronyCandidate UNION SELECT second FROM synchronyCandidate),
  own AS MATERIALIZED (SELECT onset.* FROM onset SEMI JOIN member USING (account)),
  hourly AS MATERIALIZED (SELECT account, hour, CAST(count(*) AS DOUBLE) AS onsets FROM own GROUP BY ALL),
  habit AS MATERIALIZED (SELECT account, minute % 60 AS phase,
      count(*) / sum(CAST(count(*) AS DOUBLE)) OVER (PARTITION BY account) AS share
    FROM own GROUP BY account, minute % 60),
  firstMinute AS MATERIALIZED (SELECT first, second, minute FROM synchronyCandidate JOIN own ON account = first),
  firstHour AS MATERIALIZED (SELECT first, second, hour, onsets FROM synchronyCandidate JOIN hourly ON account = first),
  firstHabit AS MATERIALIZED (SELECT first, second, phase, share FROM synchronyCandidate JOIN habit ON account = first),
  met AS (SELECT first, second, CAST(count(*) AS DOUBLE) AS shared
    FROM firstMinute AS a JOIN own AS b ON b.account = second AND b.minute = a.minute GROUP BY ALL),
  chances AS (SELECT first, second, sum(a.onsets * b.onsets) AS products
    FROM firstHour AS a JOIN hourly AS b ON b.account = second AND b.hour = a.hour GROUP BY ALL),
  alike AS (SELECT first, second, sum(a.share * b.share) AS match
    FROM firstHabit AS a JOIN habit AS b ON b.account = second AND b.phase = a.phase GROUP BY ALL)
  SELECT first, second, shared, products * greatest(match, 1.0 / 60) AS expected
  FROM met JOIN chances USING (first, second) JOIN alike USING (first, second)`;
