import { requireWithin } from "./check-values.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { studentTUpperTail } from "./student-t-upper-tail.ts";

/**
 * Quantile of Student's t distribution.
 *
 * Bisection on the tail, started at the normal quantile: far quantiles are as precise as near ones.
 *
 * @param p - lower-tail probability in (0, 1)
 * @param degreesOfFreedom - above 0, need not be whole
 * @returns t with P(T <= t) = p, to about 1e-12 relative; 0 for p = 0.5
 * @throws RangeError when an argument is outside its range
 */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  requireWithin(p, "p", [Number.MIN_VALUE, 1 - Number.EPSILON / 2]);
  if (p === 0.5) return 0;
  if (p > 0.5) return -studentTQuantile(1 - p, degreesOfFreedom);
  // Heavier tails than the normal's: the quantile lies at or beyond the normal one.
  let low = -normalQuantile(p);
  let high = low;
  const excess = (t: number) => Math.log(studentTUpperTail(t, degreesOfFreedom) / p);
  while (excess(high) > 0) {
    low = high;
    high *= 2;
    if (high === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  }
  for (let step = 0; step < 200 && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return -(low + high) / 2;
}
