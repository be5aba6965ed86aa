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
