import { requireWithin } from "./check-values.ts";
import { normalUpperTail } from "./normal-upper-tail.ts";

/**
 * Quantile of the standard normal distribution.
 *
 * Newton steps on the logarithm of the upper tail, which is concave: they settle from any start.
 *
 * @param p - lower-tail probability in [0, 1]; 0 and 1 give the infinities
 * @returns z with P(Z <= z) = p, to about 1e-14 relative
 * @throws RangeError when p is outside [0, 1]
 */
export function normalQuantile(p: number): number {
  requireWithin(p, "p", [0, 1]);
  if (p > 0.5) return p === 1 ? Number.POSITIVE_INFINITY : -normalQuantile(1 - p);
  if (p === 0) return Number.NEGATIVE_INFINITY;
  let z = Math.sqrt(-2 * Math.log(2 * p));
  for (let iteration = 0; iteration < 50; iteration++) {
    const tail = normalUpperTail(z);
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const step = (Math.log(tail / p) * tail) / density;
    z += step;
    if (Math.abs(step) <= 1e-15 * Math.abs(z)) break;
  }
  return z === 0 ? 0 : -z;
}
