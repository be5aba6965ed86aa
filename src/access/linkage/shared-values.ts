import type { Database } from "../database.ts";

/** Kinds of values that accounts may share. */
export const valueKinds = ["payment", "network", "client"] as const;

/** A kind of value that accounts may share. */
export type ValueKind = (typeof valueKinds)[number];

/** Accounts that share a value. */
export interface SharedValue {
  /** In the graph, rising. */
  readonly accounts: readonly number[];
  /** All that hold it. */
  readonly sharers: number;
}

/** Values of one kind that two or more accounts hold, but no more than may link. */
export interface SharedValues {
  readonly values: readonly SharedValue[];
  /** Numbers of those an account holds, in `values`. */
  readonly of: ReadonlyMap<number, readonly number[]>;
  /** Values that more accounts hold than may link, and the most that hold one. */
  readonly popular: number;
  readonly mostSharers: number;
}

/** Collects what accounts came with, once for all kinds: one pass over the requests. */
export async function collectHeldValues(database: Database): Promise<void> {
  await database.run(
    "CREATE OR REPLACE TEMP TABLE heldValue AS SELECT account, payment, network, client FROM request GROUP BY ALL",
  );
}

/**
 * Values of one kind that few accounts share.
 * @param included - by account: whether it is in the graph. Sharers are counted over all
 */
export async function findSharedValues(
  database: Database,
  kind: ValueKind,
  { maximumSharers, included }: { readonly maximumSharers: number; readonly included: Uint8Array },
): Promise<SharedValues> {
  const held = `(SELECT DISTINCT account, ${kind} AS value FROM heldValue WHERE ${kind} IS NOT NULL)`;
  const counted = `(SELECT value, count(*) AS sharers FROM ${held} GROUP BY value HAVING count(*) >= 2)`;
  const [popular] = await database.rows<{ popular: number; most: number }>(
    `SELECT CAST(count(*) AS DOUBLE) AS popular, CAST(coalesce(max(sharers), 0) AS DOUBLE) AS most
     FROM ${counted} WHERE sharers > ${maximumSharers}`,
  );
  const values: { accounts: number[]; sharers: number }[] = [];
  const of = new Map<number, number[]>();
  const query = `SELECT dense_rank() OVER (ORDER BY first, value) - 1 AS number, account, sharers FROM (
      SELECT value, account, CAST(count(*) OVER (PARTITION BY value) AS INTEGER) AS sharers,
        min(account) OVER (PARTITION BY value) AS first FROM ${held})
    WHERE sharers BETWEEN 2 AND ${maximumSharers} ORDER BY number, account`;
  for await (const rows of database.batches<{ number: bigint; account: number; sharers: number }>(query))
    for (const { number, account, sharers } of rows) {
      if (included[account] !== 1) continue;
      const at = Number(number);
      values[at] ??= { accounts: [], sharers };
      values[at].accounts.push(account);
      const known = of.get(account);
      if (known === undefined) of.set(account, [at]);
      else known.push(at);
    }
  // A value that only accounts outside the graph hold has left a gap.
  for (let at = 0; at < values.length; at++) values[at] ??= { accounts: [], sharers: 0 };
  return { values, of, popular: popular?.popular ?? 0, mostSharers: popular?.most ?? 0 };
}

/**
 * The rarest value that two accounts share, and how many partners an account has through values at least so rare: of the
 * two the one with more, for an account with many values meets others through some of them.
 * @returns null where they share none
 */
export function rarestShared(
  { values, of }: SharedValues,
  first: number,
  second: number,
): { readonly sharers: number; readonly partners: number } | null {
  const other = new Set(of.get(second));
  let sharers = Number.POSITIVE_INFINITY;
  for (const value of of.get(first) ?? [])
    if (other.has(value)) sharers = Math.min(sharers, values[value]?.sharers ?? sharers);
  if (!Number.isFinite(sharers)) return null;
  const partners = (account: number) =>
    (of.get(account) ?? []).reduce((sum, value) => {
      const count = values[value]?.sharers ?? 0;
      return count <= sharers ? sum + Math.max(0, count - 1) : sum;
    }, 0);
  return { sharers, partners: Math.max(partners(first), partners(second)) };
}
