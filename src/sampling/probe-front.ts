/** How far all targets together have come in a common order of probes. A sample is settled once it is recorded or given up. */
export interface ProbeFront {
  /** Whether samples of the probe at this place may be begun: targets that are faster wait for the others. */
  isOpen(place: number): boolean;
  /** A sample of the probe at this place is settled. */
  settle(place: number): void;
  /** So many probes, from the first on, have no unsettled sample. */
  count(): number;
  /** Called whenever `count` has grown. */
  onAdvance(callback: () => void): void;
}

/**
 * @param places - places of all samples that are not settled yet, in any order
 * @param probes - probes in the order
 * @param ahead - how many probes may be under way at once, at least 1
 */
export function createProbeFront(places: Iterable<number>, probes: number, ahead: number): ProbeFront {
  const unsettled = new Uint32Array(probes);
  for (const place of places) unsettled[place] = (unsettled[place] as number) + 1;
  const callbacks: (() => void)[] = [];
  let count = 0;
  const advance = () => {
    while (count < probes && unsettled[count] === 0) count++;
  };
  advance();
  return {
    isOpen: (place) => place < count + ahead,
    settle(place) {
      unsettled[place] = Math.max(0, (unsettled[place] as number) - 1);
      const before = count;
      advance();
      if (count > before) for (const callback of callbacks) callback();
    },
    count: () => count,
    onAdvance: (callback) => void callbacks.push(callback),
  };
}
