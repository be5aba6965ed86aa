import { poissonSurprise } from "../timing/poisson-surprise.ts";
import { avoidanceNats, avoidedShare } from "./chance.ts";

/** One filling of a template that an account asked for. */
export interface Filling {
  /** Equal for equal fillings, of all slots. */
  readonly cell: bigint;
  /** Hash of the prompt as a number in [0, 1): samples of two accounts are both complete below some place. */
  readonly place: number;
  /** Value of each slot, as a number. */
  readonly slots: readonly number[];
}

/** What one account asked for of one family. */
export interface GridMember {
  readonly account: number;
  /** The sample holds all prompts of the account up to this place; in (0, 1], 1 for all. */
  readonly completeTo: number;
  /** Different cells, by rising place. */
  readonly fillings: readonly Filling[];
}

/** How an account stands to the others of a family. */
export interface GridAvoidance {
  readonly account: number;
  /** Cells it shares with those it may avoid, one count for each, and the mean of that by chance. */
  readonly observed: number;
  readonly expected: number;
  /** Surprise of so few; see `avoidanceNats`. */
  readonly nats: number;
  /** Index of the member that avoids others too and could have met this one most often; -1 for none. */
  readonly partner: number;
}

/** Members that each one is compared with; fewer in families of more than 10,000 accounts. */
const mostPartners = 400;
const comparisonBudget = 4_000_000;
/** Pairs of values over values: up to this, one slot says what the other one is. */
const determined = 1.05;
/** A pair that meets so much more often than by chance does not avoid each other: P < 0.001. */
const excessNats = 7;
/** Less is not worth a closer look. */
const leastNats = 1;
/** Meetings by chance from which a pair by itself can be told to meet or not. */
const tellingMean = 8;

/**
 * Whether accounts fill one grid without repeating each other.
 *
 * Null: each account draws its fillings by itself; given which values of each slot it uses how often, slots are filled
 * independently of each other and of other accounts. Two accounts with `a` and `b` fillings then share
 * a b prod over slots (sum over values p_a(v) p_b(v)) cells in the mean. Accounts that keep to values of their own (their
 * product, their project, their numbers) are not expected to meet, and nothing follows from their not meeting; nor from a
 * single slot, where the expected number is the observed one. Accounts that ask what everybody asks (a benchmark) meet more
 * often than expected. What is left is accounts that use the same values in all slots and never the same combination.
 *
 * The mean is not scaled up where samples are parts: they hold the same cells of both accounts, so that values that
 * belong to one cell already meet more often in them. This gives evidence away, never too much of it.
 *
 * A slot that another slot determines (a term that belongs to one field) adds nothing and is left out of the product, and of
 * what makes a meeting: it may be determined but for a few fillings, and be another one just in those (a question of a
 * benchmark, asked in two ways).
 *
 * @param members - at least two for any result; the order does not matter up to `partner`. Not modified
 * @returns one entry a member, in their order
 */
export function gridAvoidance(members: readonly GridMember[]): GridAvoidance[] {
  const slots = freeSlots(members);
  const limit = Math.max(50, Math.min(mostPartners, Math.floor(comparisonBudget / members.length)));
  const partners = [...members.keys()]
    .sort((a, b) => firstPlace(members[a]) - firstPlace(members[b]))
    .slice(0, limit);
  const holders = slots.map((slot) => holdersOf(members, partners, slot));
  const cells = cellHolders(members, partners, slots);
  const rows = members.map((member, index): Meetings => {
    const match = new Float64Array(partners.length).fill(1);
    for (const [at, slot] of slots.entries()) multiplyBySlot(match, member, slot, holders[at]);
    const expected = match.map((probability, at) => {
      const partner = members[partners[at] as number] as GridMember;
      if (partners[at] === index) return 0;
      const upTo = Math.min(member.completeTo, partner.completeTo);
      const [own, other] = [countUpTo(member, upTo), countUpTo(partner, upTo)];
      return Math.min(own, other, own * other * probability);
    });
    const observed = new Float64Array(partners.length);
    for (const filling of member.fillings)
      for (const { at, place: other } of cells.get(freeCell(filling, slots)) ?? []) {
        const partner = partners[at] as number;
        const upTo = Math.min(member.completeTo, (members[partner] as GridMember).completeTo);
        if (partner !== index && filling.place <= upTo && other <= upTo)
          observed[at] = (observed[at] as number) + 1;
      }
    return { expected, observed, strangers: strangersOf(expected, observed) };
  });
  const sums = rows.map((row, index) => sumOver(row, index, rows, partners));
  return sums.map(({ observed, expected, nats }, index) => {
    const row = rows[index] as Meetings;
    let best = -1;
    let strength = 0;
    let meetings = 0;
    if (nats > 0)
      for (const [at, partner] of partners.entries()) {
        if (row.strangers[at] === 1) continue;
        const both = Math.min(nats, sums[partner]?.nats ?? 0);
        const mean = row.expected[at] as number;
        if (both > strength || (both > 0 && both === strength && mean > meetings))
          [best, strength, meetings] = [partner, both, mean];
      }
    return { account: (members[index] as GridMember).account, observed, expected, nats, partner: best };
  });
}

/** How often a member meets each partner, by chance and in fact, and which ones cannot be its own kind. */
interface Meetings {
  readonly expected: Float64Array;
  readonly observed: Float64Array;
  readonly strangers: Uint8Array;
}

/**
 * Partners that a member does not avoid: they meet more often than chance has it, or half as often where that can be told.
 * Another walk over the same grid must not hide this one. Leaving them out makes no avoidance out of chance: partners that
 * are left by luck still meet in some 0.4 of the expected number, above the quarter that avoidance asks for.
 */
function strangersOf(expected: Float64Array, observed: Float64Array): Uint8Array {
  return Uint8Array.from(expected, (mean, at) => {
    const count = observed[at] as number;
    if (mean <= 0 || poissonSurprise(count, mean) > excessNats) return 1;
    return mean >= tellingMean && count > mean / 2 ? 1 : 0;
  });
}

/**
 * Meetings with all partners that are not strangers, to it or to these partners together. What is left must avoid each
 * other as well: users of one half of a public benchmark avoid those of the other half, but not one another.
 */
function sumOver(
  { expected, observed, strangers }: Meetings,
  index: number,
  rows: readonly Meetings[],
  partners: readonly number[],
): { observed: number; expected: number; nats: number } {
  const near = [...partners.keys()].filter((at) => strangers[at] !== 1 && partners[at] !== index);
  // Without a chance to meet there is nothing to avoid: most honest accounts are done here.
  if (avoidanceNats(0, total(expected, near)) < leastNats)
    return { observed: total(observed, near), expected: total(expected, near), nats: 0 };
  const own = (at: number) => rows[partners[at] as number] as Meetings;
  const group = near.filter((at) => {
    const mean = total(own(at).expected, near) + (expected[at] as number);
    const met = total(own(at).observed, near) + (observed[at] as number);
    return mean < tellingMean || met <= mean / 2;
  });
  const sums = { observed: total(observed, group), expected: total(expected, group) };
  const met = group.reduce((sum, at) => sum + total(own(at).observed, group), 0);
  const mean = group.reduce((sum, at) => sum + total(own(at).expected, group), 0);
  return {
    ...sums,
    nats: met > avoidedShare * mean ? 0 : avoidanceNats(sums.observed, sums.expected),
  };
}

function total(values: Float64Array, places: readonly number[]): number {
  let sum = 0;
  for (const at of places) sum += values[at] as number;
  return sum;
}

const firstPlace = (member: GridMember | undefined): number => member?.fillings[0]?.place ?? 1;

/** Slots that no other one determines; of two that determine each other the one with more values. */
function freeSlots(members: readonly GridMember[]): number[] {
  const fillings = members.flatMap((member) => member.fillings);
  const count = fillings[0]?.slots.length ?? 0;
  const sizes = Array.from({ length: count }, (_, slot) => new Set(fillings.map((f) => f.slots[slot])).size);
  const kept: number[] = [];
  for (const slot of [...sizes.keys()].sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || a - b)) {
    const bySlot = (other: number) =>
      new Set(fillings.map((f) => `${f.slots[other]},${f.slots[slot]}`)).size / (sizes[other] ?? 1);
    if (!kept.some((other) => bySlot(other) <= determined)) kept.push(slot);
  }
  return kept;
}

type Holders = ReadonlyMap<number, readonly { readonly at: number; readonly share: number }[]>;

/** Who of the partners uses a value of a slot, and in what share of its fillings. */
function holdersOf(members: readonly GridMember[], partners: readonly number[], slot: number): Holders {
  const holders = new Map<number, { at: number; share: number }[]>();
  for (const [at, partner] of partners.entries())
    for (const [value, share] of slotShares(members[partner] as GridMember, slot)) {
      const known = holders.get(value);
      if (known === undefined) holders.set(value, [{ at, share }]);
      else known.push({ at, share });
    }
  return holders;
}

function slotShares({ fillings }: GridMember, slot: number): Map<number, number> {
  const shares = new Map<number, number>();
  for (const { slots } of fillings) {
    const value = slots[slot] ?? 0;
    shares.set(value, (shares.get(value) ?? 0) + 1 / fillings.length);
  }
  return shares;
}

/** Multiplies each partner's probability by that of choosing the same value of this slot. */
function multiplyBySlot(
  match: Float64Array,
  member: GridMember,
  slot: number,
  holders: Holders | undefined,
): void {
  const same = new Float64Array(match.length);
  for (const [value, share] of slotShares(member, slot))
    for (const { at, share: other } of holders?.get(value) ?? [])
      same[at] = (same[at] as number) + share * other;
  for (let at = 0; at < match.length; at++) match[at] = (match[at] as number) * (same[at] as number);
}

/** What a filling asks, by the slots that count. */
const freeCell = ({ slots: values }: Filling, slots: readonly number[]): string =>
  slots.map((slot) => values[slot]).join(",");

function cellHolders(
  members: readonly GridMember[],
  partners: readonly number[],
  slots: readonly number[],
): Map<string, { at: number; place: number }[]> {
  const cells = new Map<string, { at: number; place: number }[]>();
  for (const [at, partner] of partners.entries())
    for (const filling of members[partner]?.fillings ?? []) {
      const cell = freeCell(filling, slots);
      const known = cells.get(cell);
      if (known === undefined) cells.set(cell, [{ at, place: filling.place }]);
      else known.push({ at, place: filling.place });
    }
  return cells;
}

function countUpTo({ fillings }: GridMember, upTo: number): number {
  let low = 0;
  let high = fillings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((fillings[middle]?.place ?? 1) <= upTo) low = middle + 1;
    else high = middle;
  }
  return low;
}
