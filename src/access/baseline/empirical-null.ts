import { fitSkewedT } from "./fit-skewed-t.ts";
import { type SkewedT, skewedTUpperTail } from "./skewed-t.ts";

/** What accounts are like of which nothing is wrong, as far as the accounts themselves tell. */
export interface EmpiricalNull {
  /** Accounts that it was fitted to. */
  readonly accounts: number;
  /** The lowest value, where many accounts share it, and their share; 0 where there is no such pile. */
  readonly pile: { readonly value: number; readonly share: number };
  /** Shapes of the values above the pile, each with its weight; weights add up to 1. Empty: too few values above. */
  readonly shapes: readonly (SkewedT & { readonly weight: number })[];
  /** Distinct values, rising, where values are tied, to take half a step off before reading the tail; else empty. */
  readonly steps: Float64Array;
  /** The widest step among ordinary values. */
  readonly widestStep: number;
}

/** Share of the accounts, from below, that an unlabelled null is fitted to: campaigns hold less than the rest. */
export const centralShare = 0.9;

/** A smaller share of equal lowest values is no pile: the fit can carry it. */
const smallestPile = 0.1;
/** Fewer values above a pile have no shape. */
const fewest = 20;

/**
 * Empirical null distribution: location, spread, skewness and weight of the tails from the bulk of the accounts
 * themselves, by truncated maximum likelihood on binned values.
 *
 * The theoretical null of an indicator is unknown, and a rank among the accounts is no p-value: with n accounts the
 * smallest is 1 / n, so that Benjamini and Hochberg's procedure can reject nothing until a share of the accounts as
 * large as its level ties for it. Hence a shape is fitted to the lower 90 % and extended. Departures from Efron: t tails
 * instead of normal ones, a skewness of at least 0, and an average over shapes that fit about as well instead of the
 * best one. A pile of equal lowest values (accounts that never ask for reasoning) is kept apart as a hurdle.
 *
 * @param values - on the scale, finite; not modified. At least one
 * @param share - share from below that is fitted: `centralShare`, or 1 for accounts known to be clean
 * @see Efron (2004), doi:10.1198/016214504000000089, section 5
 */
export function fitEmpiricalNull(values: Float64Array, share: number): EmpiricalNull {
  const sorted = Float64Array.from(values).sort();
  const lowest = sorted[0] as number;
  let atLowest = 1;
  while (atLowest < sorted.length && sorted[atLowest] === lowest) atLowest++;
  const piled = atLowest / sorted.length >= smallestPile;
  const above = piled ? sorted.subarray(atLowest) : sorted;
  const { steps, widestStep } = stepsOf(above, share);
  return {
    accounts: sorted.length,
    pile: { value: lowest, share: piled ? atLowest / sorted.length : 0 },
    shapes: above.length < fewest ? [] : fitSkewedT(above, share),
    steps,
    widestStep,
  };
}

/**
 * P(value >= x) under the null, in (0, 1]: never below 1e-15. Falls as x grows.
 * Where too few values have a shape, the share of the accounts that are not in the pile: a bound that BH cannot reject.
 */
export function nullUpperTail(fitted: EmpiricalNull, x: number): number {
  const { pile, shapes, accounts } = fitted;
  if (pile.share > 0 && x <= pile.value) return 1;
  const above = 1 - pile.share;
  if (shapes.length === 0) return Math.min(1, Math.max(above, 1 / (accounts + 1)));
  const from = x - halfStep(fitted, x);
  let tail = 0;
  for (const shape of shapes) tail += shape.weight * skewedTUpperTail(shape, from);
  return Math.min(1, Math.max(1e-15, above * tail));
}

/** The shape with the greatest weight; null where there is none. */
export function likeliestShape({ shapes }: EmpiricalNull): SkewedT | null {
  return shapes.reduce<EmpiricalNull["shapes"][number] | null>(
    (best, shape) => (best === null || shape.weight > best.weight ? shape : best),
    null,
  );
}

/** Values of which half are tied come in steps: P(X >= x) of a count begins half a step below it. */
function stepsOf(sorted: Float64Array, share: number): { steps: Float64Array; widestStep: number } {
  const distinct = sorted.filter((value, index) => index === 0 || value !== sorted[index - 1]);
  if (distinct.length > sorted.length / 2) return { steps: new Float64Array(0), widestStep: 0 };
  const end = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  let widestStep = 0;
  for (let index = 1; index < distinct.length && (distinct[index] as number) <= end; index++)
    widestStep = Math.max(widestStep, (distinct[index] as number) - (distinct[index - 1] as number));
  return { steps: distinct, widestStep };
}

function halfStep({ steps, widestStep }: EmpiricalNull, x: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] as number) < x) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? widestStep / 2 : Math.min(widestStep, x - (steps[low - 1] as number)) / 2;
}
