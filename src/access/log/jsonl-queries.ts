import type { ColumnName } from "../../schema/access-settings.ts";
import { identifier, literal } from "../database.ts";
import type { LogFormat } from "./detect-format.ts";
import { availableNames, type LoadedMapping, mappedColumns } from "./load-mapping.ts";
import { type LogFile, readerPath } from "./log-files.ts";
import { longestLine, type Queries, type Rejects, readerOptions } from "./queries.ts";

/** Columns that a log may leave out of most lines: no line at its head need have them. */
const rareColumns: ReadonlySet<ColumnName> = new Set([
  "system",
  "maxTokens",
  "temperature",
  "logprobs",
  "reasoning",
  "finish",
]);

/** Lines are read as text, so that each bad one can be counted and named, and parted by the JSON functions. */
export function jsonlQueries(
  file: LogFile,
  format: LogFormat,
  loaded: LoadedMapping,
  rejects: Rejects,
): Queries {
  const lines = `read_csv(${readerPath(file.path)}, columns = {line: 'VARCHAR'}, delim = chr(1), quote = '', escape = '',
    header = false, auto_detect = false, max_line_size = ${longestLine}, ${readerOptions(format, rejects)})`;
  const columns = mappedColumns(loaded.mapping);
  const pointers = jsonPointers(format.head, columns, loaded);
  const paths = columns.map((name) => literal(pointers.get(name) ?? "/")).join(", ");
  const picked = columns.map((name, index) => `value[${index + 1}] AS ${identifier(name)}`).join(", ");
  const parted = (from: string) =>
    `SELECT ${picked}, CASE WHEN value IS NULL THEN 'not JSON' END AS broken FROM (
      SELECT CASE WHEN json_valid(line) THEN json_extract_string(line, [${paths}])
        WHEN json_valid(${mended}) THEN json_extract_string(${mended}, [${paths}]) END AS value FROM ${from}
      WHERE trim(line, ' \t\r') <> '')`;
  return {
    query: parted(lines),
    placedQuery: parted(`(SELECT line, row_number() OVER () AS record FROM ${lines})`)
      .replace("SELECT value[1]", "SELECT record, 0 AS inside, 0 AS through, value[1]")
      .replace("AS value FROM", "AS value, record FROM"),
  };
}

/**
 * SQL for a line whose escapes of lone surrogates are U+FFFD: JSON.stringify writes what a client sent, and DuckDB takes
 * such a line for no JSON, so that whoever sends half a character in every prompt would not be in the log at all.
 * Escaped backslashes and whole pairs stand aside meanwhile, marked by the one character that no line has.
 */
const mended = (
  [
    { find: String.raw`\\\\`, put: "\u0001s" },
    { find: String.raw`\\u([dD][89abAB]..)\\u([dD][c-fC-F]..)`, put: "\u0001p\\1\\2" },
    { find: String.raw`\\u[dD][89a-fA-F]..`, put: String.raw`\\ufffd` },
    { find: "\u0001p(....)(....)", put: String.raw`\\u\1\\u\2` },
    { find: "\u0001s", put: String.raw`\\\\` },
  ] as const
).reduce((sql, { find, put }) => `regexp_replace(${sql}, ${literal(find)}, ${literal(put)}, 'g')`, "line");

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
