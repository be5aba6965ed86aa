import { InsufficientDataError } from "../errors.ts";

/**
 * Refuses samples that a statistic cannot be computed from, before any arithmetic.
 *
 * @param values - not modified
 * @param name - what the values are, for the message
 * @param minimum - how many there must be
 * @throws InsufficientDataError when there are fewer than `minimum` values
 * @throws RangeError when a value is NaN or infinite
 */
export function requireFinite(values: ArrayLike<number>, name: string, minimum = 1): void {
  if (values.length < minimum)
    throw new InsufficientDataError(
      "stats.too-few-values",
      `${name}: at least ${minimum} values are needed, got ${values.length}; collect more data.`,
    );
  for (let index = 0; index < values.length; index++)
    if (!Number.isFinite(values[index]))
      throw new RangeError(`${name}: value ${index} must be a finite number, got ${values[index]}.`);
}

/**
 * Refuses an argument outside its closed range.
 *
 * @throws RangeError when `value` is NaN or not in [low, high]
 */
export function requireWithin(value: number, name: string, [low, high]: readonly [number, number]): void {
  if (!(value >= low && value <= high))
    throw new RangeError(`${name} must be in [${low}, ${high}], got ${value}.`);
}

/**
 * Refuses anything but at least one p-value.
 *
 * @throws InsufficientDataError when there is none
 * @throws RangeError when one is outside [0, 1]
 */
export function requirePValues(pValues: readonly number[]): void {
  requireFinite(pValues, "p-values");
  for (const pValue of pValues) requireWithin(pValue, "p-value", [0, 1]);
}

/**
 * Refuses anything but a whole number of at least `minimum`.
 *
 * @throws RangeError
 */
export function requireCount(value: number, name: string, minimum = 0): void {
  if (!Number.isSafeInteger(value) || value < minimum)
    throw new RangeError(`${name} must be a whole number of at least ${minimum}, got ${value}.`);
}

/**
 * Refuses anything but some hits of at least one trial.
 *
 * @throws InsufficientDataError when there is no trial
 * @throws RangeError when a count is not whole or there are more hits than trials
 */
export function requireHits(hits: number, trials: number): void {
  requireCount(trials, "trials");
  requireCount(hits, "hits");
  if (trials === 0)
    throw new InsufficientDataError(
      "stats.no-trials",
      "At least one trial is needed, got none; collect more data.",
    );
  if (hits > trials) throw new RangeError(`hits must be in [0, ${trials}], got ${hits}.`);
}
