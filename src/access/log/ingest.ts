import { InsufficientDataError } from "../../errors.ts";
import type { LogStats } from "../../schema/access.ts";
import { type AccessSettings, columnNames } from "../../schema/access-settings.ts";
import { type Database, literal } from "../database.ts";
import { checkPatterns } from "../harvest/check-patterns.ts";
import { checkBadRows, sampleBadRows, shownBadRows, takeRejected } from "./bad-rows.ts";
import { checkHead } from "./check-head.ts";
import { columnExpressions, timeExpression } from "./column-expressions.ts";
import { checkGzip, detectFormat } from "./detect-format.ts";
import { fillTables } from "./fill-tables.ts";
import type { IngestOptions, ReadSource } from "./ingest-options.ts";
import { keepRows } from "./keep-rows.ts";
import { mappedColumns } from "./load-mapping.ts";
import { openSource } from "./log-source.ts";
import { promptExpressions } from "./prompt-expressions.ts";
import { reading } from "./reading.ts";
import { samplePrompts } from "./sample-prompts.ts";

/**
 * Reads a log into the working tables, out of core: once for the requests, and once more for the text of the prompts that
 * are sampled. Rows that cannot be used are counted; rows of the wrong time, outside the period, or whose request id is
 * there already are counted and left out.
 *
 * @returns what the log was like
 * @throws UsageError: a file that cannot be read, a column that is not there, too many bad rows
 * @throws InsufficientDataError when no row is left
 */
export async function ingest(database: Database, options: IngestOptions): Promise<LogStats> {
  const { mapping, settings, progress } = options;
  const columns = mappedColumns(mapping.mapping);
  await checkPatterns(database, settings.harvest.patterns);
  await database.run(`ATTACH ${literal(options.stagingFile)} AS staging`);
  // Whether clocks run backwards is seen in the order of the file.
  await database.run("SET preserve_insertion_order = true");
  const opened = await openAll(database, options);
  const counts = await stageRows(database, opened, options);
  progress("checking rows");
  const backwards = await backwardsSteps(database, settings, options.now);
  await database.run("SET preserve_insertion_order = false");
  const kept = await keepRows(database, options);
  if (kept.used === 0)
    throw new InsufficientDataError(
      "access.no-rows",
      `no row is left: ${counts.rows} read, ${counts.badRows} unusable, ${kept.beforeEarliest + kept.inFuture} of an impossible time, ${kept.outsidePeriod} outside the period: expected requests; check the mapping and the settings' period and clock`,
    );
  progress("sorting requests");
  const accounts = await fillTables(database, columns.includes("reasoning"));
  await samplePrompts(database, opened, options);
  await database.run("DROP VIEW kept; DETACH staging");
  const [range] = await database.rows<{ first: Date; last: Date }>(
    "SELECT min(time) AS first, max(time) AS last FROM request",
  );
  return {
    files: counts.files,
    rows: counts.rows,
    usedRows: kept.used,
    badRows: counts.badRows,
    badRowSample: counts.sample,
    duplicates: columns.includes("request") ? kept.duplicates : null,
    firstTime: range?.first.toISOString() ?? null,
    lastTime: range?.last.toISOString() ?? null,
    outsidePeriod: kept.outsidePeriod,
    clock: { beforeEarliest: kept.beforeEarliest, inFuture: kept.inFuture, ...backwards },
    columns,
    absentColumns: columnNames.filter((name) => !columns.includes(name)),
    accounts,
  };
}

/** Every file is looked at before any is read: a wrong mapping is said at once. */
async function openAll(
  database: Database,
  { files, mapping, signal, progress }: IngestOptions,
): Promise<ReadSource[]> {
  const opened: ReadSource[] = [];
  for (const [number, file] of files.entries()) {
    signal.throwIfAborted();
    const format = await detectFormat(file, mapping.mapping.format);
    if (format.gzip) {
      progress(`checking ${file.name}`);
      await checkGzip(file, signal);
    }
    // A file without a byte has no header and no line to find columns in.
    if (
      format.format !== "parquet" &&
      format.head
        .toString("utf8")
        .replace(/^\uFEFF/, "")
        .trim() === ""
    )
      continue;
    const entry = await reading(file, async () => {
      const source = await openSource(file, { format, mapping, number, database });
      return { source, unit: await checkHead(database, source, mapping) };
    });
    opened.push(entry);
  }
  return opened;
}

async function stageRows(
  database: Database,
  opened: readonly ReadSource[],
  { mapping, settings, salts, badRows: limit, signal, progress }: IngestOptions,
): Promise<{ files: LogStats["files"]; rows: number; badRows: number; sample: LogStats["badRowSample"] }> {
  const mapped = new Set(mappedColumns(mapping.mapping));
  const expressions = [
    ...columnExpressions(mapped, salts),
    ...promptExpressions(mapped, salts, { patterns: settings.harvest.patterns }),
  ];
  const picked = expressions.map(({ name, sql }) => `${sql} AS ${name}`).join(",\n");
  const files: LogStats["files"] = [];
  const sample: LogStats["badRowSample"] = [];
  for (const [number, { source, unit }] of opened.entries()) {
    signal.throwIfAborted();
    progress(`reading ${source.file.name} (${number + 1} of ${opened.length})`);
    // Row groups of Parquet may be stored in another order than they are read in: the file numbers its rows.
    const place = source.format === "parquet" ? "place" : "CAST(NULL AS BIGINT) AS place";
    const select = `SELECT CAST(${number} AS INTEGER) AS file, ${place}, ${timeExpression(unit)} AS sent,
      CASE WHEN trim("account") <> '' THEN "account" END AS name, ${picked} FROM (${source.query})`;
    const into = number === 0 ? "CREATE TABLE staging.incoming AS" : "INSERT INTO staging.incoming";
    await reading(source.file, () => database.run(`${into} ${select}`));
    const rejected = (await takeRejected(database, source)).reduce((sum, { lines }) => sum + lines, 0);
    const [read] = await database.rows<{ rows: bigint; bad: bigint }>(
      `SELECT count(*) AS rows, count(*) FILTER (sent IS NULL OR name IS NULL) AS bad
       FROM staging.incoming WHERE file = ${number}`,
    );
    const badRows = Number(read?.bad ?? 0) + rejected;
    files.push({
      name: source.file.name,
      format: source.format,
      timeUnit: unit,
      rows: Number(read?.rows ?? 0) + rejected,
      badRows,
    });
    if (badRows > 0 && sample.length < shownBadRows)
      sample.push(...(await sampleBadRows(database, source, { unit, most: shownBadRows - sample.length })));
  }
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const badRows = files.reduce((sum, file) => sum + file.badRows, 0);
  if (rows === 0)
    throw new InsufficientDataError(
      "access.empty",
      "the log is empty: expected a row a request; check the export, and which files were named",
    );
  checkBadRows({ rows, badRows }, limit, sample);
  return { files, rows, badRows, sample };
}

/** One pass in the order of the files, sorted where they number their rows; times of a file are set past those before. */
async function backwardsSteps(
  database: Database,
  { clock }: AccessSettings,
  now: Date,
): Promise<{ backwards: number; largestBackwardsSeconds: number }> {
  // One impossible time would put every row below it behind: such rows are counted as that, and not here.
  const latest = now.getTime() / 1000 + clock.futureHours * 3600;
  const plausible = `epoch(sent) BETWEEN ${Date.parse(clock.earliest) / 1000} AND ${latest}`;
  const numbered = await database.number("SELECT count(place) FROM staging.incoming");
  const order = numbered > 0 ? "ORDER BY file, coalesce(place, rowid)" : "";
  const [found] = await database.rows<{ backwards: bigint; largest: number | null }>(
    `SELECT count(*) AS backwards, max(step) AS largest FROM (
       SELECT max(moment) OVER (${order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - moment AS step FROM (
         SELECT file, place, rowid, epoch(sent) + file * 1e12 AS moment FROM staging.incoming WHERE ${plausible}))
     WHERE step > ${clock.backwardsMinutes * 60}`,
  );
  return { backwards: Number(found?.backwards ?? 0), largestBackwardsSeconds: found?.largest ?? 0 };
}
