import { regularizedUpperGamma } from "./regularized-upper-gamma.ts";

/**
 * Upper tail P(Z > z) of the standard normal distribution.
 *
 * @param z - any number, infinities too
 * @returns in [0, 1], right to 1e-12 relative (z <= 38, beyond which it underflows to 0)
 * @throws RangeError when z is NaN
 */
export function normalUpperTail(z: number): number {
  const tail = regularizedUpperGamma(0.5, (z * z) / 2) / 2;
  return z >= 0 ? tail : 1 - tail;
}
