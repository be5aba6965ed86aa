import { binomialUpperTail } from "../stats/binomial-upper-tail.ts";

/** What so many slots of so many variants can show. */
export interface CanaryPower {
  readonly slots: number;
  readonly variants: number;
  /** Fewest hits with a p-value at or below alpha; null where not even all slots are enough. */
  readonly hitsNeeded: number | null;
  /** The p-value of so many hits. */
  readonly pValue: number | null;
  /** For each uptake asked about, the probability of at least so many hits. */
  readonly power: readonly number[];
  /** Smallest uptake that is detected with the power asked for; null where none is. */
  readonly smallestUptake: number | null;
}

/**
 * Exact power of the binomial test of m slots with K variants.
 *
 * A suspect has taken up a slot with probability `uptake`, and then gives the planted variant; else it gives it with
 * probability 1/K. So a slot hits with u + (1 - u)/K.
 *
 * @param options.alpha - one-sided level, already divided by the number of secrets where there are several
 * @param options.uptakes - shares in [0, 1]
 * @param options.wanted - power for `smallestUptake`, found to 0.001
 */
export function canaryPower(
  slots: number,
  variants: number,
  options: { readonly alpha: number; readonly uptakes: readonly number[]; readonly wanted: number },
): CanaryPower {
  const tail = (hits: number, uptake: number) =>
    binomialUpperTail(hits, slots, uptake + (1 - uptake) / variants);
  let hitsNeeded: number | null = null;
  for (let hits = slots; hits > 0 && tail(hits, 0) <= options.alpha; hits--) hitsNeeded = hits;
  if (hitsNeeded === null)
    return {
      slots,
      variants,
      hitsNeeded,
      pValue: null,
      power: options.uptakes.map(() => 0),
      smallestUptake: null,
    };
  const needed = hitsNeeded;
  let low = 0;
  let high = 1;
  while (high - low > 0.001) {
    const middle = (low + high) / 2;
    if (tail(needed, middle) < options.wanted) low = middle;
    else high = middle;
  }
  return {
    slots,
    variants,
    hitsNeeded,
    pValue: tail(needed, 0),
    power: options.uptakes.map((uptake) => tail(needed, uptake)),
    smallestUptake: high,
  };
}
