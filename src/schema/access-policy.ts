import { z } from "zod";
import { policyActions, policyDecisionSchema } from "./access.ts";
import { accessLimitsSchema } from "./access-settings.ts";

const count = z.int().min(0);

/** How many accounts, or clusters, of a kind of customer got which action. */
export const policyCountSchema = z.strictObject({
  subject: z.enum(["account", "cluster"]),
  /** Kind of customer; `cluster` for a cluster. */
  kind: z.string(),
  action: z.enum(policyActions),
  count,
});

/** `policy.json`. It names accounts by their real ids: it stays with the provider. */
export const accessPolicySchema = z.strictObject({
  schemaVersion: z.literal(1),
  congenerVersion: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  /** When the scan was made that it rests on. */
  scannedAt: z.string(),
  limits: accessLimitsSchema,
  counts: z.array(policyCountSchema),
  /** Clusters, then accounts, severest first; an account that is not here is allowed. */
  decisions: z.array(policyDecisionSchema),
});

/** What to do with whom; see `accessPolicySchema`. */
export type AccessPolicy = z.output<typeof accessPolicySchema>;

/** What limits would have done to one group of accounts, had they been in force over the whole log. No id is in it. */
export const dryRunGroupSchema = z.strictObject({
  /** Kind of customer; from the labels where they were given. */
  kind: z.string(),
  /** Campaign by the labels; empty for ordinary customers, null without labels. */
  campaign: z.string().nullable(),
  accounts: count,
  requests: count,
  actions: z.strictObject(Object.fromEntries(policyActions.map((action) => [action, count])) as ActionCounts),
  /** Accounts over `requestsPerHour` in an hour, and the requests that this alone refuses: known as they come. */
  overLimitAccounts: count,
  overLimitRequests: count,
  /** Of these accounts, those with no ground that counts towards verify and no probability beyond its limit: heavy users as far as the log tells. */
  heavyOnlyAccounts: count,
  /** Accounts and requests refused where every decision is in force from the first hour. */
  refusedAccounts: count,
  refusedRequests: count,
  /** First hour in which a request is refused, ISO 8601; null for none. */
  firstRefusal: z.string().nullable(),
});

type ActionCounts = Record<(typeof policyActions)[number], typeof count>;

/** One group of a dry run; see `dryRunGroupSchema`. */
export type DryRunGroup = z.output<typeof dryRunGroupSchema>;

/** What `congener access policy --dry-run --json` prints. */
export const policyDryRunSchema = z.strictObject({
  schemaVersion: z.literal(1),
  limits: accessLimitsSchema,
  groups: z.array(dryRunGroupSchema),
});
