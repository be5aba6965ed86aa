import { benjaminiHochberg } from "../../stats/benjamini-hochberg.ts";

/** Benjamini-Hochberg over the units that have a p-value; NaN for the others. */
export function adjustedPValues(pValues: Float64Array): Float64Array {
  const adjusted = new Float64Array(pValues.length).fill(Number.NaN);
  const tested = Array.from(pValues.keys()).filter((unit) => !Number.isNaN(pValues[unit]));
  if (tested.length === 0) return adjusted;
  benjaminiHochberg(tested.map((unit) => pValues[unit] as number)).forEach((value, index) => {
    adjusted[tested[index] as number] = value;
  });
  return adjusted;
}
