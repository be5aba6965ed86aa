/** Time as an argument: the scheduler looks at no other clock. */
export interface Clock {
  /** Milliseconds that never go backwards. */
  now(): number;
  /** Calls back once after `ms`; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** Longest delay that setTimeout takes; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's monotonic clock, so that a clock that is set has no effect. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, ms), longestTimerMs));
    return () => clearTimeout(timer);
  },
};
