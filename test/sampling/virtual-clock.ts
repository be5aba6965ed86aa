import type { Clock } from "../../src/sampling/clock.ts";

/** A clock whose time passes only when nothing is left to do. */
export interface VirtualClock extends Clock {
  /** Lets time pass until the promise settles. @throws when it waits for what will never happen */
  runUntil<T>(promise: Promise<T>): Promise<T>;
}

export function createVirtualClock(): VirtualClock {
  const timers = new Map<number, { readonly at: number; readonly callback: () => void }>();
  let now = 0;
  let count = 0;
  return {
    now: () => now,
    after(ms, callback) {
      const id = count++;
      timers.set(id, { at: now + Math.max(0, ms), callback });
      return () => void timers.delete(id);
    },
    async runUntil(promise) {
      let settled = false;
      const done = () => {
        settled = true;
      };
      promise.then(done, done);
      for (;;) {
        // All microtasks come before it: what can go on without time passing has gone on.
        await new Promise(setImmediate);
        if (settled) return promise;
        const [next] = [...timers].sort(([a, first], [b, second]) => first.at - second.at || a - b);
        if (next === undefined) throw new Error(`stuck at ${now} ms: nothing is left to wait for`);
        timers.delete(next[0]);
        now = next[1].at;
        next[1].callback();
      }
    },
  };
}
