import type { GridFamily } from "./grid-families.ts";
import { leastFillings } from "./grid-families.ts";
import { type Succession, successions } from "./succession.ts";

/** Two accounts that hand one walk over in time, by the family in which they do so least by chance. */
export interface WalkSuccession extends Succession {
  readonly family: number;
  /** -ln of the p-value, after a correction for the families in which the pair was tested; > 0. */
  readonly nats: number;
}

/** Pairs that are tested in all, in the largest families first: a bound on the time, some 20 s. */
const mostPairs = 3000;

/**
 * Users of one template among whom it is looked for; of more, somebody always begins when one stops. A bound on memory, some
 * 0.2 kB a sampled prompt.
 */
const mostWalkers = 1000;

/** Collects hand-overs in time over families; see `successions`. */
export function successionSearch() {
  let left = mostPairs;
  const best = new Map<string, Succession & { readonly family: number; readonly tested: number }>();
  return {
    add({ family, members }: GridFamily): void {
      const walkers = [...members].flatMap(([account, asked]) =>
        asked.length >= leastFillings ? [{ account, asked }] : [],
      );
      if (walkers.length > mostWalkers) return;
      for (const found of successions(walkers, left)) {
        left--;
        const key = `${found.first},${found.second}`;
        const known = best.get(key);
        const tested = (known?.tested ?? 0) + 1;
        best.set(
          key,
          known === undefined || found.pValue < known.pValue
            ? { ...found, family, tested }
            : { ...known, tested },
        );
      }
    },
    result: (): WalkSuccession[] =>
      [...best.values()].flatMap(({ tested, ...found }) => {
        const nats = -Math.log(found.pValue) - Math.log(tested);
        return nats > 0 ? [{ ...found, nats }] : [];
      }),
  };
}
