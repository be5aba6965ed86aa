import { randomBytes } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SchemaError, UsageError } from "../../errors.ts";
import { type AccessAnalysis, accessAnalysisSchema } from "../../schema/access.ts";
import { type Database, databaseFile, withDatabase } from "../database.ts";

/** A finished scan, opened to be read. */
export interface OpenScan {
  readonly analysis: AccessAnalysis;
  readonly database: Database;
  readonly folder: string;
}

/** What reading a scan may take of the machine. */
export interface OpenScanOptions {
  readonly memory: string;
  readonly threads: number;
}

/**
 * Opens the folder of a scan, hands it to `work`, and closes it whatever happens. Nothing of the scan is changed.
 * @throws UsageError where there is no scan; SchemaError where another version made it, or its files do not go together
 */
export async function withScan<T>(
  folder: string,
  options: OpenScanOptions,
  work: (scan: OpenScan) => Promise<T>,
): Promise<T> {
  const analysis = await readAnalysis(folder);
  const file = databaseFile(folder);
  await access(file).catch((cause: unknown) => {
    throw new UsageError(
      "access.no-database",
      `${folder} has an access.json but no access.duckdb: expected both; scan again with congener access scan LOG -o ${folder}`,
      { cause },
    );
  });
  const temporaryFolder = join(folder, `.policy-${randomBytes(6).toString("hex")}`);
  return withDatabase({ ...options, file, temporaryFolder, readOnly: true }, async (database) => {
    const tables = await tableNames(database);
    if (!["account", "request", "policyMeasure"].every((name) => tables.has(name)))
      throw new SchemaError(
        "access.scan-version",
        `${file} holds no measures for a policy: expected a scan of this version; scan again with congener access scan LOG -o ${folder}`,
      );
    const accounts = await database.number("SELECT count(*) FROM account");
    if (accounts !== analysis.log.accounts)
      throw new SchemaError(
        "access.scan-mixed",
        `${folder}: access.json speaks of ${analysis.log.accounts} accounts, access.duckdb of ${accounts}: expected files of one scan; scan again with congener access scan LOG -o ${folder}`,
      );
    return work({ analysis, database, folder });
  });
}

/** Tables of the database. */
export async function tableNames(database: Database): Promise<ReadonlySet<string>> {
  const rows = await database.rows<{ name: string }>(
    "SELECT table_name AS name FROM duckdb_tables() WHERE NOT internal",
  );
  return new Set(rows.map(({ name }) => name));
}

async function readAnalysis(folder: string): Promise<AccessAnalysis> {
  const file = join(folder, "access.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new UsageError(
      "access.no-scan",
      `${folder} holds no scan: expected ${file}; make one with congener access scan LOG --map mapping.yaml -o ${folder}`,
      { cause },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SchemaError(
      "access.scan-damaged",
      `${file} is no JSON: expected what a scan wrote; scan again`,
      {
        cause,
      },
    );
  }
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version !== 1)
    throw new SchemaError(
      "access.scan-version",
      `${file} has schema version ${JSON.stringify(version) ?? "none"}: expected 1; scan again with this version of congener`,
    );
  const parsed = accessAnalysisSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SchemaError(
    "access.scan-damaged",
    `${file} is not what this version writes (${issue?.path.join(".")}: ${issue?.message}): expected a scan of this version; scan again`,
  );
}
