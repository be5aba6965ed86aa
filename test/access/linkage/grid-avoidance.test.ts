import { describe, expect, it } from "vitest";
import { type GridMember, gridAvoidance } from "../../../src/access/linkage/grid-avoidance.ts";
import { type Random, seededRandom } from "../../../src/schema/random.ts";

/** A grid of 20 x 10 x 5 cells; a fourth slot follows from the first one. */
const size = 1000;
const slotsOf = (cell: number) => [
  cell % 20,
  Math.floor(cell / 20) % 10,
  Math.floor(cell / 200),
  (cell % 20) + 100,
];
const place = (cell: number) => (Math.imul(cell + 1, 2654435761) >>> 0) / 2 ** 32;

function member(account: number, cells: Iterable<number>, completeTo = 1): GridMember {
  const fillings = [...new Set(cells)]
    .map((cell) => ({ cell: BigInt(cell), place: place(cell), slots: slotsOf(cell) }))
    .filter((filling) => filling.place <= completeTo)
    .sort((a, b) => a.place - b.place);
  return { account, completeTo, fillings };
}

const draw = (count: number, random: Random, from = (r: Random) => Math.floor(r() * size)) =>
  Array.from({ length: count }, () => from(random));

function shuffled(random: Random): number[] {
  const cells = Array.from({ length: size }, (_, cell) => cell);
  for (let at = size - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [cells[at], cells[other]] = [cells[other] as number, cells[at] as number];
  }
  return cells;
}

/** Accounts that fill the grid together, each a piece of it. */
function relay(count: number, piece: number, random: Random, first = 0): GridMember[] {
  const cells = shuffled(random);
  return Array.from({ length: count }, (_, at) =>
    member(first + at, cells.slice(at * piece, (at + 1) * piece)),
  );
}

const nats = (members: readonly GridMember[]) => gridAvoidance(members).map((entry) => entry.nats);

describe("grid avoidance", () => {
  it("finds accounts that fill one grid together, and knows the chance meetings", () => {
    const found = gridAvoidance(relay(8, 100, seededRandom(1)));
    for (const { observed, expected, nats: surprise, partner } of found) {
      expect(observed).toBe(0);
      // 100 cells against 700 of 1,000; the slot that follows from another one does not change it.
      expect(expected).toBeGreaterThan(55);
      expect(expected).toBeLessThan(85);
      expect(surprise).toBeCloseTo(expected / 2, 6);
      expect(partner).toBeGreaterThanOrEqual(0);
    }
  });

  it("finds them in samples too", () => {
    const members = relay(8, 100, seededRandom(2)).map(({ account, fillings }) =>
      member(
        account,
        fillings.map(({ cell }) => Number(cell)),
        0.5,
      ),
    );
    for (const { expected } of gridAvoidance(members)) expect(expected).toBeGreaterThan(11);
    for (const value of nats(members)) expect(value).toBeGreaterThan(5);
  });

  it("says nothing of accounts that ask by themselves", () => {
    let most = 0;
    for (let seed = 0; seed < 30; seed++) {
      const random = seededRandom(seed);
      const members = Array.from({ length: 2 + (seed % 12) }, (_, at) =>
        member(at, draw(30 + 40 * (seed % 5), random)),
      );
      most = Math.max(most, ...nats(members));
    }
    expect(most).toBeLessThan(8);
  });

  it("says nothing of many that ask by themselves, some questions more often than others", () => {
    const random = seededRandom(5);
    const members = Array.from({ length: 300 }, (_, at) =>
      member(
        at,
        draw(60, random, (r) => Math.floor(size * r() ** 2)),
      ),
    );
    expect(Math.max(...nats(members))).toBeLessThan(8);
  });

  it("says nothing of accounts that keep to their own product", () => {
    const members = Array.from({ length: 10 }, (_, at) =>
      member(
        at,
        Array.from({ length: 50 }, (_, row) => at * 2 + 20 * row),
      ),
    );
    expect(nats(members)).toEqual(Array.from({ length: 10 }, () => 0));
  });

  it("says nothing of a public benchmark, nor of its two halves", () => {
    const random = seededRandom(9);
    const cells = shuffled(random);
    const halves = [cells.slice(0, 500), cells.slice(500)];
    const whole = Array.from({ length: 6 }, (_, at) =>
      member(
        at,
        cells.filter(() => random() < 0.9),
      ),
    );
    const split = Array.from({ length: 12 }, (_, at) =>
      member(
        at,
        (halves[at % 2] as number[]).filter(() => random() < 0.8),
      ),
    );
    expect(Math.max(...nats(whole))).toBe(0);
    expect(Math.max(...nats(split))).toBe(0);
  });

  it("says nothing of samples of one benchmark whose items have numbers", () => {
    const random = seededRandom(13);
    const items = Array.from({ length: 20_000 }, (_, item) => item);
    const evaluator = (account: number, items: readonly number[]) => {
      const entry = member(account, items, 0.02);
      return {
        ...entry,
        fillings: entry.fillings.map((filling) => ({
          ...filling,
          slots: [Number(filling.cell), Number(filling.cell) % 320, Number(filling.cell) % 91],
        })),
      };
    };
    const members = [0.9, 0.5, 0.5].map((share, at) =>
      evaluator(
        at,
        items.filter(() => random() < share),
      ),
    );
    expect(Math.max(...nats(members))).toBe(0);
  });

  it("says nothing of numbered items that two ask in different ways", () => {
    const asks = (account: number, from: number, way: number): GridMember => ({
      account,
      completeTo: 1,
      fillings: Array.from({ length: 400 }, (_, at) => from + at)
        .map((item) => ({
          cell: BigInt(2 * item + way),
          place: place(item),
          slots: [item, item % 320, item % 91, way],
        }))
        .sort((a, b) => a.place - b.place),
    });
    // Forty of a thousand items are asked by both: the way is another one in these, and in no others.
    expect(nats([asks(0, 0, 0), asks(1, 360, 1), asks(2, 5000, 1)])).toEqual([0, 0, 0]);
  });

  it("says nothing of one slot, of one account or of none", () => {
    const single = relay(5, 100, seededRandom(3)).map((entry) => ({
      ...entry,
      fillings: entry.fillings.map((filling) => ({ ...filling, slots: [Number(filling.cell)] })),
    }));
    expect(Math.max(...nats(single))).toBe(0);
    expect(nats(relay(1, 100, seededRandom(3)))).toEqual([0]);
    expect(gridAvoidance([])).toEqual([]);
  });

  it("still sees a relay beside another one over the same grid and beside others who ask by themselves", () => {
    const random = seededRandom(11);
    const own = Array.from({ length: 4 }, (_, at) => member(100 + at, draw(100, random)));
    const members = [...relay(8, 120, random), ...relay(8, 120, random, 50), ...own];
    const found = gridAvoidance(members);
    for (const { nats: surprise, partner } of found.slice(0, 8)) {
      expect(surprise).toBeGreaterThan(15);
      expect(partner).toBeLessThan(8);
    }
    for (const { nats: surprise } of found.slice(16)) expect(surprise).toBe(0);
  });

  it("does not depend on the order or the names of accounts, and leaves its input alone", () => {
    const members = relay(6, 120, seededRandom(4));
    const before = structuredClone(members);
    const straight = nats(members);
    const turned = nats([...members].reverse().map((entry) => ({ ...entry, account: 900 - entry.account })));
    expect(turned.reverse()).toEqual(straight.map((value) => expect.closeTo(value, 9)));
    expect(members).toEqual(before);
  });

  it("grows with the part of the grid that is filled", () => {
    const means = [40, 80, 120].map((piece) => Math.min(...nats(relay(8, piece, seededRandom(6)))));
    expect(means[1]).toBeGreaterThan(means[0] as number);
    expect(means[2]).toBeGreaterThan(means[1] as number);
  });
});
