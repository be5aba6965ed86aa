import type { Database } from "../database.ts";
import { type Filling, type GridMember, gridAvoidance } from "./grid-avoidance.ts";
import { type GridFamily, leastFillings } from "./grid-families.ts";

/** An account's part in filling a grid with others. */
export interface HandOver {
  readonly family: number;
  readonly account: number;
  /** Surprise of its avoiding the others' cells, after a correction for the families it was tested in. */
  readonly nats: number;
  readonly observed: number;
  readonly expected: number;
  /** The account it is linked with; -1 for none. */
  readonly partner: number;
}

/**
 * Accounts that fill one grid of prompts without repeating each other, family by family; see `gridAvoidance`. With
 * `unitOf`, groups of accounts that do: what their members asked is pooled, each group under the number of one member.
 *
 * @param completeTo - by account: up to which place all of its prompts were read; see `completeness`
 * @param unitOf - by account: the account that stands for its group; itself by default
 */
export function handOverSearch(completeTo: Float64Array, unitOf?: Int32Array) {
  const found: HandOver[] = [];
  const tested = new Map<number, number>();
  const complete = pooledCompleteness(completeTo, unitOf);
  return {
    add({ family, members }: GridFamily): void {
      const grid: GridMember[] = [];
      for (const [account, fillings] of pooled(members, unitOf)) {
        const different = differentCells(fillings);
        if (different.length >= leastFillings)
          grid.push({ account, completeTo: complete[account] ?? 1, fillings: different });
      }
      if (grid.length < 2) return;
      for (const { account, observed, expected, nats, partner } of gridAvoidance(grid)) {
        tested.set(account, (tested.get(account) ?? 0) + 1);
        const other = grid[partner]?.account ?? -1;
        if (nats > 0) found.push({ family, account, nats, observed, expected, partner: other });
      }
    },
    result: (): HandOver[] =>
      found.flatMap((entry) => {
        const nats = entry.nats - Math.log(tested.get(entry.account) ?? 1);
        return nats > 0 ? [{ ...entry, nats }] : [];
      }),
  };
}

function pooled(
  members: GridFamily["members"],
  unitOf: Int32Array | undefined,
): ReadonlyMap<number, readonly Filling[]> {
  if (unitOf === undefined) return members;
  const units = new Map<number, Filling[]>();
  for (const [account, fillings] of members) {
    const unit = unitOf[account] ?? account;
    const known = units.get(unit);
    if (known === undefined) units.set(unit, [...fillings]);
    else known.push(...fillings);
  }
  for (const fillings of units.values()) fillings.sort((a, b) => a.place - b.place);
  return units;
}

/** What is known of a group is complete as far as it is of each member. */
function pooledCompleteness(completeTo: Float64Array, unitOf: Int32Array | undefined): Float64Array {
  if (unitOf === undefined) return completeTo;
  const pooledTo = new Float64Array(completeTo.length).fill(1);
  for (const [account, place] of completeTo.entries()) {
    const unit = unitOf[account] ?? account;
    pooledTo[unit] = Math.min(pooledTo[unit] as number, place);
  }
  return pooledTo;
}

/** The first of each cell, by rising place. */
function differentCells(fillings: readonly Filling[]): Filling[] {
  const seen = new Set<bigint>();
  return fillings.filter(({ cell }) => {
    if (seen.has(cell)) return false;
    seen.add(cell);
    return true;
  });
}

/** By account: up to which place all of its prompts were read. */
export async function completeness(database: Database, accounts: number): Promise<Float64Array> {
  const completeTo = new Float64Array(accounts).fill(1);
  const query = `SELECT account, CAST(max(prompt) AS DOUBLE) / 18446744073709551616 AS place FROM readPrompt GROUP BY account
    HAVING count(*) >= (SELECT max(prompts) FROM (SELECT count(*) AS prompts FROM readPrompt GROUP BY account))`;
  for await (const rows of database.batches<{ account: number; place: number }>(query))
    for (const { account, place } of rows) completeTo[account] = place;
  return completeTo;
}
