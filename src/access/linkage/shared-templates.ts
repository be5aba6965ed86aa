import type { Database } from "../database.ts";
import { minimumFrameWords } from "../prompts/group-prompts.ts";
import { leastFillings } from "./grid-families.ts";

/** What two accounts have in common by templates. */
export interface SharedTemplate {
  /** Surprise in nats, >= 0; not bounded by the length of the log here. */
  readonly nats: number;
  /** Accounts that hold the rarest template that both use. */
  readonly sharers: number;
}

/** Families of few holders, and how many prompts were read of whom. */
export interface TemplateHoldings {
  /** By account: prompts read; 0 for accounts without prompts. */
  readonly volumes: Float64Array;
  /** By family: its holders, each with its different fillings. A family of one holder says nothing. */
  readonly families: readonly (readonly { readonly account: number; readonly fillings: number }[])[];
}

/**
 * Template families that few accounts hold: a frame of so many words that it is hardly met twice by chance, with a slot.
 * Exact repetitions are none, nor are families that more than `maximumSharers` accounts hold: a public prompt, a
 * tool's, a boilerplate before every prompt. Holders count with any prompt of it.
 */
export async function templateHoldings(
  database: Database,
  { accounts, maximumSharers }: { readonly accounts: number; readonly maximumSharers: number },
): Promise<TemplateHoldings> {
  const volumes = new Float64Array(accounts);
  const counts = "SELECT account, CAST(count(*) AS DOUBLE) AS prompts FROM readPrompt GROUP BY account";
  for await (const rows of database.batches<{ account: number; prompts: number }>(counts))
    for (const { account, prompts } of rows) volumes[account] = prompts;
  const families: { account: number; fillings: number }[][] = [];
  let current = -1;
  const query = `SELECT family, account, CAST(count(DISTINCT coalesce(filling, prompt)) AS INTEGER) AS fillings FROM family
    WHERE family IN (SELECT family FROM familyStats
      WHERE accounts BETWEEN 2 AND ${maximumSharers} AND frameWords >= ${minimumFrameWords} AND len(slots) >= 1)
    GROUP BY ALL ORDER BY family, account`;
  for await (const rows of database.batches<{ family: number; account: number; fillings: number }>(query))
    for (const { family, account, fillings } of rows) {
      if (family !== current) families.push([]);
      current = family;
      families.at(-1)?.push({ account, fillings });
    }
  return { volumes, families };
}

/**
 * How surprising it is that two accounts use the same rare templates, given how much each asks.
 *
 * Null: who holds a family is a matter of volume. A prompt is of family f with probability lambda_f in all accounts alike,
 * so that account a with n_a read prompts holds it with probability 1 - exp(-n_a lambda_f); lambda_f is such that the
 * expected number of holders is the number there is. The surprise is -ln of the chance that the other one, with its
 * volume, holds one of the account's families at least so rare as the rarest that both use: what `sharedValueNats` is, with
 * volume in it. Of the two directions the less surprising one: a busy account meets everybody's templates.
 * Both must have filled a family in five ways, so that one odd prompt proves nothing.
 *
 * @returns for a pair: null where they use no rare template together. Symmetric
 */
export function sharedTemplates({
  volumes,
  families,
}: TemplateHoldings): (first: number, second: number) => SharedTemplate | null {
  const known = families.filter(({ length }) => length >= 2);
  const histogram = new Map<number, number>();
  for (const volume of volumes) if (volume > 0) histogram.set(volume, (histogram.get(volume) ?? 0) + 1);
  const rates = new Map<number, number>();
  for (const { length } of known) if (!rates.has(length)) rates.set(length, holdingRate(histogram, length));
  const held = new Map<number, { family: number; fillings: number }[]>();
  for (const [family, holders] of known.entries())
    for (const { account, fillings } of holders) {
      const own = held.get(account);
      if (own === undefined) held.set(account, [{ family, fillings }]);
      else own.push({ family, fillings });
    }
  const sizeOf = (family: number) => known[family]?.length ?? 0;
  /** Chance that an account of this volume holds one of another's families of at most so many holders. */
  const chance = (account: number, other: number, sharers: number) => {
    let none = 1;
    for (const { family } of held.get(account) ?? [])
      if (sizeOf(family) <= sharers)
        none *= Math.exp(-(volumes[other] ?? 0) * (rates.get(sizeOf(family)) ?? 0));
    return 1 - none;
  };
  return (first, second) => {
    const used = new Set(
      (held.get(second) ?? []).flatMap(({ family, fillings }) => (fillings >= leastFillings ? [family] : [])),
    );
    let sharers = Number.POSITIVE_INFINITY;
    for (const { family, fillings } of held.get(first) ?? [])
      if (fillings >= leastFillings && used.has(family)) sharers = Math.min(sharers, sizeOf(family));
    if (!Number.isFinite(sharers)) return null;
    const likely = Math.max(chance(first, second, sharers), chance(second, first, sharers));
    return { nats: Math.max(0, -Math.log(likely)), sharers };
  };
}

/** The rate a prompt at which so many accounts hold a family in the mean; Infinity where all of them do. */
function holdingRate(histogram: ReadonlyMap<number, number>, holders: number): number {
  let accounts = 0;
  for (const count of histogram.values()) accounts += count;
  if (holders >= accounts) return Number.POSITIVE_INFINITY;
  const expected = (rate: number) => {
    let sum = 0;
    for (const [volume, count] of histogram) sum += count * -Math.expm1(-volume * rate);
    return sum;
  };
  let [low, high] = [0, 1];
  while (expected(high) < holders) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (expected(middle) < holders) low = middle;
    else high = middle;
  }
  return high;
}
