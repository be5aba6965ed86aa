import { describe, expect, it } from "vitest";
import { baselineStep } from "../../../src/access/baseline/baseline-step.ts";
import { kindsStep } from "../../../src/access/baseline/infer-kinds.ts";
import { queriesPerDayStep } from "../../../src/access/timing/queries-per-day.ts";
import { draws } from "./draws.ts";
import { addAccounts, given, linked, runOn, withTables } from "./in-memory.ts";

const share = "chainOfThoughtShare" as const;

/** 60 people near 0.1, 40 agents near 0.8, three researchers; the last person is at 0.8 too. */
function people() {
  const from = draws(11);
  const kinds = [
    ...new Array<string>(60).fill("person"),
    ...new Array<string>(40).fill("agent"),
    ...new Array<string>(3).fill("researcher"),
  ];
  const values = kinds.map((kind) => (kind === "agent" ? 0.8 : 0.1) + 0.02 * from.normal());
  values[59] = 0.8;
  return { kinds, values };
}

describe("baseline", () => {
  it("compares within the kind, a small kind with all, and each but what does not apply", async () => {
    const { kinds, values } = people();
    values[0] = Number.NaN;
    const found = await withTables(async (database) => {
      await addAccounts(database, kinds);
      return runOn(database, [given(share, values), baselineStep]);
    });
    const baseline = found.accounts.baselines.get(share);
    expect(baseline?.comparedWith(59)).toBe("person");
    expect(baseline?.comparedWith(101)).toBe("all");
    expect(baseline?.accounts[59]).toBe(59);
    expect(baseline?.accounts[101]).toBe(102);
    expect(baseline?.median[59]).toBeCloseTo(0.1, 1);
    expect(baseline?.effect[59]).toBeGreaterThan(15);
    expect(baseline?.qValue[59]).toBeLessThan(0.05);
    for (let agent = 60; agent < 100; agent++) expect(baseline?.qValue[agent]).toBeGreaterThan(0.05);
    for (const column of [baseline?.effect, baseline?.pValue, baseline?.qValue])
      expect(column?.[0]).toBeNaN();
    const [distribution] = found.parts.distributions ?? [];
    expect(distribution?.edges).toHaveLength(41);
    expect(distribution?.kinds.map(({ kind, accounts }) => [kind, accounts])).toEqual([
      ["agent", 40],
      ["person", 59],
      ["researcher", 3],
    ]);
    expect(distribution?.threshold).toBe(0.9);
  });

  it("is the same for accounts in another order", async () => {
    const { kinds, values } = people();
    const run = (order: readonly number[]) =>
      withTables(async (database) => {
        await addAccounts(
          database,
          order.map((account) => kinds[account] as string),
        );
        const steps = [
          given(
            share,
            order.map((account) => values[account] as number),
          ),
          baselineStep,
        ];
        const { baselines } = (await runOn(database, steps)).accounts;
        return baselines.get(share)?.qValue;
      });
    const order = kinds.map((_, index) => (index * 37) % kinds.length);
    const [plain, turned] = [await run([...kinds.keys()]), await run(order)];
    expect(order.map((_, place) => turned?.[place])).toEqual(order.map((account) => plain?.[account]));
  });

  it("takes the null from labelled clean accounts, however many are not", async () => {
    const from = draws(12);
    const kinds = new Array<string>(100).fill("person");
    const values = kinds.map((_, account) => (account < 40 ? 6 : 0) + from.normal());
    const labels = new Map(
      kinds.map((kind, account) => [
        `name ${account}`,
        { account: `name ${account}`, kind, campaign: account < 40 ? "naive" : "" },
      ]),
    );
    const qOf = (known: typeof labels | null) =>
      withTables(async (database) => {
        await addAccounts(database, kinds);
        const { accounts } = await runOn(database, [given("burstiness", values), baselineStep], {
          labels: known,
        });
        return Array.from(accounts.baselines.get("burstiness")?.qValue ?? []);
      });
    const found = (q: readonly number[]) => q.map((value) => value <= 0.05);
    expect(
      found(await qOf(labels))
        .slice(0, 40)
        .filter(Boolean).length,
    ).toBeGreaterThan(30);
    expect(
      found(await qOf(labels))
        .slice(40)
        .filter(Boolean).length,
    ).toBeLessThan(6);
    expect(found(await qOf(null)).filter(Boolean)).toHaveLength(0);
  });

  it("measures a cluster against the accounts of its members' kind", async () => {
    const { kinds, values } = people();
    const clusterOf: number[] = kinds.map((kind) => (kind === "agent" ? 0 : -1));
    clusterOf[3] = 1;
    clusterOf[4] = 1;
    const found = await withTables(async (database) => {
      await addAccounts(database, kinds);
      const steps = [given(share, values, { clusters: [0.8, 0.8] }), linked(clusterOf, [9, 8]), baselineStep];
      return runOn(database, steps);
    });
    const baseline = found.clusters?.baselines.get(share);
    expect(baseline?.comparedWith(0)).toBe("agent");
    expect(baseline?.comparedWith(1)).toBe("person");
    expect(baseline?.qValue[0]).toBeGreaterThan(0.05);
    expect(baseline?.qValue[1]).toBeLessThan(0.05);
  });

  it("has nothing to say of one account, or of equal ones", async () => {
    for (const kinds of [["person"], new Array<string>(30).fill("person")]) {
      const values = kinds.map(() => 0.5);
      const { accounts } = await withTables(async (database) => {
        await addAccounts(database, kinds);
        return runOn(database, [given(share, values), baselineStep]);
      });
      const baseline = accounts.baselines.get(share);
      expect(baseline?.effect[0]).toEqual(kinds.length === 1 ? Number.NaN : 0);
      expect(baseline?.pValue[0]).toEqual(kinds.length === 1 ? Number.NaN : 1);
    }
  });

  it("holds a busy Sunday against Sundays", async () => {
    const effect = await withTables(async (database) => {
      // 2026-05-04 is a Monday. Everyone asks 40 times on Monday and 4 times on Sunday, give or take; 0 and 1 as often as 60 times on one of these.
      await database.append(
        "account",
        Array.from({ length: 60 }, (_, id) => [id, `name ${id}`, "person"]),
      );
      await database.run(
        `INSERT INTO request BY NAME SELECT a AS account, TIMESTAMP '2026-05-04' + to_seconds(n) AS time
         FROM range(60) x(a), range(60) y(n) WHERE n < CASE WHEN a = 0 THEN 60 ELSE 35 + a % 11 END;
         INSERT INTO request BY NAME SELECT a AS account, TIMESTAMP '2026-05-10' + to_seconds(n) AS time
         FROM range(60) x(a), range(60) y(n) WHERE n < CASE WHEN a = 1 THEN 60 ELSE 3 + a % 3 END`,
      );
      const { accounts } = await runOn(database, [queriesPerDayStep, baselineStep]);
      expect(accounts.indicators.get("queriesPerDay")?.values[1]).toBe(60);
      return accounts.baselines.get("queriesPerDay")?.effect;
    });
    expect(effect?.[1]).toBeGreaterThan(3 * (effect?.[0] ?? Number.NaN));
    expect(effect?.[0]).toBeGreaterThan(0);
  });
});

describe("kinds of customer", () => {
  it("are those of the log's column, or follow the rule", async () => {
    const kinds = await withTables(async (database) => {
      await database.append(
        "account",
        ["few", "batch", "agent", "backend", "person"].map((name, id) => [id, name, null]),
      );
      const add = (account: number, requests: number, minutes: number, more: string) =>
        database.run(
          `INSERT INTO request BY NAME SELECT ${account} AS account, TIMESTAMP '2026-05-04' + to_seconds(60 * ${minutes} * n) AS time, ${more}
           FROM range(${requests}) y(n)`,
        );
      await add(0, 19, 1, "NULL :: UBIGINT AS system");
      await add(1, 400, 0.1, "NULL :: UBIGINT AS system");
      await add(2, 100, 30, "7 :: UBIGINT AS system, 900 AS outputTokens");
      await add(3, 100, 30, "7 :: UBIGINT AS system, 90 AS outputTokens");
      await add(4, 100, 30, "NULL :: UBIGINT AS system, 900 AS outputTokens");
      const { parts } = await runOn(database, [kindsStep], { columns: ["time", "account", "system"] });
      expect(parts.kinds?.find(({ kind }) => kind === "batch")).toEqual({
        kind: "batch",
        accounts: 1,
        requests: 400,
        rule: "60 or more requests in a clock hour in which it asks, on average",
      });
      const own = await runOn(database, [kindsStep]);
      expect(own.parts.kinds?.every(({ rule }) => rule === "the log's own column")).toBe(true);
      return database.rows<{ kind: string }>("SELECT kind FROM account ORDER BY id");
    });
    expect(kinds.map(({ kind }) => kind)).toEqual([
      "occasional",
      "batch",
      "application, long answers",
      "application",
      "direct",
    ]);
  });
});
