import type { Random } from "../../schema/random.ts";

/** Milliseconds between two looks at a batch: the first, and the longest they grow to. */
export interface PollTimes {
  readonly firstMs: number;
  readonly longestMs: number;
}

export const defaultPollTimes: PollTimes = { firstMs: 2_000, longestMs: 60_000 };

/** Delays that grow by half each time, with jitter down to half, so that many waiting processes do not ask at one time. */
export function createPollDelay(times: PollTimes, random: Random): { next(): number; reset(): void } {
  let bound = times.firstMs;
  return {
    next() {
      const delay = Math.round(bound * (0.5 + random() / 2));
      bound = Math.min(times.longestMs, bound * 1.5);
      return delay;
    },
    reset() {
      bound = times.firstMs;
    },
  };
}
