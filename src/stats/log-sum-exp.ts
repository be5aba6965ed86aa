/**
 * Logarithm of a sum of exponentials, log(sum_i exp(x_i)), without overflow.
 *
 * @param values - natural logarithms, infinities allowed; not modified
 * @returns -Infinity for no value or only -Infinity; Infinity when a value is Infinity
 * @throws RangeError when a value is NaN
 */
export function logSumExp(values: ArrayLike<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (Number.isNaN(value)) throw new RangeError(`logSumExp: value ${index} is NaN; numbers are needed.`);
    if (value > largest) largest = value;
  }
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += Math.exp((values[index] as number) - largest);
  return largest + Math.log(sum);
}
