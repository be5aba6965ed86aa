import { InsufficientDataError } from "../errors.ts";
import { requireCount, requireWithin } from "./check-values.ts";

/**
 * Shares of the largest bet that cannot go bankrupt. Capital is split evenly over them: whichever suits the variance
 * wins, at the price of a factor of at most 4 (Waudby-Smith & Ramdas, "diversified Kelly").
 */
const betShares = [0.25, 0.5, 0.75, 0.95] as const;
/** Capital beyond which no further value can bring it back below any threshold of interest. */
const plenty = 1e280;
const bisections = 20;

export interface ConfidenceSequenceOptions {
  /** Probability that the mean lies in every interval of the sequence, in (0, 1). */
  readonly level: number;
  /**
   * How many values there are in all, when they are drawn at random without replacement and the mean of all is sought;
   * null when each is drawn anew, with a fixed mean given the ones before it.
   */
  readonly populationSize: number | null;
}

/** Confidence sequence of a mean: an interval after every value, all of them valid together. */
export interface ConfidenceSequence {
  /**
   * Takes the next value.
   * @throws RangeError outside [0, 1]
   * @throws InsufficientDataError when all of the population have been taken
   */
  add(value: number): void;
  /** Intersection of all intervals so far, within [0, 1]; [0, 1] before the first value. */
  interval(): readonly [lower: number, upper: number];
}

/**
 * Confidence sequence by betting for the mean of values in [0, 1] (hedged capital, one-sided halves).
 *
 * Against "the mean is at most m" the capital sum_s 1/4 prod_i (1 + s (x_i / m_i - 1)) is a non-negative
 * supermartingale that starts at 1, so that by Ville's inequality it ever reaches 2 / (1 - level) with a probability of
 * at most (1 - level) / 2; m leaves the sequence when it does. The upper side is the same for 1 - x. The bets are fixed
 * before the first value, hence predictable; they adapt to the variance because the capital shifts to the share that
 * does best. m_i is m with replacement; without, the mean of what is left if the whole had mean m:
 * (N m - x_1 - ... - x_{i-1}) / (N - i + 1). Each capital is monotone in m, so what is left is an interval, found by
 * bisection to within 1e-6 on the side that is wide.
 *
 * Nothing is assumed of the distribution but its range. Should the two ends ever cross, which is itself an event
 * of probability below 1 - level, both stay where they met.
 *
 * @throws RangeError when the level is not within (0, 1) or the population is not a whole number of at least 1
 * @see Waudby-Smith & Ramdas (2024), doi:10.1093/jrsssb/qkad009, arXiv:2010.09686, sections 4 and 5; without replacement
 *   Waudby-Smith & Ramdas (2020), arXiv:2006.04347
 */
export function createBettingConfidenceSequence(options: ConfidenceSequenceOptions): ConfidenceSequence {
  const { level, populationSize } = options;
  requireWithin(level, "level", [Number.MIN_VALUE, 1 - Number.EPSILON]);
  if (populationSize !== null) requireCount(populationSize, "population size", 1);
  const threshold = 2 / (1 - level);
  const values: number[] = [];
  const complements: number[] = [];
  let sum = 0;
  let lower = 0;
  let upper = 1;

  /** What the population itself leaves possible: as if all that are left were 0, or 1. */
  const possible = (): [number, number] =>
    populationSize === null
      ? [0, 1]
      : [sum / populationSize, Math.min(1, (sum + populationSize - values.length) / populationSize)];

  return {
    add(value) {
      requireWithin(value, "value", [0, 1]);
      if (values.length === populationSize)
        throw new InsufficientDataError(
          "stats.population-exhausted",
          `All ${populationSize} values of the population were taken: expected no further one; give its true size.`,
        );
      values.push(value);
      complements.push(1 - value);
      sum += value;
      const [least, most] = possible();
      const rejectedAbove = rejectedUpTo(values, [lower, upper], { populationSize, threshold });
      const rejectedBelow =
        1 - rejectedUpTo(complements, [1 - upper, 1 - lower], { populationSize, threshold });
      const low = Math.max(lower, least, rejectedAbove);
      const high = Math.min(upper, most, rejectedBelow);
      if (low <= high) [lower, upper] = [low, high];
      else lower = upper = (low + high) / 2;
    },
    interval: () => [lower, upper],
  };
}

interface Test {
  readonly populationSize: number | null;
  readonly threshold: number;
}

/** The largest mean found rejected as too low, between one that was before and one beyond which nothing is left. */
function rejectedUpTo(
  values: readonly number[],
  [known, end]: readonly [number, number],
  test: Test,
): number {
  let rejected = known;
  let kept = end;
  for (let step = 0; step < bisections && rejected < kept; step++) {
    const middle = (rejected + kept) / 2;
    if (capitalAgainst(values, middle, test.populationSize) >= test.threshold) rejected = middle;
    else kept = middle;
  }
  return rejected;
}

/**
 * Capital won against "the mean is at most `mean`" by betting on higher values.
 * @returns at least 0; Infinity where the values so far rule the mean out
 */
function capitalAgainst(values: readonly number[], mean: number, populationSize: number | null): number {
  const capitals = betShares.map(() => 1 / betShares.length);
  let total = 1;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const left = populationSize === null ? mean : (populationSize * mean - sum) / (populationSize - i);
    sum += value;
    if (left < 0 || (left === 0 && value > 0)) return Number.POSITIVE_INFINITY;
    // What is left can only be 0, and was.
    if (left === 0) continue;
    const gain = value / left - 1;
    total = 0;
    for (let s = 0; s < capitals.length; s++) {
      const capital = (capitals[s] as number) * (1 + (betShares[s] as number) * gain);
      capitals[s] = capital;
      total += capital;
    }
    if (total > plenty) return total;
  }
  return total;
}
