import { z } from "zod";
import { labelsSchema } from "./labels.ts";
import { rolesSchema } from "./manifest.ts";

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** Version of the evidence bundle's layout and of its statement's predicate. */
export const bundleVersion = 1;

/** `_type` of an in-toto statement; @see https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export const statementType = "https://in-toto.io/Statement/v1";

/** `predicateType` of the statement: says by which schema its predicate is read. */
export const bundlePredicateType = "urn:congener:evidence-bundle:1";

/** What a recomputation is told besides the run folder; file names are of the bundle. */
export const bundledComparisonSchema = z.strictObject({
  /** As the comparison resolved them: every name a target's. */
  roles: rolesSchema.extend({ reference: z.string() }),
  seed: z.int(),
  prior: z.number().gt(0).lt(1).nullable(),
  calibration: z.literal("calibration.json").nullable(),
  /** Files of revealed canaries and of their commitments, in the order in which they were tested. */
  canaries: z.array(z.string()),
  /** Secrets that were ever committed, for Holm's correction; null without canaries. */
  secretsCommitted: z.int().min(1).nullable(),
  /** Labs of the compared models, which go before the manifest's. */
  labels: labelsSchema.pick({ families: true }),
});

/** What the statement says of its bundle. */
export const bundlePredicateSchema = z.strictObject({
  bundleVersion: z.literal(bundleVersion),
  congenerVersion: z.string(),
  statisticVersion: z.string(),
  run: z.string(),
  /** When the comparison was made, as the machine that made it says. */
  createdAt: z.iso.datetime(),
  /** True where prompts and answers are left out and features stand for them. */
  redacted: z.boolean(),
  /** Of every transcript file: how many lines it has and the hash of the last one. */
  heads: z.array(z.strictObject({ target: z.string(), lines: z.int().min(0), head: sha256Hex })),
  compare: bundledComparisonSchema,
});

/** `bundle.json`: an in-toto statement over every other file of the bundle but the sums and the signature. */
export const bundleStatementSchema = z.strictObject({
  _type: z.literal(statementType),
  subject: z.array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: sha256Hex }) })),
  predicateType: z.literal(bundlePredicateType),
  predicate: bundlePredicateSchema,
});

/** A DSSE envelope; @see https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
export const dsseEnvelopeSchema = z.strictObject({
  payloadType: z.string(),
  /** Base64 of the payload's bytes. */
  payload: z.string(),
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.string() })).min(1),
});

/** What a recomputation is told besides the run folder; see `bundledComparisonSchema`. */
export type BundledComparison = z.output<typeof bundledComparisonSchema>;
/** What the statement says of its bundle; see `bundlePredicateSchema`. */
export type BundlePredicate = z.output<typeof bundlePredicateSchema>;
/** `bundle.json`; see `bundleStatementSchema`. */
export type BundleStatement = z.output<typeof bundleStatementSchema>;
/** A DSSE envelope; see `dsseEnvelopeSchema`. */
export type DsseEnvelope = z.output<typeof dsseEnvelopeSchema>;
