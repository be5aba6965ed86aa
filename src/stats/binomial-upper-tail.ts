import { requireCount, requireWithin } from "./check-values.ts";
import { regularizedIncompleteBeta } from "./regularized-incomplete-beta.ts";

/**
 * Exact upper tail P(X >= hits) of the binomial distribution: the p-value of "more hits than chance".
 *
 * Null: each of `trials` independent trials hits with probability `p`.
 *
 * @param hits - whole number in [0, trials]; 0 hits give 1
 * @param trials - whole number, at least 0
 * @param p - probability of one hit, in [0, 1]
 * @returns in [0, 1], right to 1e-12 relative
 * @throws RangeError when an argument is outside its range or not whole
 */
export function binomialUpperTail(hits: number, trials: number, p: number): number {
  requireCount(trials, "trials");
  requireCount(hits, "hits");
  if (hits > trials) throw new RangeError(`hits must be in [0, ${trials}], got ${hits}.`);
  requireWithin(p, "p", [0, 1]);
  return hits === 0 ? 1 : regularizedIncompleteBeta(p, hits, trials - hits + 1);
}
