import { InsufficientDataError } from "../errors.ts";

export interface TippettCurve {
  /** [log10 LR, share of cases with at least that log10 LR], one point a distinct value, ascending. */
  readonly points: readonly (readonly [log10LR: number, share: number])[];
  /** Share of misleading cases: log10 LR below 0 when true, above 0 when false. */
  readonly misleading: number;
  readonly cases: number;
}

/**
 * Tippett plot data: for each hypothesis, the share of cases with a log10 LR of at least x.
 *
 * @param whenTrue - n1 >= 1 log10 LRs of cases where the numerator's hypothesis holds; not modified
 * @param whenFalse - n0 >= 1 log10 LRs of the others; not modified
 * @throws InsufficientDataError when a hypothesis has no case
 * @throws RangeError when a value is NaN
 * @see Evett & Buckleton (1996), "Statistical analysis of STR data"
 */
export function tippett(
  whenTrue: readonly number[],
  whenFalse: readonly number[],
): { readonly whenTrue: TippettCurve; readonly whenFalse: TippettCurve } {
  return {
    whenTrue: curve(whenTrue, "true", (value) => value < 0),
    whenFalse: curve(whenFalse, "false", (value) => value > 0),
  };
}

function curve(
  values: readonly number[],
  hypothesis: string,
  misleads: (value: number) => boolean,
): TippettCurve {
  if (values.length === 0)
    throw new InsufficientDataError(
      "stats.one-hypothesis",
      `A Tippett plot needs cases where the hypothesis is ${hypothesis}, got none.`,
    );
  if (values.some(Number.isNaN)) throw new RangeError("A log10 LR must be a number, got NaN.");
  const sorted = values.toSorted((first, second) => first - second);
  const points: [number, number][] = [];
  sorted.forEach((value, index) => {
    if (index === 0 || value !== sorted[index - 1])
      points.push([value, (sorted.length - index) / sorted.length]);
  });
  return { points, misleading: values.filter(misleads).length / values.length, cases: values.length };
}
