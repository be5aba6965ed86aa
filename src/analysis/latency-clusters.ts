import { InsufficientDataError } from "../errors.ts";
import type { BackendSample } from "../schema/backend-mixture.ts";
import type { Random } from "../schema/random.ts";
import { quantile } from "../stats/quantile.ts";
import { twoClusters } from "../stats/two-clusters.ts";

/** Least share of the answers in a cluster: lone slow answers (a cold start, a hiccup) are no backend. */
const smallestShare = 0.1;
const fewestAnswers = 20;

/** Latencies adjusted for length, in two clusters. */
export interface LatencyClusters {
  /** By sample: log of the latency less what its probe and its number of tokens explain; null where unknown. */
  readonly adjusted: readonly (number | null)[];
  /** By sample: 0 faster, 1 slower; null where unknown. */
  readonly labels: readonly (number | null)[];
  readonly clusters: readonly { readonly count: number; readonly medianMs: number }[];
}

/**
 * Splits an endpoint's answers into faster and slower ones. The log of the latency is adjusted for the probe (its mean) and
 * for the tokens written (one slope of log(1 + tokens), least squares within probes), for a long answer is slow on
 * any backend. Latencies are whole milliseconds: they are spread uniformly over theirs, so that rounding looks like no
 * second mode.
 *
 * @returns null with a reason where latencies or token counts are unknown or too few
 */
export function latencyClusters(
  samples: readonly BackendSample[],
  random: Random,
): { readonly found: LatencyClusters } | { readonly found: null; readonly reason: string } {
  const rows = samples.flatMap(({ probe, latencyMs, outputTokens }, index) =>
    latencyMs === null || outputTokens === null
      ? []
      : [
          {
            index,
            probe,
            latencyMs,
            log: Math.log(Math.max(0.5, latencyMs + random() - 0.5)),
            size: Math.log1p(outputTokens),
          },
        ],
  );
  if (rows.length < fewestAnswers)
    return {
      found: null,
      reason: `only ${rows.length} answers tell their latency and tokens, and ${fewestAnswers} are needed`,
    };
  const logs = centred(rows.map(({ probe, log }) => ({ probe, value: log })));
  const sizes = centred(rows.map(({ probe, size }) => ({ probe, value: size })));
  const spread = sizes.reduce((sum, size) => sum + size * size, 0);
  const slope =
    spread > 1e-9 ? sizes.reduce((sum, size, i) => sum + size * (logs[i] as number), 0) / spread : 0;
  const residuals = logs.map((log, i) => log - slope * (sizes[i] as number));
  try {
    const { lowerMaximum } = twoClusters(residuals, smallestShare);
    const adjusted = new Array<number | null>(samples.length).fill(null);
    const labels = new Array<number | null>(samples.length).fill(null);
    rows.forEach(({ index }, i) => {
      adjusted[index] = residuals[i] as number;
      labels[index] = (residuals[i] as number) > lowerMaximum ? 1 : 0;
    });
    const clusters = [0, 1].map((label) => {
      const members = rows.filter(({ index }) => labels[index] === label).map(({ latencyMs }) => latencyMs);
      return { count: members.length, medianMs: quantile(members, 0.5) };
    });
    return { found: { adjusted, labels, clusters } };
  } catch (error) {
    if (error instanceof InsufficientDataError) return { found: null, reason: "all latencies are alike" };
    throw error;
  }
}

/** Values less the mean of their probe's. */
function centred(rows: readonly { readonly probe: string; readonly value: number }[]): number[] {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const { probe, value } of rows) {
    const { sum, count } = sums.get(probe) ?? { sum: 0, count: 0 };
    sums.set(probe, { sum: sum + value, count: count + 1 });
  }
  return rows.map(({ probe, value }) => {
    const { sum, count } = sums.get(probe) ?? { sum: 0, count: 1 };
    return value - sum / count;
  });
}
