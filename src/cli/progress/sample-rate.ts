/** How fast samples come in, lately. */
export interface SampleRate {
  /** One more at this time, in milliseconds. */
  count(now: number): void;
  /** Samples a second; null before the first. */
  perSecond(now: number): number | null;
}

/** Seconds that count as lately, and the fewest samples in them that say something. */
const windowSeconds = 30;
const fewest = 5;

/** The rate over the last half minute; where samples are rarer than that, over all the time since `startedAt`. */
export function createSampleRate(startedAt: number): SampleRate {
  const bySecond = new Map<number, number>();
  let total = 0;
  const forget = (second: number) => {
    for (const old of bySecond.keys()) if (old <= second - windowSeconds) bySecond.delete(old);
  };
  return {
    count(now) {
      const second = Math.floor(now / 1000);
      total++;
      bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
      forget(second);
    },
    perSecond(now) {
      if (total === 0) return null;
      forget(Math.floor(now / 1000));
      const elapsed = Math.max(0.001, (now - startedAt) / 1000);
      const lately = [...bySecond.values()].reduce((sum, count) => sum + count, 0);
      return lately < fewest ? total / elapsed : lately / Math.min(windowSeconds, elapsed);
    },
  };
}

/** Seconds that so many samples take after a pause, or null where nothing says. */
export function secondsLeft(samples: number, perSecond: number | null, pauseSeconds = 0): number | null {
  if (samples === 0) return 0;
  return perSecond === null || perSecond <= 0 ? null : pauseSeconds + samples / perSecond;
}

/** A length of time in at most two units: `12 s`, `5 min`, `3 h 20 min`, `2 d 4 h`. */
export function durationWords(seconds: number): string {
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}
