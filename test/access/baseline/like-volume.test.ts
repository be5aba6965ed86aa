import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { baselineStep } from "../../../src/access/baseline/baseline-step.ts";
import { atLikeVolume } from "../../../src/access/baseline/like-volume.ts";
import { noFollowUpStep } from "../../../src/access/harvest/no-follow-up.ts";
import { centredRanks, rankCorrelation } from "../../../src/access/timing/rank-correlation.ts";
import { accessAnalysisSchema } from "../../../src/schema/access.ts";
import { runMain } from "../../cli/run-main.ts";
import { draws } from "./draws.ts";
import { addAccounts, runOn, withTables } from "./in-memory.ts";

const spearman = (first: readonly number[], second: readonly number[]) =>
  rankCorrelation(centredRanks(first), centredRanks(second));

/** Accounts whose place falls with volume, and bends. */
function falling(count: number) {
  const from = draws(3);
  const volumes = Float64Array.from({ length: count }, () => 2 * from.normal());
  const places = volumes.map((volume) => 1.4 / (1 + Math.exp(volume)) + 0.05 * from.normal());
  return { volumes, places, kinds: new Array<string>(count).fill("direct"), minimumAccounts: 20 };
}

describe("places at like volume", () => {
  it("no longer fall with volume, and keep what is usual of the kind", () => {
    const accounts = falling(400);
    const before = structuredClone(accounts);
    const adjust = atLikeVolume(accounts);
    const adjusted = accounts.places.map((place, at) =>
      adjust(place, accounts.volumes[at] as number, "direct"),
    );
    expect(accounts).toEqual(before);
    expect(spearman([...accounts.volumes], [...accounts.places])).toBeLessThan(-0.9);
    expect(Math.abs(spearman([...accounts.volumes], [...adjusted]))).toBeLessThan(0.1);
    const middle = (values: Float64Array) => values.slice().sort()[values.length / 2] as number;
    expect(middle(adjusted)).toBeCloseTo(middle(accounts.places), 1);
  });

  it("rise with the place at one volume, beyond the volumes that are known too", () => {
    const adjust = atLikeVolume(falling(60));
    for (const volume of [-50, -1, 0, 2, 50])
      expect(adjust(0.6, volume, "direct") - adjust(0.4, volume, "direct")).toBeCloseTo(0.2, 12);
  });

  it("compare a small kind with all, and change nothing where there are too few or no volume differs", () => {
    const accounts = falling(60);
    const adjust = atLikeVolume({
      ...accounts,
      kinds: accounts.kinds.map((_, at) => (at < 5 ? "few" : "direct")),
    });
    expect(adjust(0.5, 1, "few")).toBeCloseTo(adjust(0.5, 1, "unheard of"), 12);
    expect(atLikeVolume({ ...accounts, minimumAccounts: 61 })(0.5, 1, "direct")).toBe(0.5);
    const same = { ...accounts, volumes: accounts.volumes.map(() => 3) };
    expect(atLikeVolume(same)(0.5, 3, "direct")).toBeCloseTo(0.5, 12);
    const nearly = { ...same, volumes: same.volumes.map((volume, at) => (at === 7 ? 4 : volume)) };
    expect(atLikeVolume(nearly)(0.5, 3, "direct")).toBeCloseTo(0.5, 2);
    expect(adjust(Number.NaN, 1, "direct")).toBeNaN();
    expect(adjust(0.5, Number.NaN, "direct")).toBeNaN();
  });
});

describe("answers without a follow-up, by key", () => {
  it("put an account out by how it asks, not by how much", async () => {
    const from = draws(17);
    const perDay = Array.from({ length: 120 }, (_, account) => 2 * 1.03 ** account);
    const found = await withTables(async (database) => {
      await addAccounts(
        database,
        perDay.map(() => "direct"),
      );
      await database.run("DELETE FROM request");
      const rows = perDay.flatMap((rate, account) =>
        Array.from({ length: Math.round(14 * rate) }, (_, at) => {
          // Ten working hours a day, at random; the last account drops its key after every request.
          const minute = 1440 * Math.floor(14 * from.random()) + 600 * from.random();
          return [account, minute, account === 119 ? at : 0] as const;
        }),
      );
      await database.run("CREATE TABLE drawn (account INTEGER, minute DOUBLE, key INTEGER)");
      await database.append("drawn", rows);
      await database.run(
        "INSERT INTO request BY NAME SELECT account, TIMESTAMP '2026-05-04' + INTERVAL 1 SECOND * round(60 * minute) AS time, key :: UBIGINT AS key FROM drawn",
      );
      return runOn(database, [noFollowUpStep, baselineStep], { columns: ["time", "account", "kind", "key"] });
    });
    const values = [...(found.accounts.indicators.get("noFollowUpShare")?.values ?? [])].slice(0, -1);
    const baseline = found.accounts.baselines.get("noFollowUpShare");
    const effects = [...(baseline?.effect ?? [])];
    expect(spearman(perDay.slice(0, -1), values)).toBeLessThan(-0.9);
    expect(Math.abs(spearman(perDay.slice(0, -1), effects.slice(0, -1)))).toBeLessThan(0.2);
    expect(effects[119]).toBeGreaterThan(2 * Math.max(...effects.slice(0, -1)));
  });

  it("say nothing of volume in an honest simulated log", async () => {
    const folder = mkdtempSync(join(tmpdir(), "congener-follow-up-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const words of [
      "simulate -o sim --rows 30000 --days 14 --campaign none --seed 6",
      "scan sim/log.jsonl --map sim/mapping.yaml -o scan",
    ])
      expect(await runMain(["access", ...words.split(" ")], { cwd: folder })).toMatchObject({ code: 0 });
    const { accounts } = accessAnalysisSchema.parse(
      JSON.parse(readFileSync(join(folder, "scan/access.json"), "utf8")),
    );
    const direct = accounts.flatMap(({ kind, requests, activeDays, indicators }) => {
      const result = indicators.find(({ name }) => name === "noFollowUpShare");
      if (kind !== "direct" || result === undefined || result.value === null || result.effect === null)
        return [];
      return [{ volume: requests / activeDays, value: result.value, effect: result.effect }];
    });
    const volumes = direct.map(({ volume }) => volume);
    expect(direct.length).toBeGreaterThan(50);
    expect(
      spearman(
        volumes,
        direct.map(({ value }) => value),
      ),
    ).toBeLessThan(-0.7);
    expect(
      Math.abs(
        spearman(
          volumes,
          direct.map(({ effect }) => effect),
        ),
      ),
    ).toBeLessThan(0.25);
  }, 60_000);
});
