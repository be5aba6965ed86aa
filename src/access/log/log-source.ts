import type { Database } from "../database.ts";
import { csvQueries } from "./csv-queries.ts";
import type { LogFormat } from "./detect-format.ts";
import { jsonlQueries } from "./jsonl-queries.ts";
import type { LoadedMapping } from "./load-mapping.ts";
import type { LogFile } from "./log-files.ts";
import { parquetQueries } from "./parquet-queries.ts";

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
