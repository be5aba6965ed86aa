import type { Database } from "../database.ts";
import type { Link } from "../step.ts";
import { components } from "./components.ts";
import { gridFamilies } from "./grid-families.ts";
import { type HandOver, handOverSearch } from "./hand-overs.ts";

/** What groups of linked accounts are. */
export interface JointGridOptions {
  /** Accounts in the log, and by account whether it is in the graph. */
  readonly accounts: number;
  readonly included: Uint8Array;
  /** By account: up to which place all of its prompts were read. */
  readonly completeTo: Float64Array;
  /** Nats above ln(accounts) that an edge needs. */
  readonly minimumNats: number;
}

/**
 * Edges between groups that fill one grid: a campaign that spreads its cards links in groups, one a card, while all groups
 * walk one template. What the members of each group asked is pooled and held against the null of `gridAvoidance`, with the
 * group as one account; accounts that nothing links yet are groups of one, and one group of two or more takes part in
 * each edge. The edge stands between one account of either group.
 *
 * Cells that members of one group share or avoid count nothing here: they were what made the group. Between the groups their
 * members' own evidence is not added, being in the pooled one.
 *
 * @param links - edges between accounts; not modified
 * @returns further edges, without evidence from these
 */
export async function jointGrids(
  database: Database,
  links: readonly Link[],
  { accounts, included, completeTo, minimumNats }: JointGridOptions,
): Promise<Link[]> {
  const { clusterOf } = components(accounts, links, 0);
  const sizes = new Map<number, number>();
  const standsFor = new Map<number, number>();
  const unitOf = clusterOf.map((cluster, account) => {
    if (cluster < 0) return account;
    sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
    if (!standsFor.has(cluster)) standsFor.set(cluster, account);
    return standsFor.get(cluster) ?? account;
  });
  if (sizes.size === 0) return [];
  const sizeOf = (unit: number) => sizes.get(clusterOf[unit] ?? -1) ?? 1;
  const search = handOverSearch(completeTo, unitOf);
  for await (const family of gridFamilies(database, included)) search.add(family);
  const needed = Math.log(Math.max(2, accounts)) + minimumNats;
  const parts = search.result().filter(({ nats }) => nats >= needed);
  const found = new Map<string, Link>();
  for (const [first, second] of partners(parts)) {
    const [low, high] = [Math.min(first.account, second.account), Math.max(first.account, second.account)];
    const weaker = first.nats <= second.nats ? first : second;
    if (Math.max(sizeOf(low), sizeOf(high)) < 2) continue;
    const key = `${low},${high}`;
    const known = found.get(key);
    if (known !== undefined && known.nats >= weaker.nats) continue;
    const note = `their groups (${sizeOf(low)} and ${sizeOf(high)}) fill one grid: ${weaker.observed} cells in common where ${weaker.expected.toPrecision(3)} were expected`;
    const evidence = [{ kind: "joint-grid" as const, nats: weaker.nats, sharers: null, note }];
    found.set(key, { first: low, second: high, evidence, nats: weaker.nats });
  }
  return [...found.values()];
}

/** Parts in one grid whose partners they are. */
function partners(parts: readonly HandOver[]): [HandOver, HandOver][] {
  const known = new Map(parts.map((part) => [`${part.family},${part.account}`, part]));
  return parts.flatMap((part) => {
    const other = known.get(`${part.family},${part.partner}`);
    return other === undefined ? [] : [[part, other]];
  });
}
