import { requireWithin } from "./check-values.ts";
import { regularizedUpperGamma } from "./regularized-upper-gamma.ts";

/**
 * Upper tail P(X > x) of the chi-squared distribution.
 *
 * @param x - at least 0
 * @param degreesOfFreedom - above 0, need not be whole
 * @returns in [0, 1], right to 1e-12 relative
 * @throws RangeError when an argument is outside its range
 */
export function chiSquaredUpperTail(x: number, degreesOfFreedom: number): number {
  requireWithin(degreesOfFreedom, "degreesOfFreedom", [Number.MIN_VALUE, Number.MAX_VALUE]);
  return regularizedUpperGamma(degreesOfFreedom / 2, x / 2);
}
