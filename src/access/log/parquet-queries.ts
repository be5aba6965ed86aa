import { type Database, identifier } from "../database.ts";
import { availableNames, type LoadedMapping, mappedColumns } from "./load-mapping.ts";
import { type LogFile, readerPath } from "./log-files.ts";
import type { Queries } from "./queries.ts";

/** Columns by name, or by a dotted path into nested ones; everything as text, as from any other log. */
export async function parquetQueries(
  file: LogFile,
  loaded: LoadedMapping,
  database: Database,
): Promise<Queries> {
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
      const type =
        names.includes(wanted) || (names.includes(wanted.split(".")[0] ?? "") && wanted.includes("."))
          ? await typeOf(database, `SELECT ${expression} AS value FROM ${reader("")}`)
          : null;
      if (type === null)
        throw loaded.failAt(
          column,
          `${file.name} has no column ${JSON.stringify(wanted)}${availableNames(wanted, names)}`,
        );
      // As text a STRUCT is no JSON: {'enabled': false} would be read as an object that asks for something.
      const value = /STRUCT\(|MAP\(/.test(type) ? `to_json(${expression})` : expression;
      return `CAST(${value} AS VARCHAR) AS ${identifier(column)}`;
    }),
  );
  const select = `${picked.join(", ")}, NULL AS broken`;
  return {
    query: `SELECT ${select}, file_row_number AS place FROM ${reader(", file_row_number = true")}`,
    placedQuery: `SELECT file_row_number + 1 AS record, 0 AS inside, 0 AS through, ${select} FROM ${reader(", file_row_number = true")}`,
  };
}

/** Null where the query cannot be answered: a path that leads nowhere. */
async function typeOf(database: Database, query: string): Promise<string | null> {
  return database.rows<{ column_type: string }>(`DESCRIBE ${query}`).then(
    ([described]) => described?.column_type ?? null,
    () => null,
  );
}
