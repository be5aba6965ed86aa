import { z } from "zod";
import { caveatSchema, findingSchema } from "./analysis.ts";
import { outcomeSchema } from "./transcript.ts";

const finite = z.number();
const count = z.int().min(0);
const interval = z.tuple([finite, finite]);
/** A value in the earlier and in the later run. */
const both = <T extends z.ZodType>(value: T) => z.strictObject({ earlier: value, later: value });

/** A run of the history, in the order of time. */
export const historyRunSchema = z.strictObject({
  /** Folder as it was named. */
  run: z.string(),
  name: z.string(),
  createdAt: z.iso.datetime(),
  origin: z.enum(["asked", "imported", "demo"]),
  congenerVersion: z.string(),
  seed: z.int().nullable(),
  samples: z.int().nullable(),
  suites: z.array(z.strictObject({ name: z.string(), version: z.string(), hash: z.string(), probes: count })),
  targets: count,
  /** Whether `compare` has been run; then by whom. */
  analysis: z
    .strictObject({ createdAt: z.iso.datetime(), statisticVersion: z.string(), seed: z.int() })
    .nullable(),
});

/** A test that the answers of one target are those of the earlier run, or why it does not apply. */
export const changeTestSchema = z.strictObject({
  /** `answers`: two samples a probe; `answer-shift`: one; `outcomes`: refusals and other outcomes. */
  test: z.enum(["answers", "answer-shift", "outcomes"]),
  nullHypothesis: z.string(),
  method: z.string(),
  statistic: finite.nullable(),
  statisticName: z.string(),
  effect: finite.nullable(),
  effectName: z.string(),
  /** Of the effect; two-sided at `intervalLevel`, for this test alone. */
  interval: interval.nullable(),
  intervalLevel: finite.nullable(),
  pValue: finite.nullable(),
  /** Holm's over the tests of the look; an alarm where it is at most the look's level. */
  adjustedP: finite.nullable(),
  alarm: z.boolean(),
  /** Relabellings drawn (fewer where p was soon known to be large), and the smallest p that was in reach. */
  permutations: count.nullable(),
  smallestP: finite.nullable(),
  /** Effect that would have raised an alarm with probability 0.8, about; null where it cannot be said. */
  detectable: finite.nullable(),
  n: count,
  nUnit: z.string(),
  samples: both(count),
  reason: z.string().nullable(),
});

/** A number of one run in the middle, for example answer length. */
const medianSchema = z.strictObject({ median: finite.nullable(), n: count });

/** What is told of an endpoint without a test. */
export const endpointDescriptionSchema = z.strictObject({
  /** Over the probes and wordings that both runs asked. */
  outcomes: both(z.partialRecord(outcomeSchema, count)),
  latencyMs: both(medianSchema),
  characters: both(medianSchema),
  /** Over all samples; name and how many answers carried it. */
  servedModels: both(z.array(z.strictObject({ name: z.string(), count }))),
  fingerprints: both(z.array(z.strictObject({ name: z.string(), count }))),
  /** When the answers were given; null where that was not recorded. */
  answered: both(z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }).nullable()),
});

/** One target in two runs. */
export const endpointChangeSchema = z.strictObject({
  target: z.string(),
  model: both(z.string()),
  /**
   * `endpoint-changed`: an alarm. `no-change-detected`: tested without one, which is not "unchanged".
   * `configuration-changed`: other URL, model or parameters, so nothing is said of the endpoint. `not-tested`: too little.
   */
  verdict: z.enum(["endpoint-changed", "no-change-detected", "configuration-changed", "not-tested"]),
  sentence: z.string(),
  /** Fields of the target that differ. */
  configuration: z.array(z.strictObject({ field: z.string(), earlier: z.string(), later: z.string() })),
  tests: z.array(changeTestSchema),
  description: endpointDescriptionSchema,
  caveats: z.array(caveatSchema),
});

/** What one run's analysis says of one suspect and one reference. */
const findingStandSchema = z.strictObject({
  finding: findingSchema,
  reason: z.string(),
  log10LR: finite.nullable(),
  log10LRInterval: interval.nullable(),
  log10LRBound: interval.nullable(),
  log10LRReason: z.string().nullable(),
});

/** The score of later less earlier run, both on what they share. */
export const scoreChangeSchema = z.strictObject({
  estimate: finite.nullable(),
  standardError: finite.nullable(),
  interval: interval.nullable(),
  intervalLevel: finite,
  /** `log10 likelihood ratio before bounding` or `content score`. */
  unit: z.string(),
  pValue: finite.nullable(),
  adjustedP: finite.nullable(),
  alarm: z.boolean(),
  probes: count,
  blocks: count,
  controls: z.array(z.string()),
  reason: z.string().nullable(),
});

/** One suspect and one reference in two runs. */
export const findingChangeSchema = z.strictObject({
  suspect: z.string(),
  reference: z.string(),
  earlier: findingStandSchema,
  later: findingStandSchema,
  score: scoreChangeSchema,
  /** What else is not as it was: suite, panel, calibration, versions, seed, configurations. */
  otherwise: z.array(z.strictObject({ what: z.string(), earlier: z.string(), later: z.string() })),
  /**
   * `finding-changed`: another finding, and the score on what both runs share changed by more than sampling explains.
   * `score-changed`: that score did, the finding is the same word. `not-beyond-sampling`: another finding, but no change of
   * the score was detected. `not-known`: another finding, and the score cannot be compared. `no-change-detected`: the rest.
   */
  verdict: z.enum([
    "finding-changed",
    "score-changed",
    "not-beyond-sampling",
    "not-known",
    "no-change-detected",
  ]),
  sentence: z.string(),
});

/** One comparison of two runs. */
export const lookSchema = z.strictObject({
  /** Number of the look, from 1: what its level is made from. */
  look: z.int().min(1),
  earlier: z.string(),
  later: z.string(),
  /** Error probability that is spent on this look, once on endpoints and once on findings. */
  level: finite,
  endpointTests: count,
  findingTests: count,
  endpoints: z.array(endpointChangeSchema),
  /** Targets of one run only. */
  added: z.array(z.string()),
  removed: z.array(z.string()),
  findings: z.array(findingChangeSchema),
  /** Why there are no findings to compare; null where there are. */
  findingsReason: z.string().nullable(),
  caveats: z.array(caveatSchema),
});

/** What `congener history --json` prints. */
export const historySchema = z.strictObject({
  schemaVersion: z.literal(1),
  congenerVersion: z.string(),
  statisticVersion: z.string(),
  seed: z.int(),
  alpha: finite,
  design: z.enum(["consecutive", "baseline"]),
  /** How false alarms are held, in words. */
  errorControl: z.string(),
  /** Targets that were asked for; null for all. */
  targets: z.array(z.string()).nullable(),
  runs: z.array(historyRunSchema),
  looks: z.array(lookSchema),
  caveats: z.array(caveatSchema),
});

/** A run of the history; see `historyRunSchema`. */
export type HistoryRun = z.output<typeof historyRunSchema>;
/** A test of change; see `changeTestSchema`. */
export type ChangeTest = z.output<typeof changeTestSchema>;
/** What is told of an endpoint without a test; see `endpointDescriptionSchema`. */
export type EndpointDescription = z.output<typeof endpointDescriptionSchema>;
/** One target in two runs; see `endpointChangeSchema`. */
export type EndpointChange = z.output<typeof endpointChangeSchema>;
/** The score of later less earlier run; see `scoreChangeSchema`. */
export type ScoreChange = z.output<typeof scoreChangeSchema>;
/** One suspect and one reference in two runs; see `findingChangeSchema`. */
export type FindingChange = z.output<typeof findingChangeSchema>;
/** One comparison of two runs; see `lookSchema`. */
export type Look = z.output<typeof lookSchema>;
/** Several runs over time; see `historySchema`. */
export type History = z.output<typeof historySchema>;
