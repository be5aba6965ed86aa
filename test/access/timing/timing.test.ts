import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { burstinessStep } from "../../../src/access/timing/burstiness.ts";
import { closeness, dayOf } from "../../../src/access/timing/closeness.ts";
import { competitorCorrelationStep } from "../../../src/access/timing/competitor-correlation.ts";
import { poissonSurprise } from "../../../src/access/timing/poisson-surprise.ts";
import { centredRanks, rankCorrelation } from "../../../src/access/timing/rank-correlation.ts";
import { releaseTurnStep } from "../../../src/access/timing/release-turn.ts";
import { roundTheClockStep } from "../../../src/access/timing/round-the-clock.ts";
import { synchronyStep } from "../../../src/access/timing/synchrony.ts";
import { timelineStep } from "../../../src/access/timing/timeline.ts";
import { hourlyExcessStep, volumeJumpStep } from "../../../src/access/timing/volume-anomaly.ts";
import { seededRandom } from "../../../src/schema/random.ts";
import { measured, type Row } from "./measured.ts";

const reference = JSON.parse(
  readFileSync(new URL("../../fixtures/access-timing/reference.json", import.meta.url), "utf8"),
) as {
  surprises: { count: number; mean: number; nats: number }[];
  correlations: { first: number[]; second: number[]; rho: number; pValue: number }[];
  clock: { hours: number[]; value: number };
};

const day = 1440;
const range = (count: number) => Array.from({ length: count }, (_, index) => index);
/** `count` requests at random minutes of the given hours of the days. */
function requests(
  account: string,
  random: () => number,
  {
    days,
    perDay,
    hours = [0, 24],
  }: { days: readonly number[]; perDay: (day: number) => number; hours?: [number, number] },
): Row[] {
  return days.flatMap((at) =>
    range(perDay(at)).map(() => ({
      account,
      minute: at * day + (hours[0] + random() * (hours[1] - hours[0])) * 60,
    })),
  );
}
/** Rows in another order, and accounts under names that sort the other way. */
function disguised(rows: readonly Row[]): Row[] {
  const names = [...new Set(rows.map(({ account }) => account))].sort();
  return rows
    .map((row) => ({
      ...row,
      account: `z${String(names.length - names.indexOf(row.account)).padStart(4, "0")}-${row.account}`,
    }))
    .reverse();
}

describe("statistics against SciPy", () => {
  it.each(reference.surprises)("surprise of $count at mean $mean", ({ count, mean, nats }) => {
    expect(poissonSurprise(count, mean)).toBeCloseTo(nats, 9);
  });
  it("surprise at its edges", () => {
    expect(poissonSurprise(0, 3)).toBe(0);
    expect(poissonSurprise(1, 0)).toBe(Number.POSITIVE_INFINITY);
  });
  it.each(reference.correlations)("rank correlation $rho", ({ first, second, rho }) => {
    const before = [...first];
    expect(rankCorrelation(centredRanks(first), centredRanks(second))).toBeCloseTo(rho, 12);
    expect(first).toEqual(before);
  });
  it("has no correlation with a constant, nor of one day", () => {
    expect(rankCorrelation(centredRanks([1, 1, 1]), centredRanks([1, 2, 3]))).toBeNaN();
    expect(rankCorrelation(centredRanks([1]), centredRanks([2]))).toBeNaN();
  });
});

describe("round-the-clock duty", () => {
  const steps = [roundTheClockStep];
  it("is the rarefied number of hours (SciPy)", async () => {
    const rows = reference.clock.hours.flatMap((count, hour) =>
      range(count).map((at) => ({ account: "a", minute: hour * 60 + at })),
    );
    expect((await measured(rows, steps, "roundTheClock")).value("a")).toBeCloseTo(reference.clock.value, 9);
  });
  it("tells night workers from sleepers at any volume, and needs 20 requests", async () => {
    const random = seededRandom(1);
    const days = range(28);
    const rows = [
      ...requests("service", random, { days, perDay: () => 40 }),
      ...requests("small service", random, { days, perDay: () => 2 }),
      ...requests("person", random, { days, perDay: () => 40, hours: [8, 18] }),
      ...requests("nightly job", random, { days, perDay: () => 40, hours: [2, 4] }),
      ...requests("few", random, { days: [0], perDay: () => 19 }),
    ];
    const { value } = await measured(rows, steps, "roundTheClock");
    expect(value("service")).toBeGreaterThan(0.97);
    expect(Math.abs(value("small service") - value("service"))).toBeLessThan(0.1);
    expect(value("person")).toBeLessThan(0.65);
    expect(value("nightly job")).toBeLessThan(0.1);
    expect(value("few")).toBeNaN();
    const again = await measured(disguised(rows), steps, "roundTheClock");
    expect(again.value("z0002-service")).toBe(value("service"));
  });
  it("never falls when a request moves to an unused hour, and does not rise with volume alone", async () => {
    const base = range(40).map((at) => ({ account: "a", minute: (at % 8) * 60 + at }));
    const moved = base.map((row, at) => (at === 39 ? { ...row, minute: 20 * 60 } : row));
    const one = (await measured(base, steps, "roundTheClock")).value("a");
    expect((await measured(moved, steps, "roundTheClock")).value("a")).toBeGreaterThan(one);
    const many = range(30).flatMap(() => base);
    expect((await measured(many, steps, "roundTheClock")).value("a")).toBeCloseTo(one, 1);
  });
});

describe("burstiness", () => {
  it("is 1 at random whatever the volume, 60 in one minute, and rises as requests move together", async () => {
    const random = seededRandom(5);
    const days = range(20);
    const rows = [
      ...requests("steady", random, { days, perDay: () => 200 }),
      ...requests("daily", random, { days, perDay: () => 200, hours: [9, 17] }),
      ...range(100).map(() => ({ account: "at once", minute: 5 })),
      ...range(100).map((at) => ({ account: "in two", minute: 5 + (at % 2) })),
    ];
    const { value } = await measured(rows, [burstinessStep], "burstiness");
    // Four standard errors of the index by chance: 1 / sqrt(chance pairs).
    expect(Math.abs(value("steady") - 1)).toBeLessThan(0.24);
    expect(Math.abs(value("daily") - 1)).toBeLessThan(0.14);
    expect(value("at once")).toBeGreaterThan(55);
    expect(value("at once")).toBeGreaterThan(value("in two"));
    const again = await measured(disguised(rows), [burstinessStep], "burstiness");
    expect(again.value("z0001-steady")).toBe(value("steady"));
    expect(
      (await measured([{ account: "a", minute: 0 }], [burstinessStep], "burstiness")).value("a"),
    ).toBeNaN();
  });
});

describe("volume anomaly", () => {
  it("sees a jump, is calm on weekly jobs, and rises with the last day", async () => {
    const random = seededRandom(9);
    const jumpTo = (last: number) =>
      requests("jump", random, { days: range(20), perDay: (at) => (at === 19 ? last : 20) });
    const job = requests("job", random, { days: [0, 7, 14, 21, 28, 35, 42], perDay: () => 800 });
    const at = async (last: number) =>
      measured([...jumpTo(last), ...job], [volumeJumpStep, hourlyExcessStep], "volumeJump");
    const [calm, high] = [await at(20), await at(300)];
    expect(calm.value("jump")).toBe(1);
    expect(high.value("jump")).toBeCloseTo(310 / 30, 12);
    expect(high.value("job")).toBe(1);
    const again = await measured(disguised(jumpTo(300)), [volumeJumpStep], "volumeJump");
    expect(again.value("z0001-jump")).toBeCloseTo(high.value("jump"), 12);
    const short = await measured(
      requests("new", random, { days: [0, 1], perDay: () => 9 }),
      [volumeJumpStep],
      "volumeJump",
    );
    expect(short.value("new")).toBeNaN();
  });
  it("finds the hour that is unlike its kind's", async () => {
    const random = seededRandom(11);
    const rows = range(15).flatMap((account) =>
      requests(`a${account}`, random, { days: range(7), perDay: () => 48 }),
    );
    const spike = range(200).map(() => ({ account: "a0", minute: 3 * day + 600 + random() }));
    const before = await measured(rows, [hourlyExcessStep], "hourlyExcess");
    const after = await measured([...rows, ...spike], [hourlyExcessStep], "hourlyExcess");
    expect(before.value("a0")).toBeLessThan(2);
    expect(after.value("a0")).toBeGreaterThan(10);
  });
});

describe("releases", () => {
  const releases = [
    { name: "model-2", owner: "ours", date: "2026-08-17" },
    { name: "rival", owner: "competitor", date: "2026-09-07" },
  ] as const;
  it("days are close after ours and before a competitor's", () => {
    const days = range(4).map((at) => dayOf("2026-08-16") + at);
    expect([...closeness(days, [releases[0]], 2)]).toEqual([0, 1, 0.5, 0]);
    expect([...closeness(days, [{ ...releases[0], owner: "competitor" }], 2)]).toEqual([0.5, 1, 0, 0]);
  });
  it("correlates the account that works before the rival's release, and not what everybody does", async () => {
    const random = seededRandom(13);
    const weekly = (at: number) => (at % 7 < 5 ? 10 : 3);
    const close = (at: number) => at > 27 && at <= 35;
    const ordinary = range(12).flatMap((account) =>
      requests(`o${account}`, random, {
        days: range(42),
        perDay: (at) => weekly(at) + Math.floor(random() * 4),
      }),
    );
    const feeding = (account: string, extra: number) =>
      requests(account, random, {
        days: range(42),
        perDay: (at) => weekly(at) + (close(at) ? extra : 0),
      });
    const rows = [
      ...ordinary,
      ...feeding("feeding", 15),
      ...feeding("feeding less", 1),
      ...requests("brief", random, { days: range(13), perDay: () => 5 }),
    ];
    const run = (given: readonly Row[]) =>
      measured(given, [competitorCorrelationStep], "competitorCorrelation", {
        settings: { releases: [releases[1]] },
      });
    const found = await run(rows);
    expect(found.value("feeding")).toBeGreaterThan(0.5);
    expect(found.value("feeding less")).toBeLessThanOrEqual(found.value("feeding"));
    expect(found.value("brief")).toBeNaN();
    const others = range(12).map((account) => found.value(`o${account}`));
    expect(Math.max(...others)).toBeLessThan(0.5);
    expect((await run(disguised(rows))).value("z0014-feeding")).toBeCloseTo(found.value("feeding"), 9);
    const none = await measured(ordinary, [competitorCorrelationStep], "competitorCorrelation");
    expect(none.value("o1")).toBeNaN();
  });
  it("measures the turn to the new model within a day, wrong clocks aside", async () => {
    const onDay = (account: string, share: number): Row[] =>
      range(20).map((at) => ({
        account,
        minute: 14 * day + 600 + at,
        model: at < 20 * share ? "model-2" : "model-1",
      }));
    const before = range(300).map((at) => ({ account: "old", minute: at, model: "model-1" }));
    const wrongClock = { account: "old", minute: 5, model: "model-2" };
    const later = range(200).map((at) => ({ account: "old", minute: 20 * day + at, model: "model-2" }));
    const rows = [
      ...onDay("all", 1),
      ...onDay("half", 0.5),
      ...onDay("none", 0),
      ...before,
      ...later,
      wrongClock,
    ];
    const run = (given: readonly Row[]) =>
      measured(given, [releaseTurnStep], "releaseTurn", { settings: { releases } });
    const { value } = await run(rows);
    expect([value("all"), value("half"), value("none")]).toEqual([1, 0.5, 0]);
    expect(value("old")).toBeNaN();
    expect((await run(disguised(rows))).value("z0003-half")).toBe(0.5);
  });
});

describe("synchrony", () => {
  const random = seededRandom(17);
  const onsets = (account: string, hours: [number, number]) =>
    requests(account, random, { days: range(30), perDay: () => 6, hours });
  const ordinary = range(40).flatMap((account) => onsets(`o${account}`, [9, 17]));
  it("finds two accounts that begin together; common hours and common cron minutes do not count", async () => {
    const lead = onsets("lead", [9, 17]);
    const follow = lead.map((row) => ({ ...row, account: "follow" }));
    const cron = ["c1", "c2"].flatMap((account) =>
      range(30).flatMap((at) => range(8).map((hour) => ({ account, minute: at * day + (9 + hour) * 60 }))),
    );
    const rows = [...ordinary, ...lead, ...follow, ...cron];
    const found = await measured(rows, [synchronyStep], "synchrony", {
      clusters: { lead: 0, follow: 0, o1: 1, o2: 1 },
    });
    expect(found.value("lead")).toBeGreaterThan(100);
    expect(found.value("follow")).toBe(found.value("lead"));
    expect([found.value("c1"), found.value("c2")]).toEqual([0, 0]);
    expect(range(40).filter((account) => found.value(`o${account}`) > 0)).toEqual([]);
    expect(found.ofClusters?.values[0]).toBe(found.value("lead"));
    expect(found.ofClusters?.values[1]).toBe(0);
    const again = await measured(disguised(rows), [synchronyStep], "synchrony");
    expect(again.value("z0001-o9")).toBe(0);
    expect(again.value("z0041-lead")).toBeCloseTo(found.value("lead"), 9);
    // A shift by whole hours takes the synchrony away and leaves the rhythm.
    const shifted = follow.map((row) => ({ ...row, minute: row.minute + 60 }));
    const apart = await measured([...ordinary, ...lead, ...shifted], [synchronyStep], "synchrony");
    expect(apart.value("lead")).toBe(0);
  });
  it("is not applicable to one request, and 0 to one account alone", async () => {
    expect(
      (await measured([{ account: "a", minute: 0 }], [synchronyStep], "synchrony")).value("a"),
    ).toBeNaN();
    expect((await measured(onsets("a", [0, 24]), [synchronyStep], "synchrony")).value("a")).toBe(0);
  });
});

describe("timeline", () => {
  it("counts every UTC day, empty ones too, by cluster", async () => {
    const rows = [0, 1, day * 2 + 5, day * 3 - 0.01].map((minute, at) => ({
      account: at < 2 ? "a" : "b",
      minute,
    }));
    const { timeline } = await measured(rows, [timelineStep], "burstiness", { clusters: { b: 0 } });
    expect(timeline).toEqual({
      firstDay: "2026-08-03",
      requests: [2, 0, 2],
      flagged: [0, 0, 0],
      clusters: [{ cluster: "C-1", requests: [0, 0, 2] }],
    });
  });
});
