/**
 * A number that, added to a value and taken off again, rounds it to a multiple of one unit so small that it matters to
 * nobody and so large that sums up to `largest` are exact. Sums of values rounded so do not depend on the order of
 * their terms, and so not on how many threads added them up.
 *
 * @param largest - what no value and no sum exceeds in size, at least 0; the unit is below 2^-49 of it
 */
export function orderFreeRounding(largest: number): number {
  return 1.5 * 2 ** (Math.ceil(Math.log2(largest + 1)) + 2);
}
