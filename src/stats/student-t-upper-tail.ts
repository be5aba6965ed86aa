import { requireWithin } from "./check-values.ts";
import { regularizedIncompleteBeta } from "./regularized-incomplete-beta.ts";

/**
 * Upper tail P(T > t) of Student's t distribution.
 *
 * @param t - any number, infinities too
 * @param degreesOfFreedom - above 0, need not be whole
 * @returns in [0, 1], right to 1e-12 relative
 * @throws RangeError when t is NaN or degreesOfFreedom is not above 0
 */
export function studentTUpperTail(t: number, degreesOfFreedom: number): number {
  requireWithin(t, "t", [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  requireWithin(degreesOfFreedom, "degreesOfFreedom", [Number.MIN_VALUE, Number.MAX_VALUE]);
  if (!Number.isFinite(t)) return t > 0 ? 0 : 1;
  // Written with the ratio so that t * t cannot overflow; both parts are given to lose no digits near 0 and 1.
  const ratio = (t / degreesOfFreedom) * t;
  const tail = regularizedIncompleteBeta(1 / (1 + ratio), degreesOfFreedom / 2, 0.5, ratio / (1 + ratio)) / 2;
  return t >= 0 ? tail : 1 - tail;
}
