import { InsufficientDataError } from "../errors.ts";
import { deleteBlockJackknife, type JackknifeResult } from "../stats/delete-block-jackknife.ts";
import { studentTUpperTail } from "../stats/student-t-upper-tail.ts";

/** A statistic that can be recomputed without any block of one way of cutting probes into blocks. */
export interface BlockCut {
  /** Probes that count in each block. */
  readonly probes: ArrayLike<number>;
  /** Called with -1 for all blocks. */
  readonly statistic: (leftOut: number) => number;
}

/**
 * Block jackknife over several ways of cutting the probes into blocks, of which the one with the largest standard
 * error counts: families may hide that neighbouring probes depend on each other. Blocks without probes are left out.
 *
 * @returns null with fewer than two blocks in each, or where the statistic is not finite without some block
 */
export function largerJackknife(cuts: readonly BlockCut[]): JackknifeResult | null {
  let largest: JackknifeResult | null = null;
  for (const { probes, statistic } of cuts) {
    const used = Array.from(probes, (_, block) => block).filter((block) => (probes[block] ?? 0) > 0);
    if (used.length < 2) continue;
    try {
      const result = deleteBlockJackknife(
        used.map((block) => probes[block] as number),
        (leftOut) => statistic(leftOut === null ? -1 : (used[leftOut] as number)),
      );
      if (largest === null || result.standardError > largest.standardError) largest = result;
    } catch (error) {
      if (!(error instanceof InsufficientDataError)) throw error;
      return null;
    }
  }
  return largest;
}

/**
 * One-sided p-value of the null that a statistic is at most 0, by Student's t with blocks - 1 degrees.
 *
 * Without any spread over blocks there is nothing to judge by: 0.5 above 0, else 1. Null where there is no jackknife.
 */
export function aboveZero(result: JackknifeResult | null): number | null {
  if (result === null) return null;
  const { estimate, standardError, degreesOfFreedom } = result;
  if (standardError === 0) return estimate > 0 ? 0.5 : 1;
  return studentTUpperTail(estimate / standardError, degreesOfFreedom);
}
