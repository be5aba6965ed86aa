import { requirePValues } from "./check-values.ts";

/**
 * Benjamini-Hochberg step-up correction: p-values adjusted for the false discovery rate.
 *
 * Valid for independent and for positively dependent p-values.
 *
 * @param pValues - n >= 1 p-values in [0, 1]; not modified
 * @returns adjusted p-values in the order given, in [0, 1]; reject where at most the rate
 * @throws InsufficientDataError when there is no p-value
 * @throws RangeError when one is outside [0, 1]
 * @see Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  requirePValues(pValues);
  const descending = pValues.map((p, index) => ({ p, index })).sort((first, second) => second.p - first.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let smallest = 1;
  descending.forEach(({ p, index }, rank) => {
    smallest = Math.min(smallest, (pValues.length / (pValues.length - rank)) * p);
    adjusted[index] = smallest;
  });
  return adjusted;
}
