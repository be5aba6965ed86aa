import { describe, expect, it } from "vitest";
import { baselineStep } from "../../../src/access/baseline/baseline-step.ts";
import { scoreStep } from "../../../src/access/score/score-step.ts";
import { loadShippedModel } from "../../../src/access/score/shipped-model.ts";
import type { AccessLabel } from "../../../src/schema/access-settings.ts";
import { draws } from "../baseline/draws.ts";
import { addAccounts, given, linked, runOn, withTables } from "../baseline/in-memory.ts";

const run = (
  columns: readonly Parameters<typeof given>[],
  options: Parameters<typeof runOn>[2] & { accounts?: number; kinds?: readonly string[] } = {},
) =>
  withTables(async (database) => {
    const accounts = columns[0]?.[1].length ?? 0;
    await addAccounts(database, options.kinds ?? new Array<string>(accounts).fill("person"));
    return runOn(database, [...columns.map((column) => given(...column)), baselineStep, scoreStep], options);
  });

describe("risk", () => {
  it("is the weighted sum over the indicators that apply", async () => {
    const { accounts, caveats } = await run([
      ["queriesPerDay", [20_000, 5000, Number.NaN, 0]],
      ["topicDiversity", [0.4, Number.NaN, Number.NaN, 0]],
      ["competitorCorrelation", [0.6, -1, Number.NaN, 0]],
    ]);
    expect([...(accounts.scores?.risk ?? [])]).toEqual([expect.closeTo(2.5 / 3), 0.25, Number.NaN, 0]);
    expect(caveats.some(({ code }) => code === "access.few-indicators")).toBe(false);
  });

  it("goes by the settings, and says when it rests on few indicators", async () => {
    const { accounts, caveats } = await run(
      [
        ["queriesPerDay", [50, 10]],
        ["topicDiversity", [0.4, 0.8]],
      ],
      {
        settings: {
          weights: { queriesPerDay: 0.6, topicDiversity: 0.2 },
          thresholds: { queriesPerDay: 100 },
        },
      },
    );
    expect(accounts.scores?.risk[0]).toBeCloseTo((0.6 * 0.5 + 0.2 * 0.5) / 0.8, 12);
    expect(accounts.scores?.risk[1]).toBeCloseTo((0.6 * 0.1 + 0.2) / 0.8, 12);
    expect(caveats.find(({ code }) => code === "access.few-indicators")?.message).toContain(
      "rests on 2 of the five",
    );
  });

  it("never falls when an indicator rises", async () => {
    const from = draws(21);
    const values = Array.from({ length: 200 }, () => 1.2 * from.random());
    const higher = values.map((value) => value + 0.3 * from.random());
    const other = values.map(() => from.random());
    const risks = await Promise.all(
      [values, higher].map(async (column) => {
        const found = await run([
          ["systematicCoverage", column],
          ["topicDiversity", other],
        ]);
        return found.accounts.scores?.risk ?? [];
      }),
    );
    expect(values.every((_, account) => (risks[1]?.[account] ?? 0) >= (risks[0]?.[account] ?? 1))).toBe(true);
  });
});

describe("reasons", () => {
  it("name what fills the risk, then what is far from its kind, with figures", async () => {
    const from = draws(22);
    const near = (centre: number, last: number) =>
      Array.from({ length: 1000 }, (_, account) => (account >= 980 ? last : centre + 0.02 * from.normal()));
    const { accounts } = await run([
      [
        "queriesPerDay",
        Array.from({ length: 1000 }, (_, account) => (account === 999 ? 30_000 : 10 + (account % 7))),
      ],
      ["topicDiversity", near(0.2, 0.79)],
      ["logprobShare", near(0.3, 1)],
    ]);
    const reasons = accounts.scores?.reasons(999) ?? [];
    expect(reasons[0]).toContain("requests on the busiest day 30,000 against a threshold of 10,000");
    expect(reasons[1]).toMatch(
      /^breadth of topics 0\.79 against a threshold of 0\.80; typical of 1000 accounts \(person\): 0\.20, effect \d+\.\d, q (=|<) /,
    );
    expect(reasons[2]).toMatch(/^share that asks for log-probabilities 1; typical/);
    expect(accounts.scores?.reasons(0)).toEqual([]);
  });
});

describe("probability", () => {
  const campaigns = ["first", "second", "third"];
  /** 300 ordinary accounts at 0 and 20 of each campaign at 3, give or take 1; kinds are known. */
  function labelled(distance: number) {
    const from = draws(23);
    const names = [
      ...new Array<string>(300).fill(""),
      ...campaigns.flatMap((name) => new Array<string>(20).fill(name)),
    ];
    const values = names.map((campaign) => (campaign === "" ? 0 : distance) + from.normal());
    const labels = new Map<string, AccessLabel>(
      names.map((campaign, index) => [
        `name ${index}`,
        { account: `name ${index}`, kind: campaign === "" ? "person" : "campaign", campaign },
      ]),
    );
    return { values, labels };
  }

  it("is fitted to labels and judged on campaigns that it has not seen", async () => {
    const { values, labels } = labelled(3);
    const { accounts, parts, caveats } = await run([["burstiness", values]], { labels });
    const model = parts.probabilityModel;
    expect(model).toMatchObject({
      source: "labels",
      campaigns: 3,
      campaignAccounts: 60,
      ordinaryAccounts: 300,
    });
    expect(model?.crossValidated.auc).toBeGreaterThan(0.95);
    expect(model?.crossValidated.precision).toBeGreaterThan(0.85);
    expect(model?.crossValidated.recall).toBeCloseTo(((model?.crossValidated.precision ?? 0) * 50) / 60, 12);
    expect(model?.crossValidated.reliability.reduce((sum, { n }) => sum + n, 0)).toBe(360);
    for (const { predicted, observed, n } of model?.crossValidated.reliability ?? [])
      expect(Math.abs(predicted - observed)).toBeLessThan(0.1 + 1.5 / Math.sqrt(n));
    const mean = (from: number, to: number) =>
      Array.from(accounts.scores?.probability ?? [])
        .slice(from, to)
        .reduce((sum, value) => sum + value, 0) /
      (to - from);
    expect(mean(300, 360)).toBeGreaterThan(5 * mean(0, 300));
    expect(caveats.some(({ code }) => code === "access.simulated-probability")).toBe(false);
  });

  it("knows nothing where campaigns are like everybody", async () => {
    const { values, labels } = labelled(0);
    const { parts } = await run([["burstiness", values]], { labels });
    expect(Math.abs((parts.probabilityModel?.crossValidated.auc ?? 0) - 0.5)).toBeLessThan(0.12);
    expect(parts.probabilityModel?.crossValidated.brier).toBeLessThan(0.16);
  });

  it("is the shipped model's without enough labels, and says so", async () => {
    const { values, labels } = labelled(3);
    const one = new Map([...labels].filter(([, { campaign }]) => campaign === "" || campaign === "first"));
    for (const known of [null, one]) {
      const { parts, caveats, accounts } = await run(
        [["queriesPerDay", values.map(Math.exp), { scale: "log" }]],
        {
          labels: known,
        },
      );
      expect(parts.probabilityModel).toEqual((await loadShippedModel()).model);
      expect(caveats.find(({ code }) => code === "access.simulated-probability")?.message).toContain(
        "simulated behaviour only",
      );
      expect(accounts.scores?.probability?.every((value) => value > 0 && value < 1)).toBe(true);
    }
  });

  it("reads clusters with the model of the accounts", async () => {
    const { values, labels } = labelled(3);
    const clusterOf = values.map((_, account) => (account >= 300 ? 0 : account < 2 ? 1 : -1));
    const found = await withTables(async (database) => {
      await addAccounts(database, new Array<string>(360).fill("person"));
      const steps = [
        given("burstiness", values, { clusters: [5, 0] }),
        linked(clusterOf, [600, 8]),
        baselineStep,
        scoreStep,
      ];
      return runOn(database, steps, { labels });
    });
    const probability = found.clusters?.scores?.probability;
    expect(probability?.[0]).toBeGreaterThan(0.9);
    expect(probability?.[1]).toBeLessThan(0.5);
  });
});
