import { z } from "zod";
import { relationSchema } from "./labels.ts";

const finite = z.number();
const interval = z.tuple([finite, finite]);

/** Version of the statistics below `analysis/`: a calibration fitted on another version is refused. */
export const statisticVersion = "2";

/**
 * A fitted score-to-likelihood-ratio mapping. Numbers only: no answer of any model is in it.
 * log10LR = (intercept + sum_i weight_i * feature_i) / ln 10, before the bounds.
 */
export const calibrationSchema = z.strictObject({
  schemaVersion: z.literal(1),
  statisticVersion: z.string(),
  congenerVersion: z.string(),
  name: z.string(),
  /** Population it speaks for; used outside it, the tool says so. */
  domain: z.enum(["real-models", "zoo-miniature"]),
  /** Affinities depend on samples a probe: `one`, or `several`. */
  samplesPerProbe: z.enum(["one", "several"]),
  corpora: z.array(
    z.strictObject({
      name: z.string(),
      models: z.int(),
      probes: z.int(),
      distilledPairs: z.int(),
      unrelatedPairs: z.int(),
      sha256: z.string(),
    }),
  ),
  /** Fused features in order, for example `contentScore` and `habitScore`. */
  features: z.array(z.string()).min(1),
  intercept: finite,
  weights: z.array(finite),
  /** How unrelated models of its corpora score, on average: for a panel too small to tell. */
  background: z.strictObject({
    contentMean: finite,
    contentStandardDeviation: finite,
    habitSpread: finite,
  }),
  /** Refits with clusters drawn with replacement: rows of [intercept, ...weights]. */
  bootstrapCoefficients: z.array(z.array(finite)),
  sources: z.strictObject({
    /** n1: clusters (data lineages) of distilled pairs. */
    distilledClusters: z.int(),
    /** n0: largest set of unrelated pairs in which no lab occurs twice. */
    unrelatedPairs: z.int(),
    teacherLabs: z.int(),
    clusterNames: z.array(z.string()),
  }),
  /** What log10 LR may be reported at all, and what it comes from. */
  bounds: z.strictObject({
    log10LR: interval,
    /** 1 + min(n1, n0), as log10. */
    log10SourceCap: finite,
    /** Empirical lower and upper bound (ELUB), one pair a cluster; null where it is undefined. */
    elubLog10LR: interval.nullable(),
  }),
  /** Leave-one-cluster-out performance. */
  metrics: z.strictObject({
    cllr: finite,
    cllrMin: finite,
    auc: finite,
    /** Share of unrelated pairs with LR > 10, and of distilled pairs with LR < 1/10. */
    misleadingUnrelated: finite,
    misleadingDistilled: finite,
  }),
  /** Leave-one-cluster-out log10 LRs by hypothesis, sorted, before bounding: Tippett and PAV curves are drawn from them. */
  distilledLog10LR: z.array(finite),
  unrelatedLog10LR: z.array(finite),
  /** Pool-adjacent-violators mapping: [log10 LR before, log10 LR after], sorted. */
  pav: z.array(interval),
  /** The pairs it was fitted on, so that anyone can fit it again, or without some of them; absent in an analysis. */
  pairs: z
    .array(
      z.strictObject({
        /** Index in `corpora`. */
        corpus: z.int(),
        reference: z.string(),
        suspect: z.string(),
        relation: relationSchema,
        teacher: z.boolean(),
        cluster: z.string().nullable(),
        referenceLab: z.string(),
        suspectLab: z.string(),
        features: z.array(finite).nullable(),
      }),
    )
    .optional(),
});

/** A fitted score-to-likelihood-ratio mapping; see `calibrationSchema`. */
export type Calibration = z.output<typeof calibrationSchema>;
