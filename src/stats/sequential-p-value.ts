/**
 * Monte Carlo p-value of a permutation test that may stop once its p is known to be large: enough / drawn where it
 * stopped at the enough-th relabelling that was at least as large as observed, else (1 + atLeast) / (1 + drawn).
 * Under the null P(p <= a) <= a for every a, as with a fixed number of relabellings.
 *
 * @param atLeast - relabellings at least as large as observed, at most `enough`
 * @param drawn - relabellings drawn, at least 1
 * @param enough - where to stop; Infinity for never
 * @see Besag & Clifford (1991), "Sequential Monte Carlo p-values", doi:10.1093/biomet/78.2.301; Phipson & Smyth (2010),
 *   doi:10.2202/1544-6115.1585, for the "+ 1"
 */
export function sequentialPValue(atLeast: number, drawn: number, enough: number): number {
  return atLeast >= enough ? enough / drawn : (1 + atLeast) / (1 + drawn);
}
