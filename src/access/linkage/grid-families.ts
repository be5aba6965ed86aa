import type { Database } from "../database.ts";
import type { Filling } from "./grid-avoidance.ts";

/** A filling with the account's first request for it. */
export interface TimedFilling extends Filling {
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A template of two or more slots, and what each account asked of it. */
export interface GridFamily {
  readonly family: number;
  /** By account: its fillings by rising place, a cell as often as it has prompts. */
  readonly members: ReadonlyMap<number, readonly TimedFilling[]>;
}

/** Cells of a family that an account must have asked for before its slots say anything. */
export const leastFillings = 5;

/**
 * Template families of two or more slots that two or more accounts use, one after another: one is in memory at a time.
 * Reads the tables `family` and `familyStats`: bounded by the sample.
 *
 * @param included - by account: whether it is in the graph
 */
export async function* gridFamilies(database: Database, included: Uint8Array): AsyncGenerator<GridFamily> {
  let current = -1;
  let members = new Map<number, TimedFilling[]>();
  const query = `SELECT family, account, CAST(prompt AS DOUBLE) / 18446744073709551616 AS place,
      CAST(epoch_ms(time) AS DOUBLE) AS time, filling AS cell, slots FROM family
    WHERE len(slots) >= 2 AND family IN (SELECT family FROM familyStats WHERE accounts >= 2 AND fillings >= ${2 * leastFillings})
    ORDER BY family, account, prompt`;
  for await (const rows of database.batches<{
    family: number;
    account: number;
    place: number;
    time: number;
    cell: bigint;
    slots: number[];
  }>(query))
    for (const { family, account, ...filling } of rows) {
      if (family !== current) {
        if (members.size >= 2) yield { family: current, members };
        [current, members] = [family, new Map()];
      }
      if (included[account] !== 1) continue;
      const known = members.get(account);
      if (known === undefined) members.set(account, [filling]);
      else known.push(filling);
    }
  if (members.size >= 2) yield { family: current, members };
}
