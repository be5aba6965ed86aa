import { requirePValues } from "./check-values.ts";

/**
 * Holm's step-down correction: p-values adjusted for the family-wise error rate, under any dependence.
 *
 * @param pValues - n >= 1 p-values in [0, 1]; not modified
 * @returns adjusted p-values in the order given, in [0, 1]; reject where at most alpha
 * @throws InsufficientDataError when there is no p-value
 * @throws RangeError when one is outside [0, 1]
 * @see Holm (1979), https://www.jstor.org/stable/4615733
 */
export function holm(pValues: readonly number[]): number[] {
  requirePValues(pValues);
  const ascending = pValues.map((p, index) => ({ p, index })).sort((first, second) => first.p - second.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  ascending.forEach(({ p, index }, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = largest;
  });
  return adjusted;
}
