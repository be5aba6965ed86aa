import { requireFinite } from "./check-values.ts";

const step = 0.01;
const extreme = 9;
/** An LR that is on the grid of thresholds is not above its own threshold, however the two were rounded. */
const tolerance = 1e-9;

/**
 * Empirical lower and upper bound of a likelihood-ratio system (ELUB), as log10 LRs.
 *
 * Beyond a bound the system, with one misleading LR added to each side, is worth less than always saying LR = 1. The
 * bounds never leave [-log10(n1 + 1), log10(n0 + 1)] nor the range of the LRs, both rounded outwards to the step of
 * 0.01. Behaves as `elub` of `lir`.
 *
 * @param whenTrue - n1 >= 1 log10 LRs of cases where the numerator's hypothesis holds, one an independent source;
 *   values beyond 9 either way, infinities too, count as 9; not modified
 * @param whenFalse - n0 >= 1 log10 LRs of the others; not modified
 * @returns [lower, upper] with lower <= 0 <= upper; [0, 0] for a system that never helps
 * @throws InsufficientDataError when a hypothesis has no case
 * @throws RangeError when a value is NaN
 * @see Vergeer et al. (2016), doi:10.1016/j.scijus.2016.06.003
 */
export function elubBounds(
  whenTrue: readonly number[],
  whenFalse: readonly number[],
): readonly [lower: number, upper: number] {
  const clamp = (value: number) => Math.min(extreme, Math.max(-extreme, value));
  const ones = whenTrue.map(clamp);
  const zeros = whenFalse.map(clamp);
  requireFinite(ones, "log10 LRs when true");
  requireFinite(zeros, "log10 LRs when false");
  const smallest = Math.max(Math.min(...ones, ...zeros), -Math.log10(ones.length + 1));
  const largest = Math.min(Math.max(...ones, ...zeros), Math.log10(zeros.length + 1));
  const first = Math.min(0, floorDivide(smallest, step));
  const last = Math.max(0, floorDivide(largest, step) + 1);
  let lower = first * step;
  let upper = last * step;
  for (let index = first; index <= last; index++) {
    const threshold = index * step;
    if (isWorthwhile(ones, zeros, threshold)) continue;
    if (index <= 0) lower = Math.max(lower, threshold + step);
    if (index >= 0) upper = Math.min(upper, threshold - step);
  }
  return [Math.min(0, lower), Math.max(0, upper)];
}

/** Whether the expected utility at this threshold, one misleading LR added a side, reaches that of LR = 1 throughout. */
function isWorthwhile(ones: readonly number[], zeros: readonly number[], log10Threshold: number): boolean {
  const threshold = 10 ** log10Threshold;
  const above = (values: readonly number[]) =>
    values.filter((value) => value > log10Threshold + tolerance).length;
  const missed = 1 - above(ones) / (ones.length + 1);
  const falseAlarms = (above(zeros) + 1) / (zeros.length + 1);
  const neutral = log10Threshold < 0 ? threshold : 1;
  return neutral / (missed + threshold * falseAlarms) >= 1;
}

/** Floor division that is exact where the quotient is whole but for rounding, as Python's. */
function floorDivide(dividend: number, divisor: number): number {
  const remainder = dividend % divisor;
  const quotient = Math.round((dividend - remainder) / divisor);
  return remainder < 0 ? quotient - 1 : quotient;
}
