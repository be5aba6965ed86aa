import { mean, sampleVariance } from "simple-statistics";
import { centredByProbe } from "./centred-by-probe.ts";
import { excludedFor } from "./content-score.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

/** Where the spread of unrelated models' affinities comes from. */
export interface AffinitySpread {
  /** Variance between pairs that more probes do not remove. */
  readonly between: number;
  /** Variance of one probe's contribution; over n probes it counts by 1 / n. */
  readonly perProbe: number;
  /** Probes of the pairs it was estimated on, on average. */
  readonly probes: number;
}

/**
 * Variance components of the content agreement of unrelated panel models: the variance over pairs of different labs is
 * `between` + `perProbe` / probes, and `perProbe` is the variance over probes of a pair's contributions (two-way
 * analysis of variance, probes as draws from all probes of their kind). `between` is at least 0.
 *
 * @returns null with fewer than two pairs of models of different labs, or with probes on which no affinity is defined
 * @see Searle, Casella & McCulloch (1992), Variance Components, doi:10.1002/9780470316856
 */
export function affinitySpread(measured: MeasuredAnswers): AffinitySpread | null {
  const { panel } = measured.stack;
  const means: number[] = [];
  const variances: number[] = [];
  const counts: number[] = [];
  for (const a of panel)
    for (const b of panel) {
      if (b >= a || (measured.models[a]?.lab ?? a) === (measured.models[b]?.lab ?? b)) continue;
      const sums = centredByProbe(measured, a, b, excludedFor(measured, [a, b]));
      const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
      const contributions = [...sums.agreement].filter((_, p) => sums.probes[p] === 1);
      const n = contributions.length;
      const [first, second] = [total(sums.firstNorm), total(sums.secondNorm)];
      if (n < 2 || first <= 0 || second <= 0) continue;
      const selfTerm = Math.sqrt(first * second) / n;
      means.push(mean(contributions) / selfTerm);
      variances.push(sampleVariance(contributions) / selfTerm ** 2);
      counts.push(n);
    }
  if (means.length < 2) return null;
  const perProbe = mean(variances);
  const probes = mean(counts);
  return { between: Math.max(0, sampleVariance(means) - perProbe / probes), perProbe, probes };
}

/**
 * By what factor content scores grow when there are `probes` probes of the same kind instead of those of the run: the
 * affinity stays, and the spread by which it is standardised shrinks, though never below the spread between models.
 *
 * @param probes - at least 1
 * @returns above 0; 1 for as many probes as the run has, below 1 for fewer
 */
export function contentGain(spread: AffinitySpread, probes: number): number {
  const variance = (n: number) => spread.between + spread.perProbe / n;
  const now = variance(spread.probes);
  return now > 0 ? Math.sqrt(now / variance(probes)) : 1;
}
