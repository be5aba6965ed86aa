import type { ColumnName } from "../../schema/access-settings.ts";
import { type Database, identifier, literal } from "../database.ts";
import type { LogFormat } from "./detect-format.ts";
import { availableNames, type LoadedMapping, mappedColumns } from "./load-mapping.ts";
import { type LogFile, readerPath } from "./log-files.ts";

/** A log file as SQL reads it. */
export interface LogSource {
  readonly file: LogFile;
  readonly format: LogFormat["format"];
  readonly gzip: boolean;
  /**
   * A query whose columns are the mapped names as VARCHAR (NULL where a row lacks one), and `broken`, the reason for which
   * a line could not be read, or NULL. Blank lines of JSONL have no row.
   */
  readonly query: string;
  /**
   * The same in the order of the file, with `record`: 1 for the first, those left out that the reader rejects; `inside`
   * and `through`: line ends inside the record, and inside all up to and with it. Slower.
   */
  readonly placedQuery: string;
  /** Lines before the first record: 1 for a CSV header. */
  readonly headLines: number;
  /** Tables of DuckDB's CSV reader for lines it cannot part; null where the reader has none. */
  readonly rejects: { readonly errors: string; readonly scans: string } | null;
}

/** Bytes of the longest line that is read; a longer one is a bad row. */
export const longestLine = 16 * 1024 * 1024;

/** Columns that a log may leave out of most lines: no line at its head need have them. */
const rareColumns: ReadonlySet<ColumnName> = new Set([
  "system",
  "maxTokens",
  "temperature",
  "logprobs",
  "reasoning",
  "finish",
]);

/**
 * Finds the mapped columns in a file.
 * @param number - of the file, for the names of its tables
 * @throws UsageError at the mapping's line for a column that the file lacks, naming those it has
 */
export async function openSource(
  file: LogFile,
  {
    format,
    mapping,
    number,
    database,
  }: {
    readonly format: LogFormat;
    readonly mapping: LoadedMapping;
    readonly number: number;
    readonly database: Database;
  },
): Promise<LogSource> {
  const rejects = { errors: `rejected_${number}`, scans: `scanned_${number}` };
  const common = { file, format: format.format, gzip: format.gzip };
  if (format.format === "jsonl") {
    const { query, placedQuery } = jsonlQueries(file, format, mapping, rejects);
    return { ...common, query, placedQuery, headLines: 0, rejects };
  }
  if (format.format === "csv") {
    const { query, placedQuery } = csvQueries(file, format, mapping, rejects);
    return { ...common, query, placedQuery, headLines: 1, rejects };
  }
  const { query, placedQuery } = await parquetQueries(file, mapping, database);
  return { ...common, query, placedQuery, headLines: 0, rejects: null };
}

interface Queries {
  readonly query: string;
  readonly placedQuery: string;
}
type Rejects = { readonly errors: string; readonly scans: string };

/** Lines are read as text, so that each bad one can be counted and named, and parted by the JSON functions. */
function jsonlQueries(file: LogFile, format: LogFormat, loaded: LoadedMapping, rejects: Rejects): Queries {
  const lines = `read_csv(${readerPath(file.path)}, columns = {line: 'VARCHAR'}, delim = chr(1), quote = '', escape = '',
    header = false, auto_detect = false, max_line_size = ${longestLine}, ${readerOptions(format, rejects)})`;
  const columns = mappedColumns(loaded.mapping);
  const pointers = jsonPointers(format.head, columns, loaded);
  const paths = columns.map((name) => literal(pointers.get(name) ?? "/")).join(", ");
  const picked = columns.map((name, index) => `value[${index + 1}] AS ${identifier(name)}`).join(", ");
  const parted = (from: string) =>
    `SELECT ${picked}, CASE WHEN value IS NULL THEN 'not JSON' END AS broken FROM (
      SELECT CASE WHEN json_valid(line) THEN json_extract_string(line, [${paths}]) END AS value FROM ${from}
      WHERE trim(line, ' \t\r') <> '')`;
  return {
    query: parted(lines),
    placedQuery: parted(`(SELECT line, row_number() OVER () AS record FROM ${lines})`)
      .replace("SELECT value[1]", "SELECT record, 0 AS inside, 0 AS through, value[1]")
      .replace("AS value FROM", "AS value, record FROM"),
  };
}

function readerOptions(format: LogFormat, rejects: Rejects): string {
  return `compression = ${format.gzip ? "'gzip'" : "'none'"}, store_rejects = true,
    rejects_table = '${rejects.errors}', rejects_scan = '${rejects.scans}'`;
}

/** JSON pointers (RFC 6901) of the mapped columns, by the objects at the head of the file. */
function jsonPointers(
  head: Buffer,
  columns: readonly ColumnName[],
  { mapping, failAt }: LoadedMapping,
): Map<ColumnName, string> {
  const known = new Map<string, string>();
  for (const line of head
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .split("\n")
    .slice(0, 5000))
    addPointers(known, parsedObject(line), { name: "", pointer: "", depth: 0 });
  const names = [...known.keys()];
  const pointers = new Map<ColumnName, string>();
  for (const column of columns) {
    const wanted = mapping.columns[column] ?? "";
    const pointer = known.get(wanted);
    if (pointer === undefined && names.length > 0 && !rareColumns.has(column))
      throw failAt(
        column,
        `no line at the start of the log has ${JSON.stringify(wanted)}${availableNames(wanted, names)}`,
      );
    pointers.set(column, pointer ?? `/${wanted.split(".").map(pointerPart).join("/")}`);
  }
  return pointers;
}

function parsedObject(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** A name with dots of its own comes before a path of the same look. */
function addPointers(
  known: Map<string, string>,
  value: unknown,
  at: { readonly name: string; readonly pointer: string; readonly depth: number },
): void {
  if (
    value === null ||
    typeof value !== "object" ||
    Array.isArray(value) ||
    at.depth > 6 ||
    known.size > 2000
  )
    return;
  for (const [key, inner] of Object.entries(value)) {
    const name = at.name === "" ? key : `${at.name}.${key}`;
    const pointer = `${at.pointer}/${pointerPart(key)}`;
    const before = known.get(name);
    if (before === undefined || before.split("/").length > pointer.split("/").length)
      known.set(name, pointer);
    addPointers(known, inner, { name, pointer, depth: at.depth + 1 });
  }
}

const pointerPart = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

/** RFC 4180 with the delimiter that the first line has most of. */
function csvQueries(file: LogFile, format: LogFormat, loaded: LoadedMapping, rejects: Rejects): Queries {
  const { delimiter, names } = csvHeader(format.head);
  const columns = mappedColumns(loaded.mapping);
  const types = names.map((_, index) => `c${index}: 'VARCHAR'`).join(", ");
  const reader = `read_csv(${readerPath(file.path)}, columns = {${types}}, delim = ${literal(delimiter)}, quote = '"',
    escape = '"', header = true, auto_detect = false, nullstr = '', max_line_size = ${longestLine},
    ${readerOptions(format, rejects)})`;
  const picked = columns.map((column) => {
    const wanted = loaded.mapping.columns[column] ?? "";
    const index = names.indexOf(wanted);
    if (index === -1)
      throw loaded.failAt(
        column,
        `${file.name} has no column ${JSON.stringify(wanted)}${availableNames(wanted, names)}`,
      );
    return `c${index} AS ${identifier(column)}`;
  });
  // A record may have line ends in it, so lines are counted by them.
  const inside = names
    .map((_, index) => `coalesce(len(c${index}) - len(replace(c${index}, chr(10), '')), 0)`)
    .join(" + ");
  const select = picked.join(", ");
  return {
    query: `SELECT ${select}, NULL AS broken FROM ${reader}`,
    placedQuery: `SELECT row_number() OVER () AS record, ${inside} AS inside,
      sum(${inside}) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS through, ${select}, NULL AS broken FROM ${reader}`,
  };
}

/** Delimiter and names of a CSV file's first line; names in quotes may hold anything. */
export function csvHeader(head: Buffer): { delimiter: string; names: string[] } {
  const text = head.toString("utf8").replace(/^\uFEFF/, "");
  const [line = ""] = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text) ?? [];
  const bare = line.replaceAll(/"(?:[^"]|"")*"/g, "");
  const counts = [",", ";", "\t", "|"].map((mark) => ({ mark, count: bare.split(mark).length }));
  const delimiter = counts.reduce((best, next) => (next.count > best.count ? next : best)).mark;
  const names: string[] = [];
  let current = "";
  let quoted = false;
  for (let index = 0; index < line.length; index++) {
    const character = line[index] ?? "";
    if (character === '"' && quoted && line[index + 1] === '"') {
      current += '"';
      index++;
    } else if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      names.push(current);
      current = "";
    } else current += character;
  }
  names.push(current);
  return { delimiter, names };
}

async function parquetQueries(file: LogFile, loaded: LoadedMapping, database: Database): Promise<Queries> {
  const reader = (options: string) =>
    `read_parquet(${readerPath(file.path)}, binary_as_string = true${options})`;
  const described = await database.rows<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * FROM ${reader("")}`,
  );
  const names = described.map(({ column_name: name }) => name);
  const picked = await Promise.all(
    mappedColumns(loaded.mapping).map(async (column) => {
      const wanted = loaded.mapping.columns[column] ?? "";
      const expression = names.includes(wanted)
        ? identifier(wanted)
        : wanted.split(".").map(identifier).join(".");
      const query = `SELECT CAST(${expression} AS VARCHAR) FROM ${reader("")} LIMIT 0`;
      const isThere =
        names.includes(wanted) ||
        (names.includes(wanted.split(".")[0] ?? "") &&
          wanted.includes(".") &&
          (await answers(database, query)));
      if (!isThere)
        throw loaded.failAt(
          column,
          `${file.name} has no column ${JSON.stringify(wanted)}${availableNames(wanted, names)}`,
        );
      return `CAST(${expression} AS VARCHAR) AS ${identifier(column)}`;
    }),
  );
  const select = `${picked.join(", ")}, NULL AS broken`;
  return {
    query: `SELECT ${select} FROM ${reader("")}`,
    placedQuery: `SELECT file_row_number + 1 AS record, 0 AS inside, 0 AS through, ${select} FROM ${reader(", file_row_number = true")}`,
  };
}

async function answers(database: Database, query: string): Promise<boolean> {
  return database.rows(query).then(
    () => true,
    () => false,
  );
}
