import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, withDatabase } from "../../../src/access/database.ts";
import { runSteps } from "../../../src/access/run-steps.ts";
import type { IndicatorColumn, Linkage, Step } from "../../../src/access/step.ts";
import { accountTable, promptSampleTable, requestTable } from "../../../src/access/tables.ts";
import type { AccessAnalysis, LogStats } from "../../../src/schema/access.ts";
import { accessSettingsSchema } from "../../../src/schema/access-settings.ts";

/** A request; what is left out is NULL. */
export interface Row {
  readonly account: string;
  /** Minutes since 2026-08-03, a Monday. */
  readonly minute: number;
  readonly key?: number;
  readonly model?: string;
  readonly maxTokens?: number;
  readonly outputTokens?: number;
  readonly finish?: string;
  readonly logprobs?: boolean;
  readonly asksReasoning?: boolean;
  /** Goes to the sample, too. */
  readonly text?: string;
}

/** First moment of the rows. */
export const start = Date.parse("2026-08-03T00:00:00Z");
const columns = ["key", "model", "maxTokens", "outputTokens", "finish", "logprobs", "asksReasoning"] as const;

/** An indicator as a test wants it. */
export interface Measured {
  readonly value: (account: string) => number;
  readonly ofClusters: IndicatorColumn | undefined;
  readonly timeline: AccessAnalysis["timeline"] | undefined;
}

/** Runs steps on rows in a database of their own; `clusters` puts accounts together, by name. */
export async function measured(
  rows: readonly Row[],
  steps: readonly Step[],
  name: IndicatorColumn["name"],
  options: { readonly settings?: object; readonly clusters?: Readonly<Record<string, number>> } = {},
): Promise<Measured> {
  return withDatabase(
    {
      file: ":memory:",
      temporaryFolder: join(tmpdir(), "congener-timing-none"),
      memory: "400MB",
      threads: 1,
    },
    async (database) => {
      const names = [...new Set(rows.map(({ account }) => account))].sort();
      await fill(database, rows, names);
      const clusterOf = Int32Array.from(names, (account) => options.clusters?.[account] ?? -1);
      const count = Math.max(-1, ...clusterOf) + 1;
      const linkage: Linkage = {
        count,
        clusterOf,
        nats: new Float64Array(count),
        edgeCounts: new Float64Array(count),
        edges: [],
      };
      const given: Step = {
        name: "given",
        stage: "linkage",
        needs: [],
        run: async () => ({ linkage }),
      };
      const found = await runSteps(database, {
        steps: [...steps, given],
        settings: accessSettingsSchema.parse(options.settings ?? {}),
        log: {
          columns: [
            "time",
            "account",
            ...(rows.some(({ text }) => text !== undefined) ? ["prompt"] : []),
            "key",
            "model",
            "maxTokens",
            "outputTokens",
            "finish",
            "logprobs",
            "reasoning",
          ],
          accounts: names.length,
          firstTime: new Date(start).toISOString(),
        } as unknown as LogStats,
        pseudonyms: {
          of: String,
          nameOf: (at: number) => names[at] ?? "",
          numberOf: (of: string) => names.indexOf(of),
        } as never,
        labels: null,
        folder: tmpdir(),
        signal: new AbortController().signal,
        progress: () => undefined,
      });
      const column = found.accounts.indicators.get(name);
      return {
        value: (account) => column?.values[names.indexOf(account)] ?? Number.NaN,
        ofClusters: found.clusters?.indicators.get(name),
        timeline: found.parts.timeline,
      };
    },
  );
}

async function fill(database: Database, rows: readonly Row[], names: readonly string[]): Promise<void> {
  await database.run(accountTable);
  await database.run(requestTable);
  await database.run(promptSampleTable);
  const value = (entry: unknown) =>
    entry === undefined
      ? "NULL"
      : typeof entry === "string"
        ? `'${entry.replaceAll("'", "''")}'`
        : String(entry);
  await database.run(
    `INSERT INTO account VALUES ${names.map((account, id) => `(${id}, ${value(account)}, NULL)`).join(", ") || "(0, '', NULL)"}`,
  );
  for (let from = 0; from < rows.length; from += 5000) {
    const part = rows.slice(from, from + 5000);
    const tuples = part.map((row) =>
      [
        names.indexOf(row.account),
        Math.round(start * 1000 + row.minute * 60_000_000),
        value(row.text),
        ...columns.map((column) => value(row[column])),
      ].join(", "),
    );
    await database.run(
      `INSERT INTO request BY NAME SELECT c0 AS account, make_timestamp(c1) AS time, hash(c2) AS prompt, ${columns.map((column, at) => `c${at + 3} AS ${column}`).join(", ")}
       FROM (VALUES (${tuples.join("), (")})) AS row(${Array.from({ length: columns.length + 3 }, (_, at) => `c${at}`).join(", ")})`,
    );
    const texts = part.flatMap((row, at) =>
      row.text === undefined
        ? []
        : [
            `(${names.indexOf(row.account)}, ${from + at}, ${value(row.text)}, make_timestamp(${start * 1000}))`,
          ],
    );
    if (texts.length > 0)
      await database.run(
        `INSERT INTO promptSample BY NAME SELECT c0 AS account, c1 AS prompt, c2 AS text, c3 AS time FROM (VALUES ${texts.join(", ")}) AS row(c0, c1, c2, c3)`,
      );
  }
}
