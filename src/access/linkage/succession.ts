import { seededRandom } from "../../schema/random.ts";
import { mix32 } from "../prompts/prompt-words.ts";

/** What one account asked of one family, in any order. */
export interface WalkMember {
  readonly account: number;
  readonly asked: readonly { readonly time: number; readonly slots: readonly number[] }[];
}

/** Two accounts that take one walk from each other's hands. */
export interface Succession {
  readonly first: number;
  readonly second: number;
  /** Times that one began soon after the other had stopped. */
  readonly handOvers: number;
  /** (k + 1) / (m + 1), in (0, 1]. */
  readonly pValue: number;
}

/** An account that is silent so long has stopped; one that begins within as long after another may go on with its walk. */
const shortMs = 3_600_000;
/** Hand-overs that a pair needs to be tested. */
const leastHandOvers = 5;
/** Accounts that stopped last are looked at as predecessors. */
const mostPredecessors = 3;
/** Sessions among which what was asked is exchanged. */
const blockSize = 6;
const fewArrangements = 99;
const manyArrangements = 1999;

/**
 * Whether accounts hand a walk over in time: one stops, another begins soon after and goes on from where it stopped.
 *
 * Onward is learned from the family itself: two values of a slot follow one another if sessions of single accounts
 * go from the one to the other more often than back. A hand-over scores what leads onward from the last prompt of the one
 * to the first of the other, less what leads onward from the other's own last session to it. Likeness (one product, the news
 * of the day) goes both ways and counts nothing; two who walk the same way each by themselves resume their own walks.
 *
 * Null: which session asked which stretch of prompts is exchangeable. Accounts, their times and so their hand-overs stay; what
 * the sessions of the two asked is permuted among six that follow each other, so that what drifts for everybody stays too.
 *
 * It is no second count of `gridAvoidance`, which says which cells accounts ask, whenever. A stretch moves as a whole, so that
 * every arrangement asks the same cells, as often and with as few repetitions, and p is a chance given all that.
 * The least p is 1/2000: with 7.6 nats no pair is linked by its order alone.
 *
 * It sees neither walks in shuffled order, nor those of which few sampled prompts follow each other, nor numbered items
 * that nobody asks twice. Not in the null: a schedule that gives each account its hour and each hour its questions.
 *
 * @param members - the order does not matter; not modified
 * @param mostPairs - pairs that are tested, those with the most hand-overs; each takes some milliseconds
 * @returns pairs with five hand-overs or more, most first; first < second
 * @see Phipson & Smyth (2010), doi:10.2202/1544-6115.1585, for the "+ 1"
 */
export function successions(members: readonly WalkMember[], mostPairs: number): Succession[] {
  const sessions = new Map(members.map((member) => [member.account, sessionsOf(member)]));
  const onward = onwardScore(members);
  const candidates = candidatePairs([...sessions.values()].flat()).slice(0, mostPairs);
  return candidates.flatMap(({ first, second }) => {
    const merged = [...(sessions.get(first) ?? []), ...(sessions.get(second) ?? [])].sort(byTime);
    return test(merged, onward) ?? [];
  });
}

interface Session {
  readonly account: number;
  readonly from: number;
  readonly to: number;
  /** Slots of its first and last prompt. */
  readonly begins: readonly number[];
  readonly ends: readonly number[];
}

const byTime = (a: Session, b: Session): number =>
  a.from - b.from || a.to - b.to || (a.begins[0] ?? 0) - (b.begins[0] ?? 0) || a.account - b.account;

const inOrder = ({ asked }: WalkMember) =>
  [...asked].sort((a, b) => a.time - b.time || lexical(a.slots, b.slots));

function lexical(first: readonly number[], second: readonly number[]): number {
  const at = first.findIndex((value, index) => value !== second[index]);
  return at < 0 ? 0 : (first[at] ?? 0) - (second[at] ?? 0);
}

function sessionsOf(member: WalkMember): Session[] {
  const sessions: {
    account: number;
    from: number;
    to: number;
    begins: readonly number[];
    ends: readonly number[];
  }[] = [];
  for (const { time, slots } of inOrder(member)) {
    const last = sessions.at(-1);
    if (last === undefined || time - last.to > shortMs)
      sessions.push({ account: member.account, from: time, to: time, begins: slots, ends: slots });
    else [last.to, last.ends] = [time, slots];
  }
  return sessions;
}

/** Pairs of which one often begins soon after the other has stopped. */
function candidatePairs(sessions: readonly Session[]): { first: number; second: number }[] {
  const stopped = [...sessions].sort((a, b) => a.to - b.to || byTime(a, b));
  const counts = new Map<string, { first: number; second: number; count: number }>();
  let before = 0;
  for (const session of [...sessions].sort(byTime)) {
    while (before < stopped.length && (stopped[before]?.to ?? 0) < session.from) before++;
    for (let at = before - 1; at >= Math.max(0, before - mostPredecessors); at--) {
      const other = stopped[at] as Session;
      if (session.from - other.to > shortMs) break;
      if (other.account === session.account) continue;
      const [first, second] = [
        Math.min(other.account, session.account),
        Math.max(other.account, session.account),
      ];
      const known = counts.get(`${first},${second}`);
      if (known === undefined) counts.set(`${first},${second}`, { first, second, count: 1 });
      else known.count++;
    }
  }
  return [...counts.values()]
    .filter(({ count }) => count >= leastHandOvers)
    .sort((a, b) => b.count - a.count || a.first - b.first || a.second - b.second);
}

type Onward = (from: readonly number[], to: readonly number[]) => number;

/** Sum over slots of ln of how often sessions go from one value to the other against back, each with a half added. */
function onwardScore(members: readonly WalkMember[]): Onward {
  const steps: Map<string, number>[] = [];
  for (const member of members) {
    const asked = inOrder(member);
    for (const [at, { time, slots }] of asked.entries()) {
      const next = asked[at + 1];
      if (next === undefined || next.time - time > shortMs) continue;
      for (const [slot, value] of slots.entries()) {
        steps[slot] ??= new Map();
        const key = `${value},${next.slots[slot]}`;
        steps[slot].set(key, (steps[slot].get(key) ?? 0) + 1);
      }
    }
  }
  return (from, to) => {
    let sum = 0;
    for (const [slot, value] of from.entries()) {
      const there = steps[slot]?.get(`${value},${to[slot]}`) ?? 0;
      const back = steps[slot]?.get(`${to[slot]},${value}`) ?? 0;
      sum += Math.log((there + 0.5) / (back + 0.5));
    }
    return sum;
  };
}

/** The test of one pair, by its sessions in order of time; null with too few hand-overs. */
function test(sessions: readonly Session[], onward: Onward): Succession | null {
  const handOvers: { from: number; to: number; own: number }[] = [];
  const latest = new Map<number, number>();
  for (const [to, session] of sessions.entries()) {
    const before = sessions[to - 1];
    if (before !== undefined && before.account !== session.account) {
      const gap = session.from - before.to;
      if (gap > 0 && gap <= shortMs)
        handOvers.push({ from: to - 1, to, own: latest.get(session.account) ?? -1 });
    }
    latest.set(session.account, to);
  }
  if (handOvers.length < leastHandOvers) return null;
  const score = scores(sessions, onward);
  const statistic = (order: ArrayLike<number>) => {
    let sum = 0;
    for (const { from, to, own } of handOvers) {
      const begins = order[to] as number;
      const resumed = own < 0 ? 0 : Math.max(0, score(order[own] as number, begins));
      sum += score(order[from] as number, begins) - resumed;
    }
    return sum;
  };
  const order = Int32Array.from(sessions.keys());
  const observed = statistic(order);
  const accounts = [...latest.keys()].sort((a, b) => a - b);
  const result = { first: accounts[0] as number, second: accounts[1] as number, handOvers: handOvers.length };
  if (observed <= 0) return { ...result, pValue: 1 };
  const random = seededRandom(
    sessions.reduce((seed, { begins, ends }) => {
      const own = mix32((begins[0] ?? 0) ^ mix32(ends[ends.length - 1] ?? 0));
      return mix32(seed ^ own);
    }, sessions.length),
  );
  let asHigh = 0;
  let arrangements = 0;
  for (const limit of [fewArrangements, manyArrangements]) {
    for (; arrangements < limit; arrangements++) {
      shuffleBlocks(order, random);
      if (statistic(order) >= observed - 1e-9) asHigh++;
    }
    if (asHigh > 2) break;
  }
  return { ...result, pValue: (asHigh + 1) / (arrangements + 1) };
}

/** Onward score from the end of one session to the beginning of another, each reckoned once. */
function scores(sessions: readonly Session[], onward: Onward): (from: number, to: number) => number {
  const known = new Map<number, number>();
  return (from, to) => {
    const key = from * sessions.length + to;
    const found = known.get(key);
    if (found !== undefined) return found;
    const value = onward(sessions[from]?.ends ?? [], sessions[to]?.begins ?? []);
    known.set(key, value);
    return value;
  };
}

function shuffleBlocks(order: Int32Array, random: () => number): void {
  for (let start = 0; start < order.length; start += blockSize)
    for (let at = Math.min(start + blockSize, order.length) - 1; at > start; at--) {
      const other = start + Math.floor(random() * (at - start + 1));
      [order[at], order[other]] = [order[other] as number, order[at] as number];
    }
}
