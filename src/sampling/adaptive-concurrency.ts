/** How many requests may be out at once: shrinks when the server says it is too many, grows while it does not. */
export interface AdaptiveConcurrency {
  /** Whole number from 1 to the maximum. */
  limit(): number;
  /**
   * A request came back well. Lets the limit grow where it was used up: by one for every success until the server is in
   * trouble for the first time (it doubles in the time of one request), then by one for as many successes as the limit is.
   * @param out - requests that were out, this one included
   */
  succeeded(out: number): void;
  /** The server was rate limiting: halves. Requests that started before the last halving count as the same event. */
  limited(startedAt: number, now: number): void;
  /** The server was in trouble otherwise: stays as it is, and growth starts anew. */
  troubled(): void;
  /** Sets another maximum: the limit shrinks to it at once, or grows towards it as requests succeed. */
  setMaximum(maximum: number): void;
}

/** How many requests go out before the first answer is there. */
export const firstConcurrency = 4;

/**
 * Slow start, then additive increase and multiplicative decrease, as TCP does it.
 * @see RFC 5681, sections 3.1; RFC 7661 for not growing what is not used
 */
export function createAdaptiveConcurrency(initialMaximum: number): AdaptiveConcurrency {
  let maximum = initialMaximum;
  let current = Math.min(maximum, firstConcurrency);
  let slowStart = true;
  let successes = 0;
  let shrunkAt = Number.NEGATIVE_INFINITY;
  return {
    limit: () => current,
    succeeded(out) {
      if (out < current || current >= maximum) return;
      successes++;
      if (!slowStart && successes < current) return;
      current++;
      successes = 0;
    },
    limited(startedAt, now) {
      slowStart = false;
      successes = 0;
      if (startedAt < shrunkAt) return;
      shrunkAt = now;
      current = Math.max(1, Math.floor(current / 2));
    },
    troubled() {
      slowStart = false;
      successes = 0;
    },
    setMaximum(next) {
      current = Math.min(current, next);
      maximum = next;
    },
  };
}
