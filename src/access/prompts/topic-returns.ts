import { seededRandom } from "../../schema/random.ts";
import { mix32 } from "./prompt-words.ts";

/** How seldom a sequence comes back to a topic. */
export interface TopicReturns {
  /** 1 - observed / expected pairs of one topic within the window, in [-inf, 1]: 0 as in any order, 1 none at all. */
  readonly avoidance: number;
  /** Lower tail: as few returns under a shuffled order. */
  readonly pValue: number;
  /** Pairs expected under a shuffled order. */
  readonly expected: number;
}

/** Requests after one in which a return counts. */
const window = 8;
const fewShuffles = 99;
const manyShuffles = 1999;

/**
 * Permutation test for a walk: does a sequence return to a topic less often than a shuffled one? Talk comes
 * in runs and returns more; independent requests (many users behind one account) as often; a walk over a list of topics
 * less, whatever its words. Null: all orders of the same topics are equally likely.
 *
 * Power: it sees walks that change topic at each step and whose sampled prompts lie close together; it misses a walk that
 * stays with a topic before it goes on, one in shuffled order, and one of which only a thin sample was read.
 *
 * @param topics - in order of time; not modified. The shuffles are seeded by the sequence itself
 * @param options.leastExpected - with fewer pairs expected nothing is tested, and p is 1; default 0
 * @returns p in (0, 1], (k + 1) / (m + 1) with m = 99, or 1999 where it may be small; 1 without a shuffle where
 *   there are no fewer returns than expected. NaN avoidance where no pair is expected
 * @see Phipson & Smyth (2010), doi:10.2202/1544-6115.1585, for the "+ 1"
 */
export function topicReturns(
  topics: readonly number[],
  { leastExpected = 0 }: { readonly leastExpected?: number } = {},
): TopicReturns {
  const n = topics.length;
  const counts = new Map<number, number>();
  for (const topic of topics) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  let together = 0;
  for (const count of counts.values()) together += count * (count - 1);
  let pairs = 0;
  for (let lag = 1; lag <= Math.min(window, n - 1); lag++) pairs += n - lag;
  const expected = n < 2 ? 0 : (pairs * together) / (n * (n - 1));
  if (expected === 0) return { avoidance: Number.NaN, pValue: 1, expected };
  const observed = returns(topics);
  if (observed >= expected || expected < leastExpected)
    return { avoidance: 1 - observed / expected, pValue: 1, expected };
  const random = seededRandom(topics.reduce((seed, topic) => mix32(seed ^ mix32(topic + 1)), n));
  const order = Int32Array.from(topics);
  let fewer = 0;
  let shuffles = 0;
  for (const limit of [fewShuffles, manyShuffles]) {
    for (; shuffles < limit; shuffles++) {
      for (let at = n - 1; at > 0; at--) {
        const other = Math.floor(random() * (at + 1));
        [order[at], order[other]] = [order[other] as number, order[at] as number];
      }
      if (returns(order) <= observed) fewer++;
    }
    if (fewer > 1) break;
  }
  return { avoidance: 1 - observed / expected, pValue: (fewer + 1) / (shuffles + 1), expected };
}

function returns(topics: ArrayLike<number>): number {
  let found = 0;
  for (let at = 0; at < topics.length; at++)
    for (let lag = 1; lag <= window && at + lag < topics.length; lag++)
      if (topics[at] === topics[at + lag]) found++;
  return found;
}
