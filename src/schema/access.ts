import { z } from "zod";
import { accessSettingsSchema, columnNames, type mappedColumnsSchema } from "./access-settings.ts";

const finite = z.number();
const share = z.number().min(0).max(1);
const count = z.int().min(0);
const iso = z.string();
const columnName = z.enum(columnNames as [keyof typeof mappedColumnsSchema.shape]);

/** An account as reports know it: `A-` and 8 or more hex digits of an HMAC whose key stays with the analyst. */
const pseudonym = z.string().regex(/^A-[0-9a-f]{8,64}$/);
/** `C-1`, `C-2` ... by falling evidence. */
const clusterId = z.string().regex(/^C-[1-9][0-9]*$/);

/** Every indicator: the five that enter the risk, then those beside it. */
export const indicatorNames = [
  "queriesPerDay",
  "topicDiversity",
  "systematicCoverage",
  "chainOfThoughtShare",
  "competitorCorrelation",
  "topicEntropy",
  "nearDuplicateShare",
  "modelWrittenShare",
  "fullLengthShare",
  "logprobShare",
  "noFollowUpShare",
  "roundTheClock",
  "burstiness",
  "synchrony",
  "volumeJump",
  "hourlyExcess",
  "releaseTurn",
  "linkageDegree",
] as const;

/** Name of an indicator. */
export type IndicatorName = (typeof indicatorNames)[number];

/** What the log was like: said before anything is concluded from it. */
export const logStatsSchema = z.strictObject({
  files: z.array(
    z.strictObject({
      /** File name without its folder. */
      name: z.string(),
      format: z.enum(["jsonl", "csv", "parquet"]),
      /** How its times are written; a Parquet timestamp is ISO. */
      timeUnit: z.enum(["iso", "s", "ms", "us", "ns"]),
      rows: count,
      badRows: count,
    }),
  ),
  /** Lines or records read, those that could not be used included. */
  rows: count,
  /** Rows that the measures rest on. */
  usedRows: count,
  /** Rows that could not be read, or have no time or no account. */
  badRows: count,
  badRowSample: z.array(
    z.strictObject({
      file: z.string(),
      /** 1-based line of a text file, 1-based row of Parquet; null where the reader cannot say. */
      line: count.nullable(),
      reason: z.string(),
    }),
  ),
  /** Rows left out because another row has their request id; null without request ids. */
  duplicates: count.nullable(),
  /** First and last time of the used rows, ISO 8601 UTC; null when there are none. */
  firstTime: iso.nullable(),
  lastTime: iso.nullable(),
  /** Rows left out because they are outside `period`. */
  outsidePeriod: count,
  clock: z.strictObject({
    /** Rows left out because they are before `clock.earliest`, or too far after the scan. */
    beforeEarliest: count,
    inFuture: count,
    /** Rows whose time is more than `clock.backwardsMinutes` before the latest time above them in their file; kept. */
    backwards: count,
    /** The largest such step, in seconds. */
    largestBackwardsSeconds: finite,
  }),
  /** What the mapping names, and what it does not. */
  columns: z.array(columnName),
  absentColumns: z.array(columnName),
  accounts: count,
});

/** What the log was like; see `logStatsSchema`. */
export type LogStats = z.output<typeof logStatsSchema>;

/** One indicator of one account or cluster. */
export const indicatorResultSchema = z.strictObject({
  name: z.enum(indicatorNames),
  /** In the indicator's unit; null with a `reason` where it does not apply. */
  value: finite.nullable(),
  /** Requests, prompts or days that the value rests on. */
  n: count,
  /** Who it is compared with: kind of customer, or `all`; null before the baseline is known. */
  comparedWith: z.string().nullable(),
  /** Median and robust spread of those, on the indicator's scale; see `distributions`. */
  baseline: z.strictObject({ median: finite, spread: finite, accounts: count }).nullable(),
  /** Distance from that median in robust spreads, on the indicator's scale. */
  effect: finite.nullable(),
  /** Upper tail of the null, in (0, 1]. */
  pValue: share.nullable(),
  /** Benjamini-Hochberg adjusted over all accounts (or, apart, over all clusters), in (0, 1]. */
  qValue: share.nullable(),
  reason: z.string().nullable(),
});

/** One indicator of one account or cluster; see `indicatorResultSchema`. */
export type IndicatorResult = z.output<typeof indicatorResultSchema>;

const measuredSchema = z.strictObject({
  requests: count,
  firstTime: iso,
  lastTime: iso,
  activeDays: count,
  indicators: z.array(indicatorResultSchema),
  /** sum(weight * min(1, max(0, value / threshold))) / sum(weight), over the indicators that apply; null when none does. */
  risk: share.nullable(),
  /** Probability of being part of a campaign, from labelled or simulated cases; null without. */
  probability: share.nullable(),
  /** Whether risk is above `riskThreshold`. */
  flagged: z.boolean(),
  /** In words, strongest first: what puts it before the analyst. */
  reasons: z.array(z.string()),
  /** What it is known to be, where labels were given. */
  label: z.strictObject({ kind: z.string(), campaign: z.string() }).nullable(),
});

/** An account, by its pseudonym. */
export const accountRecordSchema = measuredSchema.extend({
  account: pseudonym,
  kind: z.string(),
  cluster: clusterId.nullable(),
});

/** An account; see `accountRecordSchema`. */
export type AccountRecord = z.output<typeof accountRecordSchema>;

/** What can link two accounts. */
export const linkKinds = [
  "payment",
  "network",
  "client",
  "template",
  "hand-over",
  "synchrony",
  "succession",
  "joint-grid",
] as const;

/** Why two accounts are taken for one hand, each reason with its surprise: -ln P(shared by chance). */
export const edgeSchema = z.strictObject({
  first: pseudonym,
  second: pseudonym,
  evidence: z.array(
    z.strictObject({
      kind: z.enum(linkKinds),
      nats: finite,
      /** Accounts that share the value; null where nothing is shared by value. */
      sharers: count.nullable(),
      note: z.string(),
    }),
  ),
  nats: finite,
});

/** An edge; see `edgeSchema`. */
export type AccessEdge = z.output<typeof edgeSchema>;

/** A connected component of linked accounts, measured as if it were one account. */
export const clusterRecordSchema = measuredSchema.extend({
  cluster: clusterId,
  /** Accounts in it, and those of them that `members` lists. */
  size: count,
  members: z.array(pseudonym),
  /** All edges, and those of them that `edges` lists. */
  edgeCount: count,
  edges: z.array(edgeSchema),
  nats: finite,
});

/** A cluster; see `clusterRecordSchema`. */
export type ClusterRecord = z.output<typeof clusterRecordSchema>;

/** How an indicator is spread over ordinary accounts, by kind, and the null that p-values come from. */
export const distributionSchema = z.strictObject({
  name: z.enum(indicatorNames),
  unit: z.string(),
  threshold: finite.nullable(),
  scale: z.enum(["identity", "log", "logit", "arcsine"]),
  /** Bin edges in the indicator's unit, one more than counts. */
  edges: z.array(finite),
  kinds: z.array(
    z.strictObject({
      kind: z.string(),
      accounts: count,
      counts: z.array(count),
      median: finite,
      /** On `scale`. */
      spread: finite,
    }),
  ),
  null: z
    .strictObject({
      method: z.string(),
      centre: finite,
      spread: finite,
      /** Degrees of freedom of its t tails; null for normal ones. */
      degreesOfFreedom: finite.nullable(),
      accounts: count,
    })
    .nullable(),
});

/** Distribution of an indicator; see `distributionSchema`. */
export type Distribution = z.output<typeof distributionSchema>;

/** A family of prompts that differ in slots. Its text is never here: `excerpts.json` holds it, and stays with the analyst. */
export const exhibitSchema = z.strictObject({
  id: z.string(),
  /** Hex of the template's salted hash. */
  templateHash: z.string(),
  accounts: z.array(pseudonym),
  cluster: clusterId.nullable(),
  requests: count,
  fillings: count,
  /** Distinct values by slot, and the share of all combinations that were asked: 1 is a full grid. Empty if unknown. */
  slots: z.array(count),
  gridShare: share.nullable(),
  topic: z.string().nullable(),
});

/** A template exhibit; see `exhibitSchema`. */
export type AccessExhibit = z.output<typeof exhibitSchema>;

/** Everything that a report on a log says. Accounts stand under pseudonyms; no text, address or key is in it. */
export const accessAnalysisSchema = z.strictObject({
  schemaVersion: z.literal(1),
  congenerVersion: z.string(),
  /** ISO 8601, UTC. */
  createdAt: iso,
  settings: accessSettingsSchema,
  log: logStatsSchema,
  /** Measures that could not be made, and why. */
  off: z.array(z.strictObject({ step: z.string(), missing: z.array(z.string()), reason: z.string() })),
  kinds: z.array(z.strictObject({ kind: z.string(), accounts: count, requests: count, rule: z.string() })),
  distributions: z.array(distributionSchema),
  /** Highest risk first; `settings.report.accounts` of them. */
  accounts: z.array(accountRecordSchema),
  flaggedAccounts: count,
  /** Most evidence first; `settings.report.clusters` of them. */
  clusters: z.array(clusterRecordSchema),
  clusterCount: count,
  /** Requests by UTC day, from `firstDay` on. */
  timeline: z
    .strictObject({
      firstDay: iso,
      requests: z.array(count),
      flagged: z.array(count),
      clusters: z.array(z.strictObject({ cluster: clusterId, requests: z.array(count) })),
    })
    .nullable(),
  exhibits: z.array(exhibitSchema),
  /**
   * What was asked of which capability or topic: requests, counted where the log names topics (`log.columns` has `topic`),
   * else estimated from the sampled prompts: an account's count times its requests over those with a sampled prompt.
   */
  topics: z.array(
    z.strictObject({ topic: z.string(), requests: count, accounts: count, flaggedRequests: count }),
  ),
  /** How `probability` was fitted and how well it does on cases it has not seen. */
  probabilityModel: z
    .strictObject({
      source: z.enum(["labels", "simulated"]),
      features: z.array(z.string()),
      intercept: finite,
      weights: z.array(finite),
      campaigns: count,
      campaignAccounts: count,
      ordinaryAccounts: count,
      crossValidated: z.strictObject({
        auc: share,
        brier: share,
        reliability: z.array(z.strictObject({ predicted: share, observed: share, n: count })),
        budget: count,
        precision: share,
        recall: share,
      }),
    })
    .nullable(),
  caveats: z.array(z.strictObject({ code: z.string(), message: z.string(), advice: z.string() })),
});

/** Everything that a report on a log says; see `accessAnalysisSchema`. */
export type AccessAnalysis = z.output<typeof accessAnalysisSchema>;

/** What to do with an account or cluster, mildest first. */
export const policyActions = ["allow", "watch", "slow", "verify", "stop"] as const;

/** One decision, with the reason; the real id stands in it, so it stays with the provider. */
export const policyDecisionSchema = z.strictObject({
  subject: z.enum(["account", "cluster"]),
  id: z.string(),
  kind: z.string(),
  action: z.enum(policyActions),
  reason: z.string(),
  /** Requests an hour that are left to it; null: no limit of its own. */
  requestsPerHour: finite.nullable(),
  /** What was measured against which limit. */
  measures: z.array(z.strictObject({ name: z.string(), value: finite, limit: finite })),
});

/** A decision; see `policyDecisionSchema`. */
export type PolicyDecision = z.output<typeof policyDecisionSchema>;
