/** A limit per minute: no minute, whenever it begins, gets more. */
export interface RateLimit {
  /** How many milliseconds to wait before an amount may go out; 0 when it may now. Takes nothing. */
  waitFor(amount: number): number;
  /** Takes an amount; the returned function puts what was really used in its place. */
  take(amount: number): (used: number) => void;
}

const minuteMs = 60_000;
/** Part of a minute's amount that may go out in one burst. */
const burstShare = 1 / 12;

/**
 * A limit that spreads a minute's amount evenly, with bursts of five seconds' worth (a token bucket), and lets no window
 * of 60 seconds have more than the amount (a sliding log). An amount above the burst is let through when the bucket is
 * full, and then owed; one above the whole limit, when a minute had nothing. Without a limit everything passes.
 * @param perMinute - positive, or undefined for no limit
 * @param now - milliseconds
 */
export function createRateLimit(perMinute: number | undefined, now: () => number): RateLimit {
  if (perMinute === undefined) return { waitFor: () => 0, take: () => () => {} };
  const capacity = Math.max(1, perMinute * burstShare);
  const perMs = perMinute / minuteMs;
  /** What went out, oldest first; entries before `first` are more than a minute old. */
  let log: { readonly at: number; amount: number }[] = [];
  let first = 0;
  let inWindow = 0;
  let level = capacity;
  let filledAt = now();

  const advance = (at: number) => {
    level = Math.min(capacity, level + (at - filledAt) * perMs);
    filledAt = at;
    for (let entry = log[first]; entry !== undefined && entry.at <= at - minuteMs; entry = log[++first])
      inWindow -= entry.amount;
    if (first === log.length) inWindow = 0;
    if (first > 1_000 && first * 2 > log.length) {
      log = log.slice(first);
      first = 0;
    }
  };
  /** When enough of the window is more than a minute old. */
  const windowWait = (at: number, amount: number): number => {
    let left = inWindow;
    for (let i = first; i < log.length; i++) {
      if (left + amount <= perMinute + tolerance) return i === first ? 0 : freeAt(i - 1) - at;
      left -= (log[i] as { amount: number }).amount;
    }
    return log.length === first ? 0 : Math.max(0, freeAt(log.length - 1) - at);
  };
  const freeAt = (i: number) => (log[i] as { at: number }).at + minuteMs;

  return {
    waitFor(amount) {
      const at = now();
      advance(at);
      const missing = Math.min(amount, capacity) - level;
      const bucketWait = missing <= tolerance ? 0 : missing / perMs;
      return Math.ceil(Math.max(bucketWait, windowWait(at, amount)));
    },
    take(amount) {
      const at = now();
      advance(at);
      level -= amount;
      const entry = { at, amount };
      log.push(entry);
      inWindow += amount;
      return (used) => {
        advance(now());
        const more = used - entry.amount;
        entry.amount = used;
        level = Math.min(capacity, level - more);
        if (entry.at > filledAt - minuteMs) inWindow += more;
      };
    },
  };
}

/** Of sums of many fractions, or rounding makes the last fraction of a millisecond repeat. */
const tolerance = 1e-6;
