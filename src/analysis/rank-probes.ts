import { InsufficientDataError } from "../errors.ts";
import { chiSquaredUpperTail } from "../stats/chi-squared-upper-tail.ts";
import { fayHerriot } from "../stats/fay-herriot.ts";
import { studentTQuantile } from "../stats/student-t-quantile.ts";
import {
  dispersionOf,
  fewestLabs,
  fewestLabsWithin,
  labGroups,
  type RankedAnswers,
} from "./probe-dispersion.ts";

/** How much one probe separates labs. */
export interface ProbeSeparation {
  readonly probe: string;
  readonly family: string;
  /** Standardised separation after shrinkage: the probes are ranked by it. 0 is the null value. */
  readonly telling: number;
  /** Two-sided 95 % interval of `telling`. */
  readonly interval: readonly [number, number];
  /** Likeness within labs beyond that between labs, as measured, in kernel units (0 to the number of views). */
  readonly separation: number;
  /** Variance of the likeness of two models of different labs, moderated by the mean of all probes'. */
  readonly noise: number;
  /** Share of `telling` that is this probe's own evidence; the rest is what probes like it show. */
  readonly ownShare: number;
  /** Labs of the panel with an answer, and those of them whose own likeness could be measured. */
  readonly labs: number;
  readonly labsWithin: number;
}

/** Probes by how much they separate labs, the most telling first, with what the ranking rests on. */
export interface ProbeSeparations {
  readonly probes: readonly ProbeSeparation[];
  /** Probes that could not be ranked: too few labs answered. */
  readonly unranked: readonly string[];
  readonly labs: number;
  /** Labs whose likeness was taken between their models, and between samples of their one model. */
  readonly withinBetweenModels: number;
  readonly withinBetweenSamples: number;
  /** Whether probes differ beyond chance and beyond what the regression says: Cochran's Q. */
  readonly heterogeneity: {
    readonly statistic: number;
    readonly degreesOfFreedom: number;
    readonly pValue: number;
  };
}

/** Probes from which there is a regression to shrink to; fewer are shrunk to their mean. */
const fewestForRegression = 20;

/**
 * Ranks probes by how much they separate labs: likeness within labs over likeness between them, on the panel.
 *
 * Per probe, c(a,b) = k(a,b) - r(a) - r(b) + g, with r(a) the mean kernel of a with other labs and g the mean over pairs
 * of labs, every lab counting the same. Separation s = mean over labs of c between the lab's models, or, where a lab has
 * one model with two or more answers, between its samples. Noise v = variance of c over pairs of different labs, averaged
 * with its mean over probes (half its own). s is shrunk by a Fay-Herriot model to a regression on g and, where each model
 * answered once, ln v (where a model's several answers are alike by chance, both s and v are large: intervals would miss 0), with
 * sampling variances proportional to v / labs and pooled over probes (with one answer a model a single s is mostly
 * noise); telling = shrunk s / sqrt(v). Sums over N probes of equal telling t separate by about t sqrt(N) as long as
 * probes are independent, so that telling squared a token is what a budget buys most of.
 *
 * Null of one probe: a lab's answers are no more alike than answers of different labs (telling 0). Interval: Student's t
 * with labs - 1 degrees of freedom around the shrunk value; the same labs answered all probes, so intervals of different
 * probes are not independent.
 *
 * @param measured - the panel should leave out reference and suspects, or probes are chosen by what they are to test
 * @throws InsufficientDataError without three labs, or without two labs that have two models or two answers a probe
 * @see Anderson (2001), doi:10.1111/j.1442-9993.2001.01070.pp.x, for dispersion within and between groups from
 *   similarities alone; Smyth (2004), doi:10.2202/1544-6115.1027, for moderated variances
 */
export function rankProbes(measured: RankedAnswers): ProbeSeparations {
  const groups = labGroups(measured);
  const dispersions = measured.probes.map((_, p) => dispersionOf(measured, groups, p));
  const ranked = dispersions.flatMap((dispersion, p) => (dispersion === null ? [] : [{ ...dispersion, p }]));
  if (ranked.length === 0)
    throw new InsufficientDataError(
      "rank.too-few-labs",
      `no probe has answers of ${fewestLabs} labs of the panel, ${fewestLabsWithin} of them with two models or two samples; got ${groups.length} labs: ask more controls, or more than one sample`,
    );
  const meanVariance = mean(ranked.map(({ variance }) => variance));
  if (!(meanVariance > 0))
    throw new InsufficientDataError(
      "rank.no-dispersion",
      "all labs answer every probe in the same way: nothing separates them; ask other probes",
    );
  const noise = ranked.map(({ variance }) => (variance + meanVariance) / 2);
  // How the labs' own likenesses scatter, in units of the noise: pooled, for a few labs say little about one probe.
  const pooled = mean(ranked.map(({ scatter }) => scatter)) / meanVariance;
  const variances = ranked.map(({ within }, i) => (Math.max(pooled, 1e-6) * (noise[i] as number)) / within);
  const regressed = ranked.length >= fewestForRegression;
  const onceEach = measured.sampleCounts.every((count) => count <= 1);
  const covariates = standardised(
    ranked.map(({ between }, i) => (onceEach ? [between, Math.log(noise[i] as number)] : [between])),
  );
  const separations = ranked.map(({ separation }) => separation);
  const shrunk =
    ranked.length < 2
      ? null
      : fayHerriot(separations, variances, regressed ? covariates : ranked.map(() => []));
  const probes = ranked.map(({ p, separation, labs, within }, i): ProbeSeparation => {
    const scale = Math.sqrt(noise[i] as number);
    const telling = (shrunk?.predictions[i] ?? separation) / scale;
    const error = (shrunk?.standardErrors[i] ?? Math.sqrt(variances[i] as number)) / scale;
    const reach = studentTQuantile(0.975, Math.max(1, within - 1)) * error;
    const { id, family } = measured.probes[p] as RankedAnswers["probes"][number];
    return {
      probe: id,
      family,
      telling,
      interval: [telling - reach, telling + reach],
      separation,
      noise: noise[i] as number,
      ownShare: shrunk?.ownShares[i] ?? 1,
      labs,
      labsWithin: within,
    };
  });
  const { statistic, degreesOfFreedom } = shrunk?.heterogeneity ?? { statistic: 0, degreesOfFreedom: 0 };
  return {
    probes: probes.sort((one, other) => other.telling - one.telling || (one.probe < other.probe ? -1 : 1)),
    unranked: measured.probes.flatMap(({ id }, p) => (dispersions[p] === null ? [id] : [])),
    labs: groups.length,
    withinBetweenModels: groups.filter(({ length }) => length > 1).length,
    withinBetweenSamples: groups.filter(({ length }) => length === 1).length,
    heterogeneity: {
      statistic,
      degreesOfFreedom,
      pValue: degreesOfFreedom > 0 ? chiSquaredUpperTail(statistic, degreesOfFreedom) : 1,
    },
  };
}

/** Columns with mean 0 and standard deviation 1; a constant one is 0. */
function standardised(rows: readonly (readonly number[])[]): number[][] {
  const columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] as number));
  const scales = columns.map((column) => {
    const centre = mean(column);
    return { centre, deviation: Math.sqrt(mean(column.map((value) => (value - centre) ** 2))) || 1 };
  });
  return rows.map((row) =>
    row.map((value, column) => {
      const { centre, deviation } = scales[column] as (typeof scales)[number];
      return (value - centre) / deviation;
    }),
  );
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
