import { UsageError } from "../../errors.ts";
import type { LogStats } from "../../schema/access.ts";
import type { Database } from "../database.ts";
import { type TimeUnit, timeExpression } from "./column-expressions.ts";
import type { LogSource } from "./log-source.ts";

/** How many rows may be unusable: a share of all, or a number. */
export type BadRowLimit = { readonly share: number } | { readonly count: number };

/** Bad rows that are shown. */
const shown = 10;

/** A row that is parted wrongly has an address or an id where its time should be: reports tell how it looks, not what it is. */
const shape = (text: string): string =>
  `regexp_replace(regexp_replace(${text}, '[\\p{L}\\p{M}]', 'a', 'g'), '\\p{N}', '0', 'g')`;

/**
 * Why a row cannot be used, as SQL: NULL where it can.
 */
export const badReason = (unit: TimeUnit): string => `CASE
  WHEN broken IS NOT NULL THEN broken
  WHEN coalesce(trim("time"), '') = '' THEN 'no time'
  WHEN ${timeExpression(unit)} IS NULL THEN 'time is not readable, it looks like ' || ${shape('left("time", 60)')}
  WHEN coalesce(trim("account"), '') = '' THEN 'no account' END`;

interface Rejected {
  /** 1 for the first line of the file; lines inside a record do not count. */
  readonly record: number;
  /** Lines that it takes up. */
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
  return rows.map(({ line, lines, reason }) => ({ record: Number(line), lines: Number(lines), reason }));
}

/** The first bad rows of a file with their lines: what the reader rejects it does not count, so it is counted in. */
export async function sampleBadRows(
  database: Database,
  source: LogSource,
  options: { readonly unit: TimeUnit; readonly most: number },
): Promise<LogStats["badRowSample"]> {
  const placed = `SELECT CAST(record AS INTEGER) AS record, CAST(through - inside AS INTEGER) AS before,
    CAST(through AS INTEGER) AS through, ${badReason(options.unit)} AS reason FROM (${source.placedQuery})`;
  const bad = await database.rows<{ record: number; before: number; reason: string }>(
    `SELECT record, before, reason FROM (${placed}) WHERE reason IS NOT NULL LIMIT ${options.most}`,
  );
  const rejected = await takeRejected(database, source);
  const rows = bad.map(({ record, before, reason }) => {
    let line = source.headLines + record;
    let insideRejected = 0;
    for (const skipped of rejected)
      if (skipped.record <= line) {
        line++;
        insideRejected += skipped.lines - 1;
      }
    return { line: line + before + insideRejected, reason };
  });
  // A rejected record stands behind so many good ones, and their line ends.
  const first = rejected.slice(0, options.most);
  const goodBefore = first.map(({ record }, index) => record - source.headLines - 1 - index);
  const through = new Map<number, number>();
  if (source.format === "csv" && first.length > 0) {
    const wanted = goodBefore.join(", ");
    const found = await database.rows<{ record: number; through: number }>(
      `SELECT record, through FROM (${placed}) WHERE record IN (${wanted}) LIMIT ${first.length}`,
    );
    await takeRejected(database, source);
    for (const row of found) through.set(row.record, row.through);
  }
  let insideRejected = 0;
  for (const [index, { record, lines, reason }] of first.entries()) {
    rows.push({ line: record + (through.get(goodBefore[index] ?? 0) ?? 0) + insideRejected, reason });
    insideRejected += lines - 1;
  }
  return rows
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
