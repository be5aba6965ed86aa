import { join } from "node:path";
import { type Database, withDatabase } from "../../../src/access/database.ts";
import { type Findings, runSteps } from "../../../src/access/run-steps.ts";
import type { Linkage, Step } from "../../../src/access/step.ts";
import { accountTable, promptSampleTable, requestTable } from "../../../src/access/tables.ts";
import type { IndicatorName, LogStats } from "../../../src/schema/access.ts";
import { type AccessLabel, accessSettingsSchema, columnNames } from "../../../src/schema/access-settings.ts";
import { temporaryFolder } from "../scanned-log.ts";

/** A database with the working tables, in memory. */
export function withTables<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const options = {
    file: ":memory:",
    temporaryFolder: join(temporaryFolder(), "spill"),
    memory: "300MB",
    threads: 1,
  };
  return withDatabase(options, async (database) => {
    await database.run(`${accountTable}; ${requestTable}; ${promptSampleTable}`);
    return work(database);
  });
}

/** Accounts of given kinds with one request each. */
export async function addAccounts(database: Database, kinds: readonly string[]): Promise<void> {
  await database.append(
    "account",
    kinds.map((kind, id) => [id, `name ${id}`, kind]),
  );
  await database.run(
    "INSERT INTO request BY NAME SELECT id AS account, TIMESTAMP '2026-05-04' AS time FROM account",
  );
}

/** A step that gives an indicator's values: those of accounts, and those of clusters. */
export const given = (
  name: IndicatorName,
  values: readonly number[],
  {
    scale = "identity",
    clusters = [],
  }: { scale?: "identity" | "log" | "arcsine"; clusters?: readonly number[] } = {},
): Step => ({
  name,
  stage: "indicators",
  needs: [],
  run: async (_database, _settings, { units }) => ({
    indicators: [
      {
        name,
        unit: "share",
        scale,
        values: Float64Array.from(units.of === "account" ? values : clusters),
        n: new Float64Array(units.count).fill(30),
        notApplicable: "too few requests",
      },
    ],
  }),
});

/** A linkage step that has found these clusters, by account. */
export const linked = (clusterOf: readonly number[], nats: readonly number[]): Step => {
  const linkage: Linkage = {
    count: nats.length,
    clusterOf: Int32Array.from(clusterOf),
    nats: Float64Array.from(nats),
    edgeCounts: new Float64Array(nats.length),
    edges: nats.map(() => []),
  };
  return { name: "linkage", stage: "linkage", needs: [], run: async () => ({ linkage }) };
};

/** Runs steps on what is in the database. */
export async function runOn(
  database: Database,
  steps: readonly Step[],
  {
    columns = ["time", "account", "kind"],
    labels = null,
    settings = {},
  }: {
    columns?: LogStats["columns"];
    labels?: ReadonlyMap<string, AccessLabel> | null;
    settings?: Record<string, unknown>;
  } = {},
): Promise<Findings> {
  const accounts = await database.number("SELECT count(*) FROM account");
  return runSteps(database, {
    steps,
    settings: accessSettingsSchema.parse(settings),
    // Steps read these three of it.
    log: {
      accounts,
      columns,
      absentColumns: columnNames.filter((name) => !columns.includes(name)),
    } as unknown as LogStats,
    pseudonyms: {
      of: (account) => `A-${account}`,
      numberOf: (name) => Number(name.slice(5)),
      nameOf: (account) => `name ${account}`,
      count: accounts,
    },
    labels,
    folder: "",
    signal: new AbortController().signal,
    progress: () => {},
  });
}
