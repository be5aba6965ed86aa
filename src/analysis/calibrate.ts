import { InsufficientDataError } from "../errors.ts";
import { type Calibration, statisticVersion } from "../schema/calibration.ts";
import type { Random } from "../schema/random.ts";
import { cllr } from "../stats/cllr.ts";
import { cllrMin } from "../stats/cllr-min.ts";
import { elubBounds } from "../stats/elub-bounds.ts";
import { pavLikelihoodRatios } from "../stats/pav-likelihood-ratios.ts";
import { rocAuc } from "../stats/roc-auc.ts";
import type { Background } from "./content-score.ts";
import { type FitPair, fitFusion, fusedLogOdds } from "./fit-fusion.ts";
import {
  fusedFeatures,
  isDistilled,
  isUnrelated,
  type ScoredCorpus,
  type ScoredPair,
} from "./scored-pair.ts";
import { countSources } from "./sources.ts";

const bootstrapReplicates = 200;

export interface CalibrationOptions {
  readonly name: string;
  readonly domain: Calibration["domain"];
  readonly congenerVersion: string;
  readonly random: Random;
}

/** A calibration with the leave-one-cluster-out log10 LR of every pair, in the order of the corpora; null where undefined. */
export interface FittedCalibration {
  readonly calibration: Calibration;
  readonly leftOutLog10LR: ReadonlyMap<ScoredPair, number | null>;
}

/**
 * Fits the mapping from features to likelihood ratio on labelled corpora, with its bounds and its leave-one-cluster-out
 * performance.
 *
 * A pair's own LR comes from a fit without its cluster and without every pair whose suspect is of the same lab, in all
 * corpora, nor an unrelated pair that has this lab as its reference's. The cap is LR <= 1 + min(n1, n0) sources; ELUB, from one pair a
 * distilled cluster and all unrelated pairs, bounds besides.
 *
 * @throws InsufficientDataError without a distilled or without an unrelated pair, or when corpora mix one and several samples
 * @see Vergeer et al. (2016), doi:10.1016/j.scijus.2016.06.003 (ELUB); Brümmer & du Preez (2006), doi:10.1016/j.csl.2005.08.001 (Cllr)
 */
export function fitCalibration(
  corpora: readonly ScoredCorpus[],
  options: CalibrationOptions,
): FittedCalibration {
  const all = corpora.flatMap((corpus, index) =>
    corpus.pairs.map((pair): FitPair => ({ pair, corpus: index })),
  );
  const coefficients = fitFusion(all);
  const samples = new Set(corpora.map(({ samplesPerProbe }) => samplesPerProbe));
  const [samplesPerProbe] = samples;
  if (coefficients === null || samplesPerProbe === undefined)
    throw new InsufficientDataError(
      "calibrate.one-class",
      "Cannot calibrate: distilled and unrelated pairs are both needed; got only one kind. Add a labelled corpus.",
    );
  if (samples.size > 1)
    throw new InsufficientDataError(
      "calibrate.mixed-samples",
      "Cannot calibrate: corpora with one and with several samples a probe do not mix. Fit one calibration for each.",
    );

  const leftOutLog10LR = leaveOneClusterOut(all);
  const log10LRs = (which: (pair: ScoredPair) => boolean) =>
    all.flatMap(({ pair }) => {
      const value = which(pair) ? leftOutLog10LR.get(pair) : null;
      return value === null || value === undefined ? [] : [value];
    });
  const distilled = log10LRs(isDistilled).sort((a, b) => a - b);
  const unrelated = log10LRs(isUnrelated).sort((a, b) => a - b);

  const sources = countSources(corpora);
  const log10SourceCap = Math.log10(1 + Math.min(sources.distilledClusters, sources.unrelatedPairs));
  const ofSources = (pairs: readonly ScoredPair[]) => pairs.flatMap((pair) => leftOutLog10LR.get(pair) ?? []);
  const ones = ofSources(sources.representatives);
  const elub = ones.length > 0 && unrelated.length > 0 ? elubBounds(ones, unrelated) : null;
  const bounds: [number, number] = [
    Math.max(-log10SourceCap, elub?.[0] ?? -Infinity),
    Math.min(log10SourceCap, elub?.[1] ?? Infinity),
  ];
  const bounded = (values: readonly number[]) => values.map((value) => clamp(value, bounds));

  const calibration: Calibration = {
    schemaVersion: 1,
    statisticVersion,
    congenerVersion: options.congenerVersion,
    name: options.name,
    domain: options.domain,
    samplesPerProbe,
    corpora: corpora.map(({ name, models, probes, sha256, pairs }) => ({
      name,
      models,
      probes,
      distilledPairs: pairs.filter(isDistilled).length,
      unrelatedPairs: pairs.filter(isUnrelated).length,
      sha256,
    })),
    features: [...fusedFeatures],
    intercept: coefficients[0] ?? 0,
    weights: coefficients.slice(1),
    background: meanBackground(corpora),
    bootstrapCoefficients: bootstrapFits(all, options.random),
    sources: {
      distilledClusters: sources.distilledClusters,
      unrelatedPairs: sources.unrelatedPairs,
      teacherLabs: sources.teacherLabs,
      clusterNames: sources.clusterNames,
    },
    bounds: { log10LR: bounds, log10SourceCap, elubLog10LR: elub === null ? null : [elub[0], elub[1]] },
    metrics: {
      cllr: cllr(bounded(distilled), bounded(unrelated)),
      cllrMin: cllrMin(distilled, unrelated),
      auc: rocAuc(distilled, unrelated),
      misleadingUnrelated:
        bounded(unrelated).filter((value) => value > 1).length / Math.max(1, unrelated.length),
      misleadingDistilled:
        bounded(distilled).filter((value) => value < -1).length / Math.max(1, distilled.length),
    },
    distilledLog10LR: distilled,
    unrelatedLog10LR: unrelated,
    pav: pavLikelihoodRatios(distilled, unrelated, 1).map(([before, after]): [number, number] => [
      before,
      after,
    ]),
    pairs: all.map(({ pair, corpus }) => ({
      corpus,
      reference: pair.reference,
      suspect: pair.suspect,
      relation: pair.relation,
      teacher: pair.teacher,
      cluster: pair.cluster,
      referenceLab: pair.referenceLab,
      suspectLab: pair.suspectLab,
      features: pair.features === null ? null : [...pair.features],
    })),
  };
  return { calibration, leftOutLog10LR };
}

/** Mean over the corpora that have one. */
function meanBackground(corpora: readonly ScoredCorpus[]): Calibration["background"] {
  const known = corpora.flatMap(({ background }) => background ?? []);
  const meanOf = (of: (background: Background) => number) =>
    known.length === 0 ? 0 : known.reduce((sum, background) => sum + of(background), 0) / known.length;
  return {
    contentMean: meanOf(({ contentMean }) => contentMean),
    contentStandardDeviation: meanOf(({ contentStandardDeviation }) => contentStandardDeviation),
    habitSpread: meanOf(({ habitSpread }) => habitSpread),
  };
}

/** log10 LR brought within bounds. */
export function clamp(log10LR: number, [low, high]: readonly [number, number]): number {
  return Math.min(high, Math.max(low, log10LR));
}

/** Unbounded log10 LR of each pair from the fit without its fold; pairs of a fold share that fit. */
function leaveOneClusterOut(all: readonly FitPair[]): Map<ScoredPair, number | null> {
  const fits = new Map<string, number[] | null>();
  const result = new Map<ScoredPair, number | null>();
  for (const { pair } of all) {
    const key = `${pair.cluster ?? ""}\n${pair.suspectLab}`;
    if (!fits.has(key))
      fits.set(
        key,
        fitFusion(
          all.filter(
            ({ pair: other }) =>
              other.suspectLab !== pair.suspectLab &&
              // An unrelated pair may be listed the other way round, too, with the same features.
              !(isUnrelated(other) && other.referenceLab === pair.suspectLab) &&
              (pair.cluster === null || other.cluster !== pair.cluster),
          ),
        ),
      );
    const coefficients = fits.get(key) ?? null;
    result.set(
      pair,
      coefficients === null || pair.features === null
        ? null
        : fusedLogOdds(coefficients, pair.features) / Math.LN10,
    );
  }
  return result;
}

/** Refits with clusters of distilled pairs and suspect labs of unrelated pairs drawn with replacement. */
function bootstrapFits(all: readonly FitPair[], random: Random): number[][] {
  const groups = [isDistilled, isUnrelated].map((which) => {
    const byKey = new Map<string, FitPair[]>();
    for (const entry of all) {
      if (!which(entry.pair)) continue;
      const key = `${entry.corpus} ${which === isDistilled ? (entry.pair.cluster ?? entry.pair.suspectLab) : entry.pair.suspectLab}`;
      byKey.set(key, [...(byKey.get(key) ?? []), entry]);
    }
    return [...byKey.values()];
  });
  const fits: number[][] = [];
  for (let replicate = 0; replicate < bootstrapReplicates; replicate++) {
    const drawn = groups.flatMap((group) =>
      group.flatMap(() => group[Math.floor(random() * group.length)] ?? []),
    );
    const coefficients = fitFusion(drawn);
    if (coefficients !== null) fits.push(coefficients);
  }
  return fits;
}
