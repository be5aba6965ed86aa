import { identifier, literal } from "../database.ts";
import type { LogFormat } from "./detect-format.ts";
import { availableNames, type LoadedMapping, mappedColumns } from "./load-mapping.ts";
import { type LogFile, readerPath } from "./log-files.ts";
import { longestLine, type Queries, type Rejects, readerOptions } from "./queries.ts";

/** RFC 4180 with the delimiter that the first line has most of. */
export function csvQueries(
  file: LogFile,
  format: LogFormat,
  loaded: LoadedMapping,
  rejects: Rejects,
): Queries {
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
