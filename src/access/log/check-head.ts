import type { AccessMapping, ColumnName } from "../../schema/access-settings.ts";
import { type Database, identifier } from "../database.ts";
import { takeRejected } from "./bad-rows.ts";
import { type TimeUnit, timeExpression, timeUnitOf } from "./column-expressions.ts";
import type { LoadedMapping } from "./load-mapping.ts";
import type { LogSource } from "./log-source.ts";

const headRows = 2000;
const numeric: readonly ColumnName[] = ["maxTokens", "temperature", "inputTokens", "outputTokens"];

/**
 * How a file writes its times, by its first rows, and whether its columns hold what the mapping says.
 * @throws UsageError at the mapping's line when no value of a column can be read as what it should be
 */
export async function checkHead(
  database: Database,
  source: LogSource,
  { mapping, failAt }: LoadedMapping,
): Promise<TimeUnit> {
  const columns = (["time", ...numeric] as const).filter((name) => mapping.columns[name] !== undefined);
  const picked = columns.map(identifier).join(", ");
  const rows = await database.rows<Record<string, string | null>>(
    `SELECT ${picked} FROM (${source.query}) LIMIT ${headRows}`,
  );
  await takeRejected(database, source);
  const valuesOf = (name: ColumnName) =>
    rows.flatMap((row) => (row[name] === null || row[name] === "" ? [] : [row[name] ?? ""]));
  for (const name of columns) {
    if (name === "time") continue;
    const values = valuesOf(name);
    if (values.length > 0 && values.every((value) => Number.isNaN(Number(value))))
      throw failAt(
        name,
        `${source.file.name} has ${shownValue(values)} in ${nameIn(mapping, name)}: expected a number`,
      );
  }
  const times = valuesOf("time");
  const unit = mapping.timeUnit === "auto" ? timeUnitOf(times) : mapping.timeUnit;
  if (times.length === 0) return unit;
  const readable = await database.number(
    `SELECT count(*) FROM (SELECT unnest(from_json($times, '["VARCHAR"]')) AS "time") WHERE ${timeExpression(unit)} IS NOT NULL`,
    { times: JSON.stringify(times.slice(0, 200)) },
  );
  if (readable === 0)
    throw failAt(
      "time",
      `${source.file.name} has ${shownValue(times)} in ${nameIn(mapping, "time")}: expected ${
        unit === "iso"
          ? "ISO 8601 (2026-05-01T12:00:00Z), or seconds since 1970"
          : `a number (timeUnit: ${unit})`
      }`,
    );
  return unit;
}

const nameIn = ({ columns }: AccessMapping, name: ColumnName): string => JSON.stringify(columns[name]);
const shownValue = ([first]: readonly string[]): string => JSON.stringify((first ?? "").slice(0, 40));
