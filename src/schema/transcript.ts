import { z } from "zod";

/** Outcomes of a sample that is never asked again. Only `ok` answers enter a similarity; the others enter as rates. */
export const outcomeSchema = z.enum(["ok", "empty", "truncated", "refused", "filtered", "malformed"]);

/** One HTTP attempt, successful or not. */
export const attemptSchema = z.strictObject({
  startedAt: z.iso.datetime(),
  /** For a request of a batch: from its submission to the batch's end. */
  latencyMs: z.number().min(0),
  /** HTTP status, or null when no response came. */
  status: z.int().nullable(),
  /** A `ProviderErrorClass`, or null for the attempt that succeeded. */
  errorClass: z.string().nullable(),
  message: z.string().nullable(),
  retryAfterMs: z.number().nullable(),
  requestId: z.string().nullable(),
});

export const usageSchema = z.strictObject({
  inputTokens: z.int().min(0).nullable(),
  outputTokens: z.int().min(0).nullable(),
  reasoningTokens: z.int().min(0).nullable(),
});

/** What went on the wire: the exact JSON body. */
export const wireRequestSchema = z.strictObject({
  url: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
  body: z.json(),
});

/** What came back: status, allow-listed headers and the raw body text. */
export const wireResponseSchema = z.strictObject({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
/** Stands in a redacted line where a redactable field was. */
export const redactedFieldSchema = z.strictObject({ redacted: sha256Hex });
const redactable = <T extends z.ZodType>(field: T) => z.union([field, redactedFieldSchema]);

/** Fields that `publish --redact` replaces by their salted hashes; see `lineHash`. */
export const redactableFields = ["request", "response", "text", "reasoning"] as const;

/** Further fields of a line that an endpoint chooses, and in which it could repeat what was said; see `lineHash`. */
export const endpointFields = [
  "servedModel",
  "provider",
  "systemFingerprint",
  "finishReason",
  "batchId",
] as const;
/** The same of an attempt. A message is never plain: errors quote what they are about. */
export const endpointAttemptFields = ["message", "requestId"] as const;

/** Letters, digits and what joins them in names, without spaces: such a string can be an id, and hardly anybody's words. */
const plainName = /^[A-Za-z0-9._:/@+=-]{0,128}$/;

/** Whether a string of an endpoint may stand in a redacted line. */
export const isPlainName = (value: string): boolean => plainName.test(value);

/**
 * One line of `transcripts/<target>.jsonl`: one sample and its final outcome, one line a `sampleId`.
 * `prevHash` and `salt` chain the lines and allow redaction; see `identity.ts`.
 */
export const transcriptSchema = z.strictObject({
  schemaVersion: z.literal(1),
  sampleId: sha256Hex,
  prevHash: sha256Hex,
  /** Random hex; null in a redacted line. */
  salt: z.string().nullable(),
  suite: z.string(),
  probe: z.string(),
  probeHash: sha256Hex,
  /** Which wording was asked: 0 is the probe's own, k its k-th paraphrase. */
  wording: z.int().min(0),
  target: z.string(),
  targetHash: sha256Hex,
  /** Sample number, from 0. */
  index: z.int().min(0),
  request: redactable(wireRequestSchema.nullable()),
  attempts: z.array(attemptSchema),
  response: redactable(wireResponseSchema.nullable()),
  /** The answer without reasoning; empty unless the outcome is `ok`, `truncated` or `refused`. */
  text: redactable(z.string()),
  reasoning: redactable(z.string().nullable()),
  outcome: outcomeSchema,
  /** Null for imported answers and those of a batch, where nobody knows how long the answer took. */
  latencyMs: z.number().min(0).nullable(),
  servedModel: z.string().nullable(),
  provider: z.string().nullable(),
  systemFingerprint: z.string().nullable(),
  finishReason: z.string().nullable(),
  usage: usageSchema.nullable(),
  startedAt: z.iso.datetime().nullable(),
  /** Batch of the provider's batch API that was asked; absent for a request of its own. */
  batchId: z.string().optional(),
  /** Names of secrets whose values were found in this line and replaced. */
  secretsReplaced: z.array(z.string()).default([]),
  /**
   * In a redacted line, what an endpoint said in other fields: name, as `servedModel` or `attempts.0.message`, -> salted
   * hash. The fields themselves are null (`batchId`: absent).
   */
  withheld: z.record(z.string(), sha256Hex).optional(),
});

/** The final outcome of a sample; see `outcomeSchema`. */
export type Outcome = z.output<typeof outcomeSchema>;
export type Attempt = z.output<typeof attemptSchema>;
export type Usage = z.output<typeof usageSchema>;
export type WireRequest = z.output<typeof wireRequestSchema>;
export type WireResponse = z.output<typeof wireResponseSchema>;
/** One line of a transcript file; see `transcriptSchema`. */
export type Transcript = z.output<typeof transcriptSchema>;

/** A sample as a provider or an importer hands it to the store, before it is chained and salted. */
export type SampleRecord = Omit<
  Transcript,
  | "schemaVersion"
  | "sampleId"
  | "prevHash"
  | "salt"
  | "probeHash"
  | "targetHash"
  | "secretsReplaced"
  | "withheld"
>;

/** One line of `attempts/<target>.jsonl`: a sample whose attempts were exhausted and which will be asked again. */
export const failedSampleSchema = z.strictObject({
  schemaVersion: z.literal(1),
  sampleId: sha256Hex,
  probe: z.string(),
  wording: z.int().min(0),
  index: z.int().min(0),
  attempts: z.array(attemptSchema),
});
export type FailedSample = z.output<typeof failedSampleSchema>;
