import { type Database, literal } from "../database.ts";
import type { IngestOptions } from "./ingest-options.ts";

/** How many rows count, and why others do not. */
export interface Kept {
  readonly used: number;
  readonly duplicates: number;
  readonly outsidePeriod: number;
  readonly beforeEarliest: number;
  readonly inFuture: number;
}

/** Makes the view `kept` of the rows that count. Of several rows with one request id the earliest is kept. */
export async function keepRows(database: Database, { settings, now }: IngestOptions): Promise<Kept> {
  const { clock, period } = settings;
  const moment = (text: string | Date) => `TIMESTAMP ${literal(new Date(text).toISOString().slice(0, -1))}`;
  const latest = new Date(now.getTime() + clock.futureHours * 3_600_000);
  const tooEarly = `sent < ${moment(clock.earliest)}`;
  const tooLate = `sent > ${moment(latest)}`;
  const outside = [
    ...(period.from === null ? [] : [`sent < ${moment(period.from)}`]),
    ...(period.until === null ? [] : [`sent >= ${moment(period.until)}`]),
  ];
  const isOutside = outside.length === 0 ? "false" : `(${outside.join(" OR ")})`;
  const usable = `sent IS NOT NULL AND name IS NOT NULL`;
  const counts = `count(*) FILTER (${tooEarly}) AS early, count(*) FILTER (${tooLate}) AS late,
    count(*) FILTER (NOT (${tooEarly}) AND NOT (${tooLate}) AND ${isOutside}) AS outside`;
  const [left] = await database.rows<{ early: bigint; late: bigint; outside: bigint }>(
    `SELECT ${counts} FROM staging.incoming WHERE ${usable}`,
  );
  const inTime = `${usable} AND NOT (${tooEarly}) AND NOT (${tooLate}) AND NOT ${isOutside}`;
  await database.run(
    `CREATE TABLE staging.repeated AS SELECT requestHash FROM staging.incoming
     WHERE requestHash IS NOT NULL AND ${inTime} GROUP BY requestHash HAVING count(*) > 1`,
  );
  await database.run(
    `CREATE TABLE staging.dropped AS SELECT id FROM (
       SELECT rowid AS id, row_number() OVER (PARTITION BY requestHash ORDER BY sent, name, prompt, rowid) AS place
       FROM staging.incoming WHERE ${inTime} AND requestHash IN (SELECT requestHash FROM staging.repeated))
     WHERE place > 1`,
  );
  const duplicates = await database.number("SELECT count(*) FROM staging.dropped");
  const once = duplicates === 0 ? "" : "AND rowid NOT IN (SELECT id FROM staging.dropped)";
  await database.run(`CREATE TEMP VIEW kept AS SELECT * FROM staging.incoming WHERE ${inTime} ${once}`);
  return {
    used: await database.number("SELECT count(*) FROM kept"),
    duplicates,
    outsidePeriod: Number(left?.outside ?? 0),
    beforeEarliest: Number(left?.early ?? 0),
    inFuture: Number(left?.late ?? 0),
  };
}
