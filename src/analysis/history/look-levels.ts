/** Most relabellings that are drawn for one test. */
export const mostPermutations = 1_000_000;
/** Fewest, so that a p-value has two digits. */
const fewestPermutations = 999;
/** Relabellings beyond what makes the corrected level just reachable, so that p need not be the very smallest. */
const margin = 4;

/**
 * Error probability spent on the t-th look: alpha * 6 / (pi^2 t^2). They add up to alpha over all looks there will ever
 * be, so that by the union bound P(any false alarm, ever) <= alpha, however the looks depend on each other, and a later
 * look moves no earlier one's level. No look count need be fixed beforehand.
 *
 * @param look - from 1
 * @see Tian & Ramdas (2021), doi:10.1177/0962280220983381, on spending alpha online for the family-wise error rate
 */
export function levelOfLook(alpha: number, look: number): number {
  return (alpha * 6) / (Math.PI ** 2 * look ** 2);
}

/**
 * Relabellings with which Holm's smallest threshold, level / tests, is within reach of p >= 1 / (m + 1), with a margin;
 * at least 999 and at most 1,000,000.
 */
export function permutationsFor(level: number, tests: number): number {
  const needed = Math.ceil((margin * Math.max(1, tests)) / level);
  return Math.min(mostPermutations, Math.max(fewestPermutations, needed));
}
