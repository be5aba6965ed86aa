import { z } from "zod";

/**
 * What an analyst tells `congener access`: which column of the log is what (`mapping.yaml`), how to measure
 * (`access.yaml`) and what an account may do (`limits.yaml`). Every field has a default and says what it is for;
 * `congener access init` writes the files from these schemas.
 */

const share = z.number().min(0).max(1);
const isoTime = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), "expected an ISO 8601 date or time");

/** Column name in the log, or in JSONL a dotted path to it (`usage.input`); a name with dots of its own comes first. */
const source = z.string().min(1).max(500);

/** What a log can say about a request; `time` and `account` it must. */
export const mappedColumnsSchema = z.strictObject({
  time: source.describe("When the request came; without a zone it is read as UTC"),
  account: source.describe("Who is billed for it"),
  request: source.optional().describe("Id of the request: duplicates are counted and kept once"),
  key: source.optional().describe("API key id, never the key itself"),
  organisation: source.optional().describe("Organisation of the account"),
  ip: source.optional().describe("IP address; reduced to its /24 or /48 and hashed as it is read"),
  network: source.optional().describe("Network prefix, instead of ip"),
  asn: source.optional().describe("Number of the autonomous system"),
  country: source.optional().describe("Country of the network"),
  client: source.optional().describe("User agent or client fingerprint"),
  payment: source.optional().describe("Fingerprint of the means of payment, hashed beforehand"),
  model: source.optional().describe("Model that was asked"),
  prompt: source.optional().describe("Text of the prompt; or promptHash with topic or embedding instead"),
  promptHash: source.optional().describe("Hash of the prompt, where its text is not in the log"),
  topic: source.optional().describe("Topic of the prompt, by name or number"),
  embedding: source.optional().describe("Embedding of the prompt: a list of numbers"),
  system: source.optional().describe("Hash of the system prompt"),
  maxTokens: source.optional().describe("Most tokens that were asked for"),
  temperature: source.optional().describe("Sampling temperature"),
  logprobs: source.optional().describe("Whether log-probabilities were asked for"),
  reasoning: source.optional().describe("Whether reasoning was asked for: a flag, an effort or a budget"),
  inputTokens: source.optional().describe("Tokens of the prompt"),
  outputTokens: source.optional().describe("Tokens of the answer"),
  finish: source.optional().describe("Why the answer ended; length or max_tokens is a full-length answer"),
  kind: source.optional().describe("Kind of customer, if known; else it is inferred"),
});

/** Name of something a log can say about a request. */
export type ColumnName = keyof z.output<typeof mappedColumnsSchema>;

/** All of them, in the order in which `mapping.yaml` is written. */
export const columnNames = Object.keys(mappedColumnsSchema.shape) as ColumnName[];

/** `mapping.yaml`. */
export const accessMappingSchema = z.strictObject({
  format: z
    .enum(["auto", "jsonl", "csv", "parquet"])
    .default("auto")
    .describe(
      "Format of the log; auto goes by the file's first bytes, its name only deciding between jsonl and csv",
    ),
  timeUnit: z
    .enum(["auto", "iso", "s", "ms", "us", "ns"])
    .default("auto")
    .describe("How time is written: ISO 8601, or seconds, milli-, micro- or nanoseconds since 1970"),
  columns: mappedColumnsSchema.describe(
    "Left: what Congener asks for. Right: the log's own name for it, in JSONL a dotted path. A line that is left out switches off the indicators that need it",
  ),
});

/** Which column of the log is what; see `accessMappingSchema`. */
export type AccessMapping = z.output<typeof accessMappingSchema>;

/** The five indicators that enter the risk, in the order of the report. */
export const scoredIndicators = [
  "queriesPerDay",
  "topicDiversity",
  "systematicCoverage",
  "chainOfThoughtShare",
  "competitorCorrelation",
] as const;

/** Name of an indicator that enters the risk. */
export type ScoredIndicator = (typeof scoredIndicators)[number];

const weight = z.number().min(0).max(1).default(0.2);
const weightsSchema = z
  .strictObject({
    queriesPerDay: weight.describe("Requests on the busiest day"),
    topicDiversity: weight.describe("Breadth of topics, whatever the volume"),
    systematicCoverage: weight.describe("Share of prompts that fill templates"),
    chainOfThoughtShare: weight.describe("Share of requests that ask for reasoning"),
    competitorCorrelation: weight.describe("Volume that follows releases"),
  })
  .refine((weights) => Object.values(weights).some((value) => value > 0), "expected one weight above 0");

const thresholdsSchema = z.strictObject({
  queriesPerDay: z.number().positive().default(10_000).describe("Requests an account and day"),
  topicDiversity: share.gt(0).default(0.8).describe("In 0 to 1"),
  systematicCoverage: share.gt(0).default(0.7).describe("In 0 to 1"),
  chainOfThoughtShare: share.gt(0).default(0.9).describe("In 0 to 1"),
  competitorCorrelation: share.gt(0).default(0.6).describe("Rank correlation, in -1 to 1"),
});

/** A day on which a model came out: ours (traffic turns to it) or a competitor's (traffic precedes it). */
export const releaseSchema = z.strictObject({
  name: z.string().min(1).describe("Name of the model"),
  owner: z.enum(["ours", "competitor"]).describe("ours or competitor"),
  date: isoTime.describe("Day of the release, UTC"),
});

/** A release; see `releaseSchema`. */
export type Release = z.output<typeof releaseSchema>;

const periodSchema = z.strictObject({
  from: isoTime.nullable().default(null).describe("First moment that counts, UTC; null: no bound"),
  until: isoTime.nullable().default(null).describe("First moment that no longer counts, UTC; null: no bound"),
});

/** `access.yaml`. */
export const accessSettingsSchema = z.strictObject({
  seed: z.int().min(0).default(1).describe("Seed of everything that is drawn"),
  period: periodSchema.prefault({}).describe("Rows outside are counted and left out"),
  clock: z
    .strictObject({
      earliest: isoTime
        .default("2020-01-01")
        .describe("A row before this has a wrong clock; it is counted and left out"),
      futureHours: z
        .number()
        .min(0)
        .default(24)
        .describe("A row so many hours after the scan has a wrong clock; it is counted and left out"),
      backwardsMinutes: z
        .number()
        .positive()
        .default(60)
        .describe("Rows whose time runs backwards by more within a file are counted, and kept"),
    })
    .prefault({})
    .describe("What a plausible time is"),
  sample: z
    .strictObject({
      prompts: z
        .int()
        .min(20)
        .max(5000)
        .default(200)
        .describe("Distinct prompts kept of each account: those with the lowest hashes"),
      total: z
        .int()
        .min(1000)
        .default(2_000_000)
        .describe("Prompts kept in all: where there would be more, every account keeps fewer"),
      promptChars: z
        .int()
        .min(200)
        .max(100_000)
        .default(4000)
        .describe("Characters kept of a sampled prompt"),
    })
    .prefault({})
    .describe("Prompts that are read closely"),
  kinds: z
    .strictObject({
      minimumAccounts: z
        .int()
        .min(5)
        .default(20)
        .describe("A kind of customer with fewer accounts is compared with all"),
    })
    .prefault({})
    .describe("Kinds of customer: from the log's column kind, else inferred"),
  topics: z
    .strictObject({
      count: z
        .int()
        .min(8)
        .max(4096)
        .default(256)
        .describe("Topics that prompts are sorted into, where the log names none"),
      draws: z.int().min(20).max(500).default(50).describe("Requests of a draw, in topic diversity"),
      minimumRequests: z.int().min(2).default(20).describe("Fewer requests: not applicable"),
    })
    .prefault({})
    .describe("Topic diversity"),
  families: z
    .strictObject({
      similarity: share
        .default(0.7)
        .describe(
          "Share of the longer prompt's words that two prompts of one family have in common, in order",
        ),
      fillings: z.int().min(2).default(5).describe("Different fillings that make a family a template"),
      minimumRequests: z.int().min(2).default(20).describe("Fewer requests: not applicable"),
    })
    .prefault({})
    .describe("Systematic coverage"),
  harvest: z
    .strictObject({
      patterns: z
        .array(z.string().min(1).max(500))
        .max(200)
        .default([])
        .describe("Further RE2 patterns of prompts that ask for reasoning, besides the built-in ones"),
      fullLength: share.gt(0).default(0.9).describe("Share of max tokens that makes an answer full-length"),
      followUpMinutes: z
        .number()
        .positive()
        .default(30)
        .describe("A later request of the same key within so long is a conversation"),
      minimumRequests: z.int().min(1).default(20).describe("Fewer requests: not applicable"),
    })
    .prefault({})
    .describe("Response harvesting"),
  timing: z
    .strictObject({
      windowDays: z
        .number()
        .positive()
        .max(60)
        .default(7)
        .describe("Days after our release, before a competitor's, that count as close"),
      minimumActiveDays: z.int().min(3).default(14).describe("Fewer active days: not applicable"),
    })
    .prefault({})
    .describe("Temporal clustering"),
  releases: z.array(releaseSchema).default([]).describe("Releases of ours and of named competitors"),
  linkage: z
    .strictObject({
      maximumSharers: z.int().min(2).default(50).describe("A value that more accounts share links nobody"),
      minimumNats: z
        .number()
        .min(0)
        .default(8)
        .describe("Evidence that an edge needs above ln(accounts): surprise in nats"),
      maximumAccounts: z
        .int()
        .min(100)
        .default(200_000)
        .describe("Accounts in the graph; the busiest come first, and what is left out is said"),
    })
    .prefault({})
    .describe("Linkage of accounts"),
  baseline: z
    .strictObject({
      falseDiscoveryRate: share
        .gt(0)
        .default(0.05)
        .describe("Level of Benjamini and Hochberg's procedure over all accounts"),
      clean: periodSchema
        .prefault({})
        .describe("A period known to be free of campaigns; without one the null is fitted to all accounts"),
    })
    .prefault({})
    .describe("What is ordinary"),
  weights: weightsSchema
    .prefault({})
    .describe("Weights of the five indicators in the risk; those not applicable drop out"),
  thresholds: thresholdsSchema.prefault({}).describe("Value at which an indicator counts in full"),
  riskThreshold: share.default(0.7).describe("An account above it is put before the analyst"),
  reviewBudget: z.int().min(1).default(50).describe("Accounts or clusters that the analyst can look at"),
  report: z
    .strictObject({
      accounts: z
        .int()
        .min(1)
        .max(20_000)
        .default(500)
        .describe("Accounts in access.json: the highest risks, and all of named clusters"),
      clusters: z.int().min(1).max(5000).default(100).describe("Clusters in access.json"),
      edges: z
        .int()
        .min(1)
        .max(20_000)
        .default(300)
        .describe("Edges of one cluster in access.json, the strongest"),
      exhibits: z.int().min(0).max(1000).default(40).describe("Templates in access.json"),
    })
    .prefault({})
    .describe("How much access.json tells"),
});

/** How to measure; see `accessSettingsSchema`. */
export type AccessSettings = z.output<typeof accessSettingsSchema>;

/** `limits.yaml`: what an account may do before the policy slows, verifies or stops it. */
export const accessLimitsSchema = z.strictObject({
  requestsPerHour: z.number().positive().default(1000).describe("Requests an account and hour"),
  uniqueTopicsPerDay: z.number().positive().default(100).describe("Different topics an account and day"),
  systematicCoverage: share
    .default(0.75)
    .describe("Systematic coverage above which the pattern is suspicious"),
  suspiciousPatternMultiplier: share
    .default(0.1)
    .describe("An account with a suspicious pattern gets so much of requestsPerHour"),
  chainOfThoughtShare: share
    .default(0.9)
    .describe("Share of requests that ask for reasoning, above which it counts as a ground"),
  competitorCorrelation: share
    .default(0.6)
    .describe("Correlation with releases above which it counts as a ground"),
  risk: share.default(0.7).describe("Risk above which an account is watched; it may rest on volume alone"),
  probability: share
    .default(0.9)
    .describe("Probability of being part of a campaign that counts as a ground, where the scan gives one"),
  falseDiscoveryRate: share
    .default(0.05)
    .describe(
      "An account is unusual where what it asks is unlike its own kind of customer at this level; never for its volume",
    ),
  linkedAccounts: z
    .int()
    .min(2)
    .default(3)
    .describe("Accounts of a cluster from which on being linked is a ground"),
  patternGrounds: z
    .int()
    .min(0)
    .max(3)
    .default(1)
    .describe(
      "Signs that set an account apart (unlike its kind, linked, probable) that make systematic coverage a suspicious pattern; 0: coverage alone, which slows honest evaluators",
    ),
  verifyGrounds: z
    .int()
    .min(2)
    .default(3)
    .describe("Grounds at which an account has to verify who it is; volume and topics are none"),
  stopGrounds: z
    .int()
    .min(3)
    .default(5)
    .describe("Grounds at which it is stopped; volume and topics are none, more than six: never"),
  exempt: z.array(z.string()).default([]).describe("Accounts that are always allowed, by their real id"),
});

/** Rate limits and what is suspicious; see `accessLimitsSchema`. */
export type AccessLimits = z.output<typeof accessLimitsSchema>;

/** A row of a labels file (CSV with a header): what an account is known to be, or was simulated as. */
export const accessLabelSchema = z.strictObject({
  account: z.string().min(1),
  /** Kind of customer, `campaign` for one of a campaign's. */
  kind: z.string().min(1),
  /** Name of the campaign, empty for an ordinary customer. */
  campaign: z.string().default(""),
});

/** What an account is known to be; see `accessLabelSchema`. */
export type AccessLabel = z.output<typeof accessLabelSchema>;
