/**
 * Entropy of topics in nats, corrected for topics that were not met (Chao and Shen's estimator: Good-Turing coverage in
 * a Horvitz-Thompson sum).
 *
 * @param counts - requests by topic, whole numbers >= 0; not modified
 * @returns at least 0; 0 for one topic; NaN for no request. Where every request is of a topic of its own, coverage is
 *   taken as 1 / n, as if one topic were met twice
 * @see Chao & Shen (2003), doi:10.1023/A:1026096204727, eq. 3
 */
export function chaoShenEntropy(counts: readonly number[]): number {
  const n = counts.reduce((sum, count) => sum + count, 0);
  if (n === 0) return Number.NaN;
  const once = counts.filter((count) => count === 1).length;
  const coverage = 1 - Math.min(once, n - 1) / n;
  let entropy = 0;
  for (const count of counts) {
    if (count === 0) continue;
    const share = (coverage * count) / n;
    if (share < 1) entropy -= (share * Math.log(share)) / (1 - (1 - share) ** n);
  }
  return entropy;
}
