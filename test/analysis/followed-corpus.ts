import { type Calibration, calibrationSchema } from "../../src/schema/calibration.ts";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import type { Random } from "../../src/schema/random.ts";
import { type SmallCorpus, smallCorpus } from "./small-corpus.ts";

/** log odds = -3 + half the content score + the habit score, bounded to LRs of 1/100 to 100. */
export function calibrationOf(changes: Partial<Calibration> = {}): Calibration {
  return calibrationSchema.parse({
    schemaVersion: 1,
    statisticVersion: "2",
    congenerVersion: "0.1.0",
    name: "made up",
    domain: "real-models",
    samplesPerProbe: "one",
    corpora: [],
    features: ["contentScore", "habitScore"],
    intercept: -3,
    weights: [0.5, 1],
    background: { contentMean: 0.07, contentStandardDeviation: 0.03, habitSpread: 0.2 },
    bootstrapCoefficients: [],
    sources: { distilledClusters: 20, unrelatedPairs: 20, teacherLabs: 5, clusterNames: [] },
    bounds: { log10LR: [-2, 2], log10SourceCap: 2, elubLog10LR: null },
    metrics: { cllr: 0.2, cllrMin: 0.2, auc: 0.9, misleadingUnrelated: 0, misleadingDistilled: 0 },
    distilledLog10LR: [2],
    unrelatedLog10LR: [-2],
    pav: [],
    ...changes,
  });
}

/** Bounds would hide a miss: they cut truth and interval alike. */
export const unbounded: Partial<Calibration> = {
  bounds: { log10LR: [-1e6, 1e6], log10SourceCap: 2, elubLog10LR: null },
};

/** A suspect, a reference and ten controls, each of a lab of its own. */
export const labs = ["s", "r", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
export const panel = labs.map((_, index) => index).slice(2);

export const corpusOf = (seed: number, probes: number): SmallCorpus =>
  smallCorpus({ seed, labs, panel, probes, samples: [1, 1] });

/** The corpus with a suspect that gives the reference's answers at a share of the probes. */
export function withStudent(corpus: SmallCorpus, share: number, random: Random): SmallCorpus {
  const probes = corpus.probes.map((probe): ProbeAnswers => {
    const copied = random() < share ? probe.answers.get("model-1") : undefined;
    return copied === undefined
      ? probe
      : { ...probe, answers: new Map([...probe.answers, ["model-0", copied]]) };
  });
  return { ...corpus, probes };
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
