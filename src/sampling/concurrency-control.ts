/** How many requests may be out at once per origin and key, adjustable while sampling goes on. */
export interface ConcurrencyControl {
  current(): number;
  set(concurrency: number): void;
  /** Calls back with every new value, and at once where it was changed before. */
  onChange(callback: (concurrency: number) => void): void;
}

/** The most that can be asked for, in a configuration or while a run goes on. */
export const mostConcurrency = 1_024;

export function createConcurrencyControl(initial: number): ConcurrencyControl {
  const callbacks: ((concurrency: number) => void)[] = [];
  let current = initial;
  return {
    current: () => current,
    set(concurrency) {
      if (concurrency === current) return;
      current = concurrency;
      for (const callback of callbacks) callback(concurrency);
    },
    onChange(callback) {
      callbacks.push(callback);
      if (current !== initial) callback(current);
    },
  };
}
