/**
 * Largest log10 likelihood ratio that a calibration with so few independent sources can support, either way.
 *
 * |log10 LR| <= log10(1 + min(n1, n0)): with n sources seen under a hypothesis, the chance that the next one misleads
 * is not known to be below 1 / (n + 1). `lir`'s NSourceBounder has log10 of all sources instead, which is laxer.
 *
 * @param whenTrue - n1, independent sources where the numerator's hypothesis holds; a whole number, at least 0
 * @param whenFalse - n0, independent sources of the others
 * @returns at least 0; 0 (nothing can be said) when either has no source
 * @throws RangeError when a count is not a whole number of at least 0
 */
export function nSourceBound(whenTrue: number, whenFalse: number): number {
  for (const count of [whenTrue, whenFalse])
    if (!Number.isSafeInteger(count) || count < 0)
      throw new RangeError(`A number of sources must be a whole number of at least 0, got ${count}.`);
  return Math.log10(1 + Math.min(whenTrue, whenFalse));
}
