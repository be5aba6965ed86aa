import { z } from "zod";
import { calibrationSchema } from "./calibration.ts";
import { canarySuspectSchema } from "./canary.ts";
import { rolesSchema } from "./manifest.ts";
import { outcomeSchema } from "./transcript.ts";

const finite = z.number();
const interval = z.tuple([finite, finite]);
const count = z.int().min(0);

export const findingSchema = z.enum(["same-model", "derived", "not-distinguished", "inconclusive"]);

/** A limit of the evidence as data: a stable code, what it means here and what to do about it. */
export const caveatSchema = z.strictObject({ code: z.string(), message: z.string(), advice: z.string() });

/** A number with its uncertainty; `estimate` is null when it cannot be said, and then `reason` says why. */
export const estimateSchema = z.strictObject({
  estimate: finite.nullable(),
  standardError: finite.nullable(),
  /** Two-sided, at `level`. */
  interval: interval.nullable(),
  level: finite,
  reason: z.string().nullable(),
});

/** An affinity of suspect and reference, with the same affinity of each control and the reference beside it. */
export const affinitySchema = estimateSchema.extend({
  controls: z.array(
    z.strictObject({ name: z.string(), lab: z.string().nullable(), estimate: finite.nullable() }),
  ),
  blocks: count,
  probes: count,
});

/** One statistic with its null, n, p-value or e-value, effect size, interval and caveats. */
export const evidenceSchema = z.strictObject({
  /** Stable id of the line, for example `same-model`, `rank-among-controls`, `outcome-rates`. */
  line: z.string(),
  title: z.string(),
  /** The null hypothesis in words; null where the line is descriptive. */
  nullHypothesis: z.string().nullable(),
  /** Name of the test or estimator, with its correction for multiplicity. */
  method: z.string(),
  statistic: finite.nullable(),
  /** Effect size and its unit or scale in words. */
  effect: finite.nullable(),
  effectName: z.string(),
  interval: interval.nullable(),
  level: finite.nullable(),
  pValue: finite.nullable(),
  eValue: finite.nullable(),
  n: count,
  /** What n counts: `probes`, `controls`, `samples`. */
  nUnit: z.string(),
  /** Null when the line applies; else why it does not. */
  reason: z.string().nullable(),
  /** In one sentence, what was found. */
  summary: z.string(),
  /** Rows behind the line, for its table in the report. */
  table: z.array(z.record(z.string(), z.union([z.string(), finite, z.boolean(), z.null()]))),
  caveats: z.array(caveatSchema),
});

/** A phrase that suspect and reference share and controls hardly use, with who used it how often. */
export const exhibitSchema = z.strictObject({
  phrase: z.string(),
  view: z.string(),
  probe: z.string(),
  prompt: z.string(),
  /** How many `ok` answers to the probe hold the phrase, of how many. */
  suspect: z.strictObject({ count, of: count }),
  reference: z.strictObject({ count, of: count }),
  controls: z.array(z.strictObject({ name: z.string(), count, of: count })),
  /** Share of this phrase in the rarity-weighted sum over all phrases that the two share, in [0, 1]. */
  share: finite,
  suspectExcerpt: z.string(),
  referenceExcerpt: z.string(),
});

/** One point of a power curve. */
export const powerPointSchema = z.strictObject({
  /** Share of the probes, in (0, 1], to which the simulated suspect answers as the reference does. */
  fraction: finite,
  probes: count,
  samples: count,
  /** Probability that it would have been detected. */
  power: finite,
});

/** What counts as detected in a power curve, and what its suspects are made of. */
export const detectionSchema = z.strictObject({
  /** `likelihood-ratio`: above 10. `controls`: above the score that so many of the controls as suspects stay below. */
  rule: z.enum(["likelihood-ratio", "controls"]),
  /** Why this rule. */
  why: z.string(),
  /** On the score. */
  threshold: finite,
  score: z.enum(["log10 likelihood ratio before bounding", "content score"]),
  /** Share of independent models that the rule would call detected, as controls as suspects show; asked for as `falseAlarms`. */
  expectedFalseAlarms: finite,
  falseAlarms: finite,
  /** Power asked for. */
  power: finite,
  /** Controls that were mixed with the reference, and how many labs they are of. */
  controls: count,
  labs: count,
  /**
   * Share of its departure from the panel that another answer of the reference repeats, where the score rests on one
   * answer a probe: measured where the run has several, else assumed. Null where the score rests on several.
   */
  repeatability: finite.nullable(),
  repeatabilityAssumed: z.boolean(),
  /** What can be detected, in one plain sentence. */
  statement: z.string(),
});

export const suspectAnalysisSchema = z.strictObject({
  name: z.string(),
  lab: z.string().nullable(),
  /** The controls used for this suspect and this reference. */
  panel: z.array(z.string()),
  baseline: z.string().nullable(),
  finding: findingSchema,
  /** Stable code of the reason, for example `lr-above-ten`, `few-sources`, `too-few-probes`. */
  reason: z.string(),
  /** The finding in one plain sentence that can be quoted. */
  sentence: z.string(),
  /** What is not excluded, in plain words. */
  notExcluded: z.array(z.string()),
  /** Bounded log10 likelihood ratio; null with `log10LRReason` where none can be given. */
  log10LR: finite.nullable(),
  log10LRInterval: interval.nullable(),
  log10LRBound: interval.nullable(),
  log10LRReason: z.string().nullable(),
  /** True when the LR stands at its upper cap: print "at least". */
  atUpperBound: z.boolean(),
  /** Step of the printed verbal ladder, and the ladder's name. */
  verbal: z.string().nullable(),
  /** Only from a user's own prior probability. */
  posterior: z.strictObject({ prior: finite, posterior: finite }).nullable(),
  /** What the LR is made from: the fused log-odds before bounding. */
  score: finite.nullable(),
  /** Content affinity standardised by the cohorts. */
  contentScore: estimateSchema,
  contentAffinity: affinitySchema,
  habitAffinity: affinitySchema,
  rankAmongControls: evidenceSchema,
  sharedDepartureRatio: estimateSchema,
  sameModel: evidenceSchema,
  /** Power against a stated effect, where the finding needs it. */
  power: z.strictObject({
    power: finite.nullable(),
    effect: z.string(),
    reason: z.string().nullable(),
    /** What this run can detect, from suspects simulated on its own answers; absent where they cannot be simulated. */
    curve: z.array(powerPointSchema).optional(),
    /** Smallest fraction that is detected with the power of `detection`; null where none is. */
    smallestDetectable: finite.nullable().optional(),
    detection: detectionSchema.optional(),
  }),
  evidence: z.array(evidenceSchema),
  /** Revealed canaries by secret, slot and control; absent where none were given. */
  canary: canarySuspectSchema.optional(),
  caveats: z.array(caveatSchema),
});

const outcomeCounts = z.strictObject(
  Object.fromEntries(outcomeSchema.options.map((outcome) => [outcome, count])) as Record<
    z.output<typeof outcomeSchema>,
    typeof count
  >,
);

export const modelSummarySchema = z.strictObject({
  name: z.string(),
  model: z.string(),
  api: z.string(),
  baseURL: z.string().nullable(),
  lab: z.string().nullable(),
  role: z.enum(["reference", "suspect", "control", "baseline", "other"]),
  params: z.string(),
  samples: count,
  failed: count,
  retried: count,
  outcomes: outcomeCounts,
  servedModels: z.array(z.string()),
  /** Answers that came with the response id and the text of an earlier one; absent where none did. */
  repeatedResponses: count.optional(),
  outputTokens: count.nullable(),
  /** Lines and hash-chain head of its transcript file. */
  lines: count,
  headHash: z.string(),
});

/** Wordings in which the samples of one probe were asked. */
export const wordingsUsedSchema = z.strictObject({
  probe: z.string(),
  /** The probe's wordings: its own, then its paraphrases. */
  texts: z.array(z.string()),
  /** By sample number, from 0: place in `texts`; null where no model has that sample. */
  bySample: z.array(z.int().min(0).nullable()),
});

/** Average-linkage tree of the models by content affinity, with bootstrap support; it has no root in time and no direction. */
export const modelTreeSchema = z.strictObject({
  /** In an order that draws without crossings, beginning with the reference. */
  tips: z.array(z.string()),
  /** Models that have no affinity to some other, and so no place. */
  leftOut: z.array(z.string()),
  /** From the closest on. A part below `tips.length` is a tip, `tips.length + k` is what merge k joined; the part nearer to the first tip leads. */
  merges: z.array(
    z.strictObject({
      parts: z.tuple([count, count]),
      /** Mean of 1 - content affinity (at least 0) between the models of both parts. */
      distance: finite,
      /** Share of the replicates whose tree has these very models as a branch, in [0, 1]; null for the whole, and without replicates. */
      support: finite.nullable(),
    }),
  ),
  /** Replicates that gave a tree, and how many blocks of probes each drew with replacement. */
  replicates: count,
  blocks: count,
  /** Why there is no tree or no support; null where there is. */
  reason: z.string().nullable(),
});

/** Charts and tables of the report that `compare --json` leaves out. */
export const reportDataSchema = z.strictObject({
  models: z.array(modelSummarySchema),
  suites: z.array(
    z.strictObject({
      name: z.string(),
      version: z.string(),
      hash: z.string(),
      probes: count,
      families: z.array(z.string()),
    }),
  ),
  /** Which wording each sample was asked in; absent where every sample was asked in its probe's own. */
  wordings: z.array(wordingsUsedSchema).optional(),
  sources: z.array(z.strictObject({ file: z.string(), sha256: z.string(), format: z.string(), rows: count })),
  /** By suspect name. */
  exhibits: z.record(z.string(), z.array(exhibitSchema)),
  /** By suspect name: contribution of each probe family to the content affinity; shares add up to 1. */
  families: z.record(
    z.string(),
    z.array(
      z.strictObject({ family: z.string(), probes: count, share: finite, affinity: finite.nullable() }),
    ),
  ),
  /** By suspect name: what the LR would be without each control's lab. */
  leaveOneControlOut: z.record(
    z.string(),
    z.array(z.strictObject({ name: z.string(), log10LR: finite.nullable() })),
  ),
  /** By suspect name: what the LR would be without each probe family; `reason` says why there is none. Absent in older analyses. */
  leaveOneFamilyOut: z
    .record(
      z.string(),
      z.strictObject({
        families: z.array(z.strictObject({ family: z.string(), probes: count, log10LR: finite.nullable() })),
        reason: z.string().nullable(),
      }),
    )
    .optional(),
  /** Content affinity of every two models of the comparison, row-major, null where not defined. */
  matrix: z.strictObject({ names: z.array(z.string()), content: z.array(z.array(finite.nullable())) }),
  /** Absent in older analyses. */
  modelTree: modelTreeSchema.optional(),
  calibration: calibrationSchema.nullable(),
  /** Commands that repeat the comparison, with seeds. */
  commands: z.array(z.string()),
});

/** The record of one comparison, `analysis.json`: everything that any report says. Unknown numbers are null with a reason. */
export const analysisSchema = z.strictObject({
  schemaVersion: z.literal(1),
  congenerVersion: z.string(),
  statisticVersion: z.string(),
  run: z.string(),
  createdAt: z.iso.datetime(),
  seed: z.int(),
  /** Marks a run of the embedded zoo: no claim about any real model. */
  miniature: z.boolean(),
  reference: z.string(),
  roles: rolesSchema,
  hypotheses: z.strictObject({ derived: z.string(), independent: z.string() }),
  /** Verbal ladder by |log10 LR|, with its source. */
  ladder: z.strictObject({
    source: z.string(),
    steps: z.array(z.strictObject({ from: finite, words: z.string() })),
  }),
  suspects: z.array(suspectAnalysisSchema),
  caveats: z.array(caveatSchema),
  reportData: reportDataSchema,
});

/** What the evidence says about one suspect and one reference. */
export type Finding = z.output<typeof findingSchema>;
/** A limit of the evidence as data; see `caveatSchema`. */
export type Caveat = z.output<typeof caveatSchema>;
/** A number with its uncertainty, or null with the reason; see `estimateSchema`. */
export type Estimate = z.output<typeof estimateSchema>;
/** An affinity of suspect and reference with those of the controls; dimensionless, at most 1 in size but for noise. */
export type Affinity = z.output<typeof affinitySchema>;
/** One evidence line; see `evidenceSchema`. */
export type Evidence = z.output<typeof evidenceSchema>;
/** A shared distinctive phrase with who used it how often; see `exhibitSchema`. */
export type Exhibit = z.output<typeof exhibitSchema>;
/** One point of a power curve; see `powerPointSchema`. */
export type PowerPoint = z.output<typeof powerPointSchema>;
/** What counts as detected in a power curve; see `detectionSchema`. */
export type Detection = z.output<typeof detectionSchema>;
/** Everything that is said about one suspect; see `suspectAnalysisSchema`. */
export type SuspectAnalysis = z.output<typeof suspectAnalysisSchema>;
/** One model of the comparison: endpoint, role, outcome counts and head of its hash chain. */
export type ModelSummary = z.output<typeof modelSummarySchema>;
/** Wordings in which the samples of one probe were asked; see `wordingsUsedSchema`. */
export type WordingsUsed = z.output<typeof wordingsUsedSchema>;
/** Tree of all models with bootstrap support; see `modelTreeSchema`. */
export type ModelTree = z.output<typeof modelTreeSchema>;
/** Charts and tables of the report; see `reportDataSchema`. */
export type ReportData = z.output<typeof reportDataSchema>;
/** One comparison as `analysis.json` holds it; see `analysisSchema`. */
export type Analysis = z.output<typeof analysisSchema>;
