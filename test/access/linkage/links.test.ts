import { describe, expect, it } from "vitest";
import { components } from "../../../src/access/linkage/components.ts";
import type { HandOver } from "../../../src/access/linkage/hand-overs.ts";
import { findLinks, type LinkInput, type SynchronousPair } from "../../../src/access/linkage/links.ts";
import type { SharedValues } from "../../../src/access/linkage/shared-values.ts";
import type { Link } from "../../../src/access/step.ts";
import { type Random, seededRandom } from "../../../src/schema/random.ts";

/** Values by the accounts that hold them; those of more than 50 link nobody. */
function shared(holders: readonly (readonly number[])[]): SharedValues {
  const values = holders
    .filter(({ length }) => length >= 2 && length <= 50)
    .map((accounts) => ({ accounts, sharers: accounts.length }));
  const of = new Map<number, number[]>();
  for (const [at, { accounts }] of values.entries())
    for (const account of accounts) of.set(account, [...(of.get(account) ?? []), at]);
  return { values, of, popular: 0, mostSharers: 0 };
}

interface Case {
  readonly accounts?: number;
  readonly payment?: readonly (readonly number[])[];
  readonly network?: readonly (readonly number[])[];
  readonly client?: readonly (readonly number[])[];
  readonly handOvers?: readonly HandOver[];
  readonly successions?: LinkInput["successions"];
  readonly templates?: LinkInput["templates"];
  readonly synchronous?: readonly SynchronousPair[];
  readonly minimumNats?: number;
}

const linksOf = ({ payment = [], network = [], client = [], ...rest }: Case): Link[] =>
  findLinks({
    accounts: 20_000,
    handOvers: [],
    successions: [],
    templates: { holders: [], of: () => null },
    synchronous: [],
    minimumNats: 8,
    ...rest,
    shared: { payment: shared(payment), network: shared(network), client: shared(client) },
  });

const handOver = (account: number, partner: number, nats: number, family = 0): HandOver => ({
  family,
  account,
  partner,
  nats,
  observed: 0,
  expected: 2 * nats,
});

const kindsOf = (links: readonly Link[]) => links.map(({ evidence }) => evidence.map(({ kind }) => kind));

describe("links", () => {
  it("one payment fingerprint of a few links them, pair by pair", () => {
    expect(linksOf({ payment: [[1, 2, 3]] }).map(({ first, second }) => [first, second])).toEqual([
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
  });

  it("one office and one tool link nobody, however rare they are and whatever the size of the log", () => {
    for (const accounts of [100, 20_000, 2_000_000])
      expect(linksOf({ accounts, network: [[1, 2]], client: [[1, 2]] })).toEqual([]);
  });

  it("nor does a shared minute alone, but minute and office do in a long log", () => {
    const synchronous = [{ first: 1, second: 2, shared: 90, expected: 3, nats: 200 }];
    expect(linksOf({ synchronous })).toEqual([]);
    expect(kindsOf(linksOf({ synchronous, network: [[1, 2]] }))).toEqual([["network", "synchrony"]]);
    expect(linksOf({ accounts: 100, synchronous, network: [[1, 2]] })).toEqual([]);
  });

  it("a grid filled together links by itself, and weaker with an office in common", () => {
    expect(kindsOf(linksOf({ handOvers: [handOver(1, 2, 30), handOver(2, 1, 25)] }))).toEqual([
      ["hand-over"],
    ]);
    const weak = [handOver(1, -1, 12), handOver(2, -1, 12)];
    expect(linksOf({ handOvers: weak })).toEqual([]);
    expect(kindsOf(linksOf({ handOvers: weak, network: [[1, 2]] }))).toEqual([["network", "hand-over"]]);
    // Both have a part in a grid, but not in the same one.
    expect(
      linksOf({ handOvers: [handOver(1, -1, 30, 1), handOver(2, -1, 30, 2)], network: [[1, 2]] }),
    ).toEqual([]);
  });

  const template = (pair: readonly [number, number], nats: number) => ({
    holders: [pair],
    of: (first: number, second: number) =>
      first === pair[0] && second === pair[1] ? { nats, sharers: 2 } : null,
  });
  const succession = {
    first: 1,
    second: 2,
    family: 0,
    handOvers: 30,
    pValue: 1 / 2000,
    nats: Math.log(2000),
  };

  it("place, program and wording come to no more than the log is long, and link nobody", () => {
    const office = { network: [[1, 2]], client: [[1, 2]], templates: template([1, 2], 30) };
    expect(linksOf(office)).toEqual([]);
    expect(linksOf({ ...office, successions: [succession] })).toEqual([]);
    const [paid] = linksOf({ ...office, payment: [[1, 2]] });
    const together = paid?.evidence.filter(({ kind }) => kind !== "payment") ?? [];
    expect(together.reduce((sum, { nats }) => sum + nats, 0)).toBeLessThanOrEqual(Math.log(20_000) + 1e-9);
  });

  it("a rare template tips the balance beside a weak hand-over, and so does an order in time", () => {
    const handOvers = [handOver(1, 2, 12), handOver(2, 1, 12)];
    expect(linksOf({ handOvers })).toEqual([]);
    expect(kindsOf(linksOf({ handOvers, templates: template([1, 2], 8) }))).toEqual([
      ["template", "hand-over"],
    ]);
    expect(kindsOf(linksOf({ handOvers, successions: [succession] }))).toEqual([["hand-over", "succession"]]);
  });

  it("an account of many places proves less by sharing one", () => {
    const pay = [[1, 2]];
    const one = linksOf({ payment: pay, network: [[1, 2]] })[0]?.nats ?? 0;
    const many = Array.from({ length: 200 }, (_, at) => [1, 100 + at]);
    expect(linksOf({ payment: pay, network: [[1, 2], ...many] })[0]?.nats).toBeLessThan(one - 4);
  });

  it("rises with every further evidence, and needs no more than is asked for", () => {
    const less = linksOf({ payment: [[1, 2]] })[0]?.nats ?? 0;
    const more = linksOf({ payment: [[1, 2]], client: [[1, 2, 3]] })[0]?.nats ?? 0;
    expect(more).toBeGreaterThan(less);
    expect(linksOf({ payment: [[1, 2]], minimumNats: 30 })).toEqual([]);
    for (const { evidence, nats } of linksOf({ payment: [[1, 2]], client: [[1, 2, 3]] }))
      expect(evidence.reduce((sum, entry) => sum + entry.nats, 0)).toBeCloseTo(nats, 12);
  });
});

describe("components", () => {
  const link = (first: number, second: number, nats: number): Link => ({ first, second, nats, evidence: [] });

  it("counts the evidence of a spanning tree, names the strongest first and keeps its strongest edges", () => {
    const found = components(10, [link(1, 2, 20), link(5, 6, 30), link(6, 7, 25), link(5, 7, 28)], 2);
    expect(found.count).toBe(2);
    expect([...found.clusterOf]).toEqual([-1, 1, 1, -1, -1, 0, 0, 0, -1, -1]);
    expect([...found.nats]).toEqual([58, 20]);
    expect([...found.edgeCounts]).toEqual([3, 1]);
    expect(found.edges[0]?.map(({ nats }) => nats)).toEqual([30, 28]);
  });

  it("is the same in any order of edges, and empty without", () => {
    const links = [link(1, 2, 20), link(2, 3, 20), link(1, 3, 20), link(8, 9, 20)];
    expect(components(10, [...links].reverse(), 5)).toEqual(components(10, links, 5));
    expect(components(4, [], 5)).toMatchObject({ count: 0, edges: [] });
  });
});

/** How many accounts each of many values has: a few popular ones, many rare ones. */
function heldBy(accounts: number, each: number, values: number, random: Random): number[][] {
  const holders = new Map<number, Set<number>>();
  for (let account = 0; account < accounts; account++)
    for (let at = 0; at < each; at++) {
      const value = Math.floor(values * random() ** 3);
      const known = holders.get(value);
      if (known === undefined) holders.set(value, new Set([account]));
      else known.add(account);
    }
  return [...holders.values()].map((set) => [...set].sort((a, b) => a - b));
}

describe("strangers", () => {
  it.each([1000, 20_000, 200_000])("of %i none are grown together by chance", (accounts) => {
    const random = seededRandom(accounts);
    // Customers of few providers with three places each, one in ten thousand with a stranger's fingerprint, and minutes
    // shared by accident as strongly as the most extreme of all pairs.
    const wrong = Array.from({ length: Math.ceil(accounts / 10_000) }, () => [
      Math.floor((random() * accounts) / 2),
      Math.floor(((1 + random()) * accounts) / 2),
    ]);
    const synchronous = Array.from({ length: 3000 }, () => {
      const first = Math.floor(random() * (accounts - 1));
      const second = first + 1 + Math.floor(random() * (accounts - first - 1));
      return { first, second, shared: 30, expected: 2, nats: 2 * Math.log(accounts) };
    });
    const found = components(
      accounts,
      linksOf({
        accounts,
        payment: wrong,
        network: heldBy(accounts, 3, accounts, random),
        client: heldBy(accounts, 1, 400, random),
        synchronous,
      }),
      10,
    );
    const sizes = new Map<number, number>();
    for (const cluster of found.clusterOf)
      if (cluster >= 0) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
    expect(Math.max(0, ...sizes.values())).toBeLessThanOrEqual(5);
    expect(found.count).toBeGreaterThanOrEqual(1);
    expect(found.count).toBeLessThanOrEqual(wrong.length + 5);
  });
});
