const tiny = 1e-300;
const maximumTerms = 1_000_000;

/**
 * Continued fraction b0 + a1 / (b1 + a2 / (b2 + ...)) by the modified Lentz method.
 *
 * @param leading - b0
 * @param term - the pair [a, b] of the given order, from 1 on
 * @returns the limit, to machine precision
 * @throws RangeError when a million terms do not settle it
 * @see Thompson & Barnett (1986), doi:10.1016/0021-9991(86)90046-X
 */
export function continuedFraction(
  leading: number,
  term: (order: number) => readonly [number, number],
): number {
  let value = leading === 0 ? tiny : leading;
  let numerator = value;
  let denominator = 0;
  for (let order = 1; order <= maximumTerms; order++) {
    const [a, b] = term(order);
    denominator = b + a * denominator;
    denominator = 1 / (denominator === 0 ? tiny : denominator);
    numerator = b + a / numerator;
    if (numerator === 0) numerator = tiny;
    const factor = numerator * denominator;
    value *= factor;
    if (Math.abs(factor - 1) < 4e-16) return value;
  }
  throw new RangeError(
    `A continued fraction did not settle in ${maximumTerms} terms; its arguments are too large.`,
  );
}
