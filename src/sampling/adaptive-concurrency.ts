/** How many requests may be out at once: shrinks when the server says it is too many, grows while it does not. */
export interface AdaptiveConcurrency {
  /** Whole number from 1 to the maximum. */
  limit(): number;
  /** A request came back well: grows by one after as many successes as the limit is. */
  succeeded(): void;
  /** The server was rate limiting: halves. Requests that started before the last halving count as the same event. */
  limited(startedAt: number, now: number): void;
  /** The server was in trouble otherwise: growth starts anew. */
  troubled(): void;
  /** Sets another maximum: the limit shrinks to it at once, or grows towards it as requests succeed. */
  setMaximum(maximum: number): void;
}

/** Additive increase, multiplicative decrease, starting at the maximum. */
export function createAdaptiveConcurrency(initialMaximum: number): AdaptiveConcurrency {
  let maximum = initialMaximum;
  let current = maximum;
  let successes = 0;
  let shrunkAt = Number.NEGATIVE_INFINITY;
  return {
    limit: () => current,
    succeeded() {
      successes++;
      if (successes < current || current >= maximum) return;
      current++;
      successes = 0;
    },
    limited(startedAt, now) {
      successes = 0;
      if (startedAt < shrunkAt) return;
      shrunkAt = now;
      current = Math.max(1, Math.floor(current / 2));
    },
    troubled() {
      successes = 0;
    },
    setMaximum(next) {
      // Where nothing ever held it back, the limit is the maximum and stays so.
      current = current === maximum ? next : Math.min(current, next);
      maximum = next;
    },
  };
}
