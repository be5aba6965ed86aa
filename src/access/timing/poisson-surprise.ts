/**
 * Surprise -ln P(X >= count) of a Poisson variable, in nats: 0 for a count of 0; infinite where mean is 0 and count is not.
 * Sums the upper tail relative to its first term, so that it holds far beyond the smallest double.
 *
 * @param count - whole number >= 0
 * @param mean - finite, >= 0
 */
export function poissonSurprise(count: number, mean: number): number {
  if (count <= 0) return 0;
  if (mean <= 0) return Number.POSITIVE_INFINITY;
  // Below the mean the lower tail is the short one.
  if (count <= mean) {
    let term = Math.exp((count - 1) * Math.log(mean) - mean - logFactorial(count - 1));
    let below = term;
    for (let k = count - 1; k > 0 && term > below * 1e-17; k--) {
      term *= k / mean;
      below += term;
    }
    return -Math.log1p(-Math.min(1, below));
  }
  let term = 1;
  let sum = 1;
  for (let k = count + 1; term > sum * 1e-17; k++) {
    term *= mean / k;
    sum += term;
  }
  return Math.max(0, -(count * Math.log(mean) - mean - logFactorial(count) + Math.log(sum)));
}

function logFactorial(n: number): number {
  if (n < 32) {
    let product = 1;
    for (let k = 2; k <= n; k++) product *= k;
    return Math.log(product);
  }
  const x = n + 1;
  const inverse = 1 / (x * x);
  const series = (1 / 12 - inverse * (1 / 360 - inverse / 1260)) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
