import type { Database } from "../database.ts";
import { type Filling, type GridMember, gridAvoidance } from "./grid-avoidance.ts";

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

/** Cells of a family that an account must have asked for before its slots say anything. */
const leastFillings = 5;

/**
 * Accounts that fill one grid of prompts without repeating each other, family by family; see `gridAvoidance`.
 * Reads the tables `family` and `readPrompt`: bounded by the sample, one family in memory at a time.
 *
 * @param included - by account: whether it is in the graph
 */
export async function findHandOvers(database: Database, included: Uint8Array): Promise<HandOver[]> {
  const completeTo = await completeness(database, included.length);
  const found: HandOver[] = [];
  const tested = new Uint32Array(included.length);
  const close = (family: number, members: Map<number, Filling[]>) => {
    const grid: GridMember[] = [];
    for (const [account, fillings] of members) {
      const different = differentCells(fillings);
      if (different.length >= leastFillings)
        grid.push({ account, completeTo: completeTo[account] ?? 1, fillings: different });
    }
    if (grid.length < 2) return;
    for (const { account, observed, expected, nats, partner } of gridAvoidance(grid)) {
      tested[account] = (tested[account] ?? 0) + 1;
      if (nats > 0)
        found.push({
          family,
          account,
          nats,
          observed,
          expected,
          partner: partner < 0 ? -1 : (grid[partner]?.account ?? -1),
        });
    }
  };
  let current = -1;
  let members = new Map<number, Filling[]>();
  const query = `SELECT family, account, CAST(prompt AS DOUBLE) / 18446744073709551616 AS place, filling, slots FROM family
    WHERE len(slots) >= 2 AND family IN (SELECT family FROM familyStats WHERE accounts >= 2 AND fillings >= ${2 * leastFillings})
    ORDER BY family, account, prompt`;
  for await (const rows of database.batches<{
    family: number;
    account: number;
    place: number;
    filling: bigint;
    slots: number[];
  }>(query))
    for (const { family, account, place, filling, slots } of rows) {
      if (family !== current) {
        close(current, members);
        [current, members] = [family, new Map()];
      }
      if (included[account] !== 1) continue;
      const known = members.get(account);
      const entry = { cell: filling, place, slots };
      if (known === undefined) members.set(account, [entry]);
      else known.push(entry);
    }
  close(current, members);
  return found.flatMap((entry) => {
    const nats = entry.nats - Math.log(tested[entry.account] ?? 1);
    return nats > 0 ? [{ ...entry, nats }] : [];
  });
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
async function completeness(database: Database, accounts: number): Promise<Float64Array> {
  const completeTo = new Float64Array(accounts).fill(1);
  const query = `SELECT account, CAST(max(prompt) AS DOUBLE) / 18446744073709551616 AS place FROM readPrompt GROUP BY account
    HAVING count(*) >= (SELECT max(prompts) FROM (SELECT count(*) AS prompts FROM readPrompt GROUP BY account))`;
  for await (const rows of database.batches<{ account: number; place: number }>(query))
    for (const { account, place } of rows) completeTo[account] = place;
  return completeTo;
}
