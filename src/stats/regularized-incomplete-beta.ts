import { requireWithin } from "./check-values.ts";
import { continuedFraction } from "./continued-fraction.ts";
import { devianceTerm, stirlingError } from "./saddle-point.ts";

/**
 * Regularised incomplete beta function I_x(a, b): the lower tail at x of a Beta(a, b) variable.
 *
 * Right to 1e-12 relative down to 1e-300, because the small tail is the one that is summed.
 *
 * @param x - in [0, 1]
 * @param a - above 0
 * @param b - above 0
 * @param complement - 1 - x, to be given where x is so near 1 that the subtraction would lose digits
 * @returns in [0, 1]
 * @throws RangeError when an argument is outside its range
 * @see https://dlmf.nist.gov/8.17#E22 for the continued fraction
 */
export function regularizedIncompleteBeta(x: number, a: number, b: number, complement = 1 - x): number {
  requireWithin(x, "x", [0, 1]);
  requireWithin(a, "a", [Number.MIN_VALUE, Number.MAX_VALUE]);
  requireWithin(b, "b", [Number.MIN_VALUE, Number.MAX_VALUE]);
  if (x === 0) return 0;
  if (complement === 0) return 1;
  // The fraction converges fast below the mean; above it the other tail does.
  return x <= (a + 1) / (a + b + 2) ? smallTail(x, complement, a, b) : 1 - smallTail(complement, x, b, a);
}

/** The upper tail P(X > x) of a Beta(a, b) variable, right to 1e-12 relative; arguments as above. */
export function betaUpperTail(x: number, a: number, b: number): number {
  return regularizedIncompleteBeta(1 - x, b, a, x);
}

function smallTail(x: number, y: number, a: number, b: number): number {
  const n = a + b;
  const logDensity =
    stirlingError(n) - stirlingError(a) - stirlingError(b) - devianceTerm(a, n * x) - devianceTerm(b, n * y);
  // x^a y^b / (a B(a, b)), written with the binomial density so that no large log-gammas are subtracted.
  const factor = Math.exp(logDensity) * Math.sqrt(b / (2 * Math.PI * a * n));
  const fraction = continuedFraction(1, (order) => {
    const m = order >> 1;
    const numerator =
      order % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (n + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    return [numerator, 1];
  });
  return Math.min(1, factor / fraction);
}
