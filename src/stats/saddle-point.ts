// Coefficients of the Stirling series, B_2k / (2k (2k - 1)).
const stirlingSeries = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
];

/**
 * Error of Stirling's formula: log Gamma(x + 1) - log(sqrt(2 pi x) (x / e)^x).
 *
 * Densities written with it lose no digits to differences of large log-gammas.
 *
 * @param x - above 0
 * @see Loader (2000), "Fast and accurate computation of binomial probabilities"
 */
export function stirlingError(x: number): number {
  let correction = 0;
  let shifted = x;
  for (; shifted < 10; shifted++) correction += (shifted + 0.5) * Math.log1p(1 / shifted) - 1;
  let power = 1 / shifted;
  let sum = 0;
  for (const coefficient of stirlingSeries) {
    sum += coefficient * power;
    power /= shifted * shifted;
  }
  return sum + correction;
}

/**
 * Deviance term x log(x / mean) + mean - x, without cancellation where x is near the mean.
 *
 * @param x - above 0
 * @param mean - above 0
 * @returns at least 0
 * @see Loader (2000), section 3
 */
export function devianceTerm(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const ratio = (x - mean) / (x + mean);
  let sum = (x - mean) * ratio;
  let term = 2 * x * ratio;
  for (let order = 3; ; order += 2) {
    term *= ratio * ratio;
    const next = sum + term / order;
    if (next === sum) return sum;
    sum = next;
  }
}
