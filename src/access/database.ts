import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBInstance, DuckDBValue, JS } from "@duckdb/node-api";
import { StoreError } from "../errors.ts";

/** A value that may be bound to `$name`. */
export type SqlParameter = DuckDBValue;

/** A row as JavaScript has it: BIGINT and UBIGINT are bigint, TIMESTAMP is Date, NULL is null. */
export type SqlRow = Record<string, JS>;

/** A DuckDB connection with what the measures need of it. Statements run one after the other. */
export interface Database {
  /** Runs a statement (or several, without parameters). */
  run(sql: string, parameters?: Readonly<Record<string, SqlParameter>>): Promise<void>;
  /** All rows of a query: for aggregates and bounded samples. */
  rows<Row extends SqlRow = SqlRow>(
    sql: string,
    parameters?: Readonly<Record<string, SqlParameter>>,
  ): Promise<Row[]>;
  /** The first column of the first row as a number; NaN for NULL or no row. */
  number(sql: string, parameters?: Readonly<Record<string, SqlParameter>>): Promise<number>;
  /** Rows in batches of some 2,000, read while the query runs: for results that need not fit into memory. */
  batches<Row extends SqlRow = SqlRow>(sql: string): AsyncIterable<Row[]>;
  /** Inserts rows; missing columns are an error, values are in the table's order. */
  append(table: string, rows: Iterable<readonly SqlParameter[]>): Promise<void>;
  /** How much of the statement that runs is done, in 0 to 1 by DuckDB's own estimate; null where it has none. */
  done(): number | null;
  /** Stops the statement that runs: it is rejected. */
  interrupt(): void;
}

/** What a scan may take of the machine. */
export interface DatabaseOptions {
  /** Database file, made if it is not there. */
  readonly file: string;
  /** Folder for what does not fit into memory; removed at the end. */
  readonly temporaryFolder: string;
  /** DuckDB's own bound, as `3GB`; the process takes some 0.5 GB more. */
  readonly memory: string;
  readonly threads: number;
  readonly readOnly?: boolean;
}

/**
 * Opens a database, hands it to `work`, and closes it whatever happens.
 * DuckDB is loaded here and nowhere else, at the first call. Extensions are neither fetched nor loaded.
 * @throws StoreError when the file cannot be opened, or DuckDB runs out of memory or disk
 */
export async function withDatabase<T>(
  options: DatabaseOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  let instance: DuckDBInstance;
  try {
    instance = await DuckDBInstance.create(options.file, {
      memory_limit: options.memory,
      threads: String(options.threads),
      temp_directory: options.temporaryFolder,
      access_mode: options.readOnly ? "READ_ONLY" : "READ_WRITE",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      // Nothing rests on the order in which rows are stored; keeping it would hold them in memory.
      preserve_insertion_order: "false",
    });
  } catch (cause) {
    throw new StoreError("access.database", `cannot open ${options.file}: ${firstLine(cause)}`, { cause });
  }
  let connection: DuckDBConnection | undefined;
  try {
    connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    // Progress is counted only while the bar is on; printing it is the command line's affair.
    await connection.run("SET enable_progress_bar = true; SET enable_progress_bar_print = false");
    return await work(databaseOf(connection, options));
  } finally {
    connection?.closeSync();
    instance.closeSync();
    await rm(options.temporaryFolder, { recursive: true, force: true });
  }
}

/** Quotes a name as SQL wants identifiers, whatever stands in it. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Quotes text as SQL wants literals; prefer parameters where a statement takes them. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Where a scan's database stands in its folder. */
export const databaseFile = (folder: string): string => join(folder, "access.duckdb");

function databaseOf(connection: DuckDBConnection, options: DatabaseOptions): Database {
  const read = async <Row extends SqlRow>(
    sql: string,
    parameters?: Readonly<Record<string, SqlParameter>>,
  ): Promise<Row[]> => {
    try {
      const reader = await connection.runAndReadAll(sql, parameters);
      return reader.getRowObjectsJS() as Row[];
    } catch (error) {
      throw toStoreError(error, options);
    }
  };
  return {
    async run(sql, parameters) {
      try {
        await connection.run(sql, parameters);
      } catch (error) {
        throw toStoreError(error, options);
      }
    },
    rows: read,
    async number(sql, parameters) {
      const [row] = await read(sql, parameters);
      const value = row === undefined ? null : Object.values(row)[0];
      return value === null || value === undefined ? Number.NaN : Number(value);
    },
    async *batches<Row extends SqlRow>(sql: string) {
      try {
        const result = await connection.stream(sql);
        for await (const rows of result.yieldRowObjectJs()) yield rows as Row[];
      } catch (error) {
        throw toStoreError(error, options);
      }
    },
    async append(table, rows) {
      const appender = await connection.createAppender(table);
      try {
        for (const row of rows) {
          for (const value of row) appender.appendValue(value);
          appender.endRow();
        }
      } finally {
        appender.closeSync();
      }
    },
    done() {
      const { percentage } = connection.progress;
      return percentage >= 0 && percentage <= 100 ? percentage / 100 : null;
    },
    interrupt: () => connection.interrupt(),
  };
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";

/** DuckDB's "out of memory" and "no space" are the analyst's to solve; anything else goes on as it is. */
function toStoreError(error: unknown, options: DatabaseOptions): unknown {
  const message = firstLine(error);
  if (/^Out of Memory Error/.test(message))
    return new StoreError(
      "access.memory",
      `DuckDB needs more than ${options.memory} of memory, or of disk under ${options.temporaryFolder}: raise --memory or free disk (${message})`,
      { cause: error },
    );
  if (/No space left|could not write|Could not write/i.test(message))
    return new StoreError("access.disk", `cannot write under ${options.temporaryFolder}: ${message}`, {
      cause: error,
    });
  return error;
}
