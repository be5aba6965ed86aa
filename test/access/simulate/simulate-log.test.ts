import { describe, expect, it } from "vitest";
import {
  type SimulatedRequest,
  simulateLog,
  simulationDefaults,
} from "../../../src/access/simulate/simulate-log.ts";

const options = { ...simulationDefaults, rows: 12_000, days: 28, campaignShare: 0.3, seed: 5 };
const log = simulateLog(options);
const requests = [...log.requests()];
const labelOf = new Map(log.labels.map((label) => [label.account, label]));
const of = (campaign: string) =>
  requests.filter(({ account_id }) => labelOf.get(account_id)?.campaign === campaign);
const kindIs = (kind: string) => requests.filter(({ account_id }) => labelOf.get(account_id)?.kind === kind);
const distinct = (rows: readonly SimulatedRequest[], value: (row: SimulatedRequest) => string) =>
  new Set(rows.map(value)).size;

function grouped<T>(rows: readonly T[], key: (row: T) => string | number): Map<string | number, T[]> {
  const groups = new Map<string | number, T[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
}

describe("a simulated log", () => {
  it("is the same for the same seed, another one for another, and in order of time", () => {
    expect([...simulateLog(options).requests()]).toEqual(requests);
    expect([...log.requests()]).toEqual(requests);
    expect([...simulateLog({ ...options, seed: 6 }).requests()].slice(0, 20)).not.toEqual(
      requests.slice(0, 20),
    );
    const times = requests.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort());
  });

  it("gives each campaign a grid and a beginning of its own", () => {
    const first = ["naive", "spread", "slow"].map(
      (name) =>
        new Set(
          of(name)
            .slice(0, 100)
            .map(({ prompt }) => prompt),
        ),
    );
    for (const [at, prompts] of first.entries())
      for (const others of first.slice(at + 1))
        expect([...prompts].filter((prompt) => others.has(prompt)).length).toBeLessThan(5);
    // Another seed draws other ones.
    const other = [...simulateLog({ ...options, seed: 6 }).requests()];
    const before = new Set(of("spread").map(({ prompt }) => prompt));
    expect(other.slice(0, 2000).filter(({ prompt }) => before.has(prompt)).length).toBeLessThan(100);
  });

  it("lets no two accounts of a campaign ask the same before its grid is walked through", () => {
    for (const name of ["naive", "spread", "slow"]) {
      const prompts = of(name);
      expect(distinct(prompts, ({ prompt }) => prompt)).toBe(prompts.length);
    }
  });

  it("has slow accounts go on with the walk of the one before, hour by hour", () => {
    const slow = of("slow");
    const hours = new Map<string, Set<number>>();
    for (const { account_id, timestamp } of slow)
      hours.set(account_id, (hours.get(account_id) ?? new Set()).add(new Date(timestamp).getUTCHours()));
    expect(hours.size).toBeGreaterThan(3);
    for (const own of hours.values()) expect(own.size).toBe(1);
    expect(new Set([...hours.values()].flatMap((own) => [...own])).size).toBe(Math.min(24, hours.size));
  });

  it("takes answers to their full length where a campaign set a limit for it", () => {
    const share = (rows: readonly SimulatedRequest[]) =>
      rows.filter(({ finish_reason }) => finish_reason === "length").length / rows.length;
    expect(share(of("naive"))).toBeGreaterThan(0.25);
    expect(share(of("spread"))).toBeGreaterThan(0.25);
    expect(share(kindIs("chatter"))).toBeLessThan(0.02);
  });

  it("has strangers use prompts of a public collection", () => {
    const users = new Map<string, Set<string>>();
    for (const { prompt, account_id } of simulateLog({
      ...options,
      rows: 40_000,
      campaigns: [],
    }).requests()) {
      const opening = /^(I want you to act as|Ignore the usual|You will be my editor|Play the devil)/.exec(
        prompt,
      )?.[0];
      if (opening !== undefined) users.set(opening, (users.get(opening) ?? new Set()).add(account_id));
    }
    expect(Math.max(...[...users.values()].map((accounts) => accounts.size))).toBeGreaterThanOrEqual(3);
  });

  it("has the agents of one customer work on one after the other, each with its key", () => {
    const byAccount = grouped(
      kindIs("coding-agent").filter(({ account_id }) => labelOf.get(account_id)?.campaign === ""),
      ({ account_id }) => account_id,
    );
    const several = [...byAccount.values()].filter((rows) => distinct(rows, (row) => row.api_key_id) > 1);
    expect(several.length).toBeGreaterThan(0);
    for (const rows of several) {
      const shifts = grouped(rows, ({ timestamp }) => Math.floor(Date.parse(timestamp) / (8 * 3_600_000)));
      for (const shift of shifts.values()) expect(distinct(shift, (row) => row.api_key_id)).toBe(1);
    }
  });
});
