import { UsageError } from "../../errors.ts";
import type { LogStats } from "../../schema/access.ts";
import type { Database } from "../database.ts";
import { type TimeUnit, timeExpression } from "./column-expressions.ts";
import type { LogSource } from "./log-source.ts";

/** How many rows may be unusable: a share of all, or a number. */
export type BadRowLimit = { readonly share: number } | { readonly count: number };

/** Bad rows that are shown. */
const shown = 10;

/**
 * Why a row cannot be used, as SQL: NULL where it can.
 */
export const badReason = (unit: TimeUnit): string => `CASE
  WHEN broken IS NOT NULL THEN broken
  WHEN coalesce(trim("time"), '') = '' THEN 'no time'
  WHEN ${timeExpression(unit)} IS NULL THEN 'time is not readable: ' || left("time", 60)
  WHEN coalesce(trim("account"), '') = '' THEN 'no account' END`;

interface Rejected {
  readonly line: number;
  readonly lines: number;
  readonly reason: string;
}

/** Lines that DuckDB's reader could not part, since the last call; its tables are dropped. */
export async function takeRejected(database: Database, source: LogSource): Promise<Rejected[]> {
  if (source.rejects === null) return [];
  const { errors, scans } = source.rejects;
  // A line may be wrong in several ways. An open quotation swallows lines: all of them are lost.
  const rows = await database.rows<{ line: bigint; lines: bigint; reason: string }>(
    `SELECT line, max(CASE WHEN error_type = 'UNQUOTED VALUE' THEN 1 + len(rtrim(csv_line, chr(10) || chr(13)))
       - len(replace(rtrim(csv_line, chr(10) || chr(13)), chr(10), '')) ELSE 1 END) AS lines,
       min(CASE error_type WHEN 'INVALID ENCODING' THEN 'not UTF-8' WHEN 'UNQUOTED VALUE' THEN 'a quotation is not closed, or goes on after its end'
         WHEN 'LINE SIZE OVER MAXIMUM' THEN 'longer than 16 MB' WHEN 'MISSING COLUMNS' THEN 'too few columns'
         WHEN 'TOO MANY COLUMNS' THEN 'too many columns' ELSE lower(CAST(error_type AS VARCHAR)) END) AS reason
     FROM ${errors} GROUP BY line ORDER BY line`,
  );
  await database.run(`DROP TABLE IF EXISTS ${errors}; DROP TABLE IF EXISTS ${scans}`);
  return rows.map(({ line, lines, reason }) => ({ line: Number(line), lines: Number(lines), reason }));
}

/**
 * The first bad rows of a file with their lines. A reader that skips lines does not count them, so they are counted in.
 */
export async function sampleBadRows(
  database: Database,
  source: LogSource,
  options: { readonly unit: TimeUnit; readonly most: number },
): Promise<LogStats["badRowSample"]> {
  const reason = badReason(options.unit);
  const rows = await database.rows<{ place: bigint | number; reason: string }>(
    `SELECT CAST(place AS BIGINT) AS place, reason FROM (SELECT place, ${reason} AS reason FROM (${source.placedQuery}))
     WHERE reason IS NOT NULL LIMIT ${options.most}`,
  );
  const rejected = await takeRejected(database, source);
  const lines = rows.map(({ place, reason: why }) => {
    let line = Number(place);
    for (const skipped of rejected) if (skipped.line <= line) line += skipped.lines;
    return { line, reason: why };
  });
  return [...lines, ...rejected.map(({ line, reason: why }) => ({ line, reason: why }))]
    .sort((a, b) => a.line - b.line)
    .slice(0, options.most)
    .map((row) => ({ file: source.file.name, ...row }));
}

/** @throws UsageError when more rows are bad than `limit` allows, with the first of them */
export function checkBadRows(
  counts: { readonly rows: number; readonly badRows: number },
  limit: BadRowLimit,
  sample: LogStats["badRowSample"],
): void {
  const most = "share" in limit ? limit.share * counts.rows : limit.count;
  if (counts.badRows <= most) return;
  const allowed = "share" in limit ? `${Number((limit.share * 100).toPrecision(3))} %` : String(limit.count);
  const examples = sample
    .slice(0, 3)
    .map(({ file, line, reason }) => `${file}:${line}: ${reason}`)
    .join("; ");
  throw new UsageError(
    "access.bad-rows",
    `${counts.badRows} of ${counts.rows} rows cannot be used, more than --bad-rows ${allowed} allows: ${examples}; check the mapping, mend the log, or raise --bad-rows`,
  );
}

/** Bad rows that are shown of all files together. */
export const shownBadRows = shown;
