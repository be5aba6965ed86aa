import { requireWithin } from "./check-values.ts";
import { continuedFraction } from "./continued-fraction.ts";
import { devianceTerm, stirlingError } from "./saddle-point.ts";

/**
 * Regularised upper incomplete gamma function Q(a, x): the upper tail at x of a Gamma(a, 1) variable.
 *
 * @param a - above 0
 * @param x - at least 0
 * @returns in [0, 1], right to 1e-12 relative down to 1e-300
 * @throws RangeError when an argument is outside its range
 * @see https://dlmf.nist.gov/8.9#E2 for the continued fraction and 8.11#E4 for the series
 */
export function regularizedUpperGamma(a: number, x: number): number {
  requireWithin(a, "a", [Number.MIN_VALUE, Number.MAX_VALUE]);
  requireWithin(x, "x", [0, Number.POSITIVE_INFINITY]);
  if (x === 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  // x^a e^-x / Gamma(a + 1)
  const density = Math.exp(-stirlingError(a) - devianceTerm(a, x)) / Math.sqrt(2 * Math.PI * a);
  if (x < a + 1) {
    let term = 1;
    let sum = 1;
    for (let order = 1; term > sum * 1e-17; order++) {
      term *= x / (a + order);
      sum += term;
    }
    return Math.max(0, 1 - density * sum);
  }
  const fraction = continuedFraction(x + 1 - a, (order) => [-order * (order - a), x + 1 - a + 2 * order]);
  return (a * density) / fraction;
}
