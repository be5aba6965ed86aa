/** Time as an argument: the scheduler looks at no other clock. */
export interface Clock {
  /** Milliseconds that never go backwards. */
  now(): number;
  /** Calls back once, not before `ms` have passed; the returned function cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/** Longest delay that setTimeout takes (24.8 days); a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The machine's monotonic clock, so that a clock that is set has no effect. Waits of any length are kept: longer ones
 * than a timer takes are made of several, and a timer that fires a little early is set again.
 */
export function createSystemClock(longestMs = longestTimerMs): Clock {
  return {
    now: () => performance.now(),
    after(ms, callback) {
      const dueAt = performance.now() + ms;
      const wait = (leftMs: number) => setTimeout(tick, Math.min(Math.max(0, Math.ceil(leftMs)), longestMs));
      const tick = () => {
        const leftMs = dueAt - performance.now();
        if (leftMs <= 0) callback();
        else timer = wait(leftMs);
      };
      let timer = wait(ms);
      return () => clearTimeout(timer);
    },
  };
}

export const systemClock: Clock = createSystemClock();
