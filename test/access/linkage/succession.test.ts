import { describe, expect, it } from "vitest";
import { type Succession, successions, type WalkMember } from "../../../src/access/linkage/succession.ts";
import { type Random, seededRandom } from "../../../src/schema/random.ts";

const hour = 3_600_000;
/** A walk over a ring of 40 values, beside a slot in shuffled order. */
const cellAt = (place: number): number[] => [place % 40, (place * 17 + ((place * place) % 13)) % 11];

interface Turn {
  readonly account: number;
  /** In hours. */
  readonly from: number;
  readonly cells: readonly number[];
}

const membersOf = (turns: readonly Turn[]): WalkMember[] =>
  [...new Set(turns.map(({ account }) => account))].map((account) => ({
    account,
    asked: turns
      .filter((turn) => turn.account === account)
      .flatMap(({ from, cells }) =>
        cells.map((cell, at) => ({ time: (from + at / 20) * hour, slots: cellAt(cell) })),
      ),
  }));

/** Accounts that take turns hour by hour: one walk, each goes on where the one before it stopped. */
function relay(accounts: number, days: number, random: Random): Turn[] {
  let place = 0;
  return Array.from({ length: days * accounts }, (_, at) => {
    const cells = Array.from({ length: 3 + Math.floor(5 * random()) }, () => place++);
    return { account: at % accounts, from: 24 * Math.floor(at / accounts) + (at % accounts), cells };
  });
}

/** The same hours, each account on a walk of its own. */
function alone(accounts: number, days: number, random: Random, lengthOf: () => number): Turn[] {
  const places = Array.from({ length: accounts }, () => Math.floor(40 * random()));
  return Array.from({ length: days * accounts }, (_, at) => {
    const account = at % accounts;
    const cells = Array.from({ length: lengthOf() }, () => (places[account] = (places[account] ?? 0) + 1));
    return { account, from: 24 * Math.floor(at / accounts) + account, cells };
  });
}

const least = (found: readonly Succession[]) => Math.min(1, ...found.map(({ pValue }) => pValue));

describe("succession", () => {
  it("finds who goes on with whose walk, and how often", () => {
    const found = successions(membersOf(relay(4, 20, seededRandom(1))), 100);
    const next = found.filter(({ first, second }) => second - first === 1);
    expect(next).toHaveLength(3);
    for (const { handOvers, pValue } of next) {
      expect(handOvers).toBe(20);
      expect(pValue).toBe(1 / 2000);
    }
  });

  it.each([
    ["asks any stretch of the walk each time", 1],
    ["goes on with a walk of its own", 0],
  ])("keeps its level at unequal volumes where everybody %s", (_, anywhere) => {
    let [tested, rejected] = [0, 0];
    for (let seed = 0; seed < 300; seed++) {
      const random = seededRandom(seed);
      const turns = alone(2, 14, random, () => 2 + Math.floor(4 * random())).flatMap((turn) => {
        const shift = anywhere * Math.floor(40 * random());
        const moved = { ...turn, cells: turn.cells.map((cell) => cell + shift) };
        // One of the two asks twice as much, in further sessions.
        const more = { ...moved, from: turn.from + 12, cells: moved.cells.map((cell) => cell + 700) };
        return turn.account === 0 && seed % 2 === 0 ? [moved, more] : [moved];
      });
      for (const { pValue } of successions(membersOf(turns), 100)) {
        tested++;
        if (pValue <= 0.05) rejected++;
      }
    }
    expect(tested).toBe(300);
    // Binomial(300, 0.05): 27 or more in 1 of 500. Who resumes a walk of its own is told apart: fewer still.
    expect(rejected).toBeLessThan(27);
    if (anywhere === 1) expect(rejected).toBeGreaterThan(4);
  });

  it("is not taken in by two who happen to walk in step, each by itself", () => {
    const random = seededRandom(2);
    const lengths = Array.from({ length: 22 }, () => 3 + Math.floor(4 * random()));
    const starts = lengths.map((_, day) => lengths.slice(0, day).reduce((sum, length) => sum + length, 0));
    // Account 1 asks what 0 will ask tomorrow, and begins where 0 has stopped; but each resumes its own walk.
    const turns = Array.from({ length: 40 }, (_, at) => {
      const [account, day] = [at % 2, Math.floor(at / 2) + (at % 2)];
      const cells = Array.from({ length: lengths[day] ?? 0 }, (_, cell) => (starts[day] ?? 0) + cell);
      return { account, from: 24 * Math.floor(at / 2) + account, cells };
    });
    expect(least(successions(membersOf(turns), 100))).toBeGreaterThan(0.05);
  });

  it("says nothing of likeness: one question of the day, one product", () => {
    const random = seededRandom(7);
    const turns = Array.from({ length: 60 }, (_, at) => ({
      account: at % 3,
      from: 24 * Math.floor(at / 3) + (at % 3),
      cells: Array.from({ length: 4 }, () => Math.floor(at / 3) + 40 * Math.floor(3 * random())),
    }));
    expect(least(successions(membersOf(turns), 100))).toBeGreaterThan(0.01);
  });

  it("needs a short gap: who begins hours later, or while the other is at work, goes on with nothing", () => {
    const turns = relay(2, 20, seededRandom(3));
    const later = turns.map((turn) => ({ ...turn, from: turn.from + 5 * turn.account }));
    const meanwhile = turns.map((turn) => ({ ...turn, from: turn.from - 0.97 * turn.account }));
    expect(successions(membersOf(later), 100)).toEqual([]);
    expect(successions(membersOf(meanwhile), 100)).toEqual([]);
  });

  it("does not depend on the order of members, rows or names, and leaves its input alone", () => {
    const members = membersOf(relay(4, 12, seededRandom(5)));
    const before = structuredClone(members);
    const straight = successions(members, 100);
    const turned = successions(
      [...members]
        .reverse()
        .map(({ account, asked }) => ({ account: 90 - account, asked: [...asked].reverse() })),
      100,
    );
    const named = turned.map((found) => ({
      ...found,
      first: 90 - found.second,
      second: 90 - found.first,
    }));
    const sorted = (list: Succession[]) => list.sort((a, b) => a.first - b.first || a.second - b.second);
    expect(sorted(named)).toEqual(sorted([...straight]));
    expect(members).toEqual(before);
  });

  it("is nothing for one account, for none, and for a budget of none", () => {
    expect(successions([], 100)).toEqual([]);
    expect(successions(membersOf(relay(1, 20, seededRandom(1))), 100)).toEqual([]);
    expect(successions(membersOf(relay(4, 20, seededRandom(1))), 0)).toEqual([]);
  });
});
