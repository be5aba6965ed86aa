import { join } from "node:path";
import { expect, test } from "vitest";
import { type Database, withDatabase } from "../../src/access/database.ts";
import { runSteps } from "../../src/access/run-steps.ts";
import type { Step, StepContext } from "../../src/access/step.ts";
import { accountTable, promptSampleTable, requestTable } from "../../src/access/tables.ts";
import { queriesPerDayStep } from "../../src/access/timing/queries-per-day.ts";
import type { LogStats } from "../../src/schema/access.ts";
import { accessSettingsSchema, columnNames } from "../../src/schema/access-settings.ts";
import { temporaryFolder } from "./scanned-log.ts";

/** Accounts 0 to 3 with 1, 2, 3 and 4 requests on the first day and one on the second. */
async function withLog<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const folder = temporaryFolder();
  const options = { file: ":memory:", temporaryFolder: join(folder, "spill"), memory: "200MB", threads: 1 };
  return withDatabase(options, async (database) => {
    await database.run(`${accountTable}; ${requestTable}; ${promptSampleTable}`);
    await database.run(
      `INSERT INTO account SELECT i, 'account ' || i, NULL FROM range(4) r(i);
       INSERT INTO request BY NAME SELECT a AS account, TIMESTAMP '2026-05-01' + to_minutes(n) AS time FROM range(4) x(a), range(1, 5) y(n) WHERE n <= a + 1;
       INSERT INTO request BY NAME SELECT a AS account, TIMESTAMP '2026-05-02' AS time FROM range(4) x(a);
       INSERT INTO promptSample BY NAME SELECT a AS account, 10 * p AS prompt, TIMESTAMP '2026-05-01' AS time FROM range(4) x(a), range(30) y(p)`,
    );
    return work(database);
  });
}

const run = (
  database: Database,
  steps: readonly Step[],
  columns: LogStats["columns"] = ["time", "account"],
) =>
  runSteps(database, {
    steps,
    settings: accessSettingsSchema.parse({ sample: { prompts: 20 } }),
    log: {
      accounts: 4,
      columns,
      absentColumns: columnNames.filter((name) => !columns.includes(name)),
    } as unknown as LogStats,
    pseudonyms: {
      of: (account) => `A-${account}`,
      numberOf: () => undefined,
      nameOf: (account) => `account ${account}`,
      count: 4,
    },
    labels: null,
    folder: "",
    signal: new AbortController().signal,
    progress: () => {},
  });

/** Accounts 1 and 3 are one cluster. */
const linking: Step = {
  name: "pairs",
  stage: "linkage",
  needs: [],
  run: async () => ({
    linkage: {
      count: 1,
      clusterOf: Int32Array.from([-1, 0, -1, 0]),
      nats: Float64Array.of(9),
      edgeCounts: Float64Array.of(1),
      edges: [[{ first: 1, second: 3, evidence: [], nats: 9 }]],
    },
  }),
};

test("an indicator is measured for accounts, and by the same query for clusters of them", async () => {
  const { accounts, clusters } = await withLog((database) => run(database, [linking, queriesPerDayStep]));
  expect([...(accounts.indicators.get("queriesPerDay")?.values ?? [])]).toEqual([1, 2, 3, 4]);
  expect([...(accounts.indicators.get("queriesPerDay")?.n ?? [])]).toEqual([2, 3, 4, 5]);
  expect([...(clusters?.indicators.get("queriesPerDay")?.values ?? [])]).toEqual([6]);
  expect(clusters?.totals).toMatchObject({ requests: Float64Array.of(8), activeDays: Float64Array.of(2) });
  expect(clusters?.totals.firstTime[0]).toBe(Date.parse("2026-05-01T00:01:00Z"));
});

test("a cluster's prompts are the lowest hashes of its accounts together, each once", async () => {
  let prompts: unknown[] = [];
  const look: Step = {
    name: "look",
    stage: "indicators",
    needs: [],
    run: async (database, _settings, { units }) => {
      prompts = await database.rows(
        `SELECT account, prompt::INT AS prompt FROM ${units.prompts} ORDER BY ALL`,
      );
      return {};
    },
  };
  await withLog((database) => run(database, [linking, look]));
  expect(prompts).toEqual(Array.from({ length: 20 }, (_, index) => ({ account: 0, prompt: 10 * index })));
});

test("a step whose columns are missing is off, said once with the columns", async () => {
  const needing = (name: string, needs: Step["needs"]): Step => ({ ...queriesPerDayStep, name, needs });
  const found = await withLog((database) =>
    run(
      database,
      [needing("one", ["prompt", ["ip", "network"]]), needing("either", [["ip", "network"]]), linking],
      ["time", "account", "network"],
    ),
  );
  expect(found.off).toEqual([
    { step: "one", missing: ["prompt"], reason: "the mapping names no column for prompt" },
  ]);
  expect(found.accounts.indicators.size).toBe(1);
});

test("steps run by stage, know what came before, and have chance of their own", async () => {
  const seen: string[] = [];
  const draws = new Map<string, number>();
  const step = (name: string, stage: Step["stage"]): Step => ({
    name,
    stage,
    needs: [],
    run: async (_database, _settings, context: StepContext) => {
      seen.push(`${name} ${context.units.of}`);
      draws.set(name, context.random());
      expect(context.linkage !== null).toBe(
        stage !== "features" && !(stage === "indicators" && context.units.of === "account"),
      );
      const caveat = { code: name, message: "", advice: "" };
      return { caveats: [caveat], off: [{ step: name, missing: [], reason: "" }] };
    },
  });
  const steps = [
    step("last", "sections"),
    step("risk", "score"),
    step("usual", "baseline"),
    linking,
    step("count", "indicators"),
    step("first", "features"),
  ];
  const found = await withLog((database) => run(database, steps));
  expect(seen).toEqual([
    "first account",
    "count account",
    "count cluster",
    "usual account",
    "usual cluster",
    "risk account",
    "risk cluster",
    "last account",
  ]);
  expect(found.caveats).toHaveLength(5);
  expect(found.off).toHaveLength(5);
  expect(new Set(draws.values()).size).toBe(5);
  const before = new Map(draws);
  await withLog((database) => run(database, [linking, step("count", "indicators")]));
  expect(draws.get("count")).toBe(before.get("count"));
});
