/** A token bucket for a limit per minute. */
export interface RateBucket {
  /** Takes `amount` and returns 0, or takes nothing and returns how many milliseconds to wait before trying again. */
  take(amount: number): number;
}

/** Part of a minute's amount that may go out in one burst. */
const burstShare = 1 / 12;

/**
 * A bucket that refills evenly and starts full with five seconds' worth. An amount larger than that is let through
 * when the bucket is full, and then owed. Without a limit everything passes.
 * @param perMinute - positive, or undefined for no limit
 * @param now - milliseconds
 */
export function createRateBucket(perMinute: number | undefined, now: () => number): RateBucket {
  if (perMinute === undefined) return { take: () => 0 };
  const capacity = Math.max(1, perMinute * burstShare);
  const perMs = perMinute / 60_000;
  let level = capacity;
  let filledAt = now();
  return {
    take(amount) {
      const at = now();
      level = Math.min(capacity, level + (at - filledAt) * perMs);
      filledAt = at;
      const needed = Math.min(amount, capacity);
      // A hair's breadth of tolerance, or rounding makes the last fraction of a millisecond repeat.
      if (level + 1e-9 < needed) return Math.max(1, Math.ceil((needed - level) / perMs));
      level -= amount;
      return 0;
    },
  };
}
