import { z } from "zod";
import { attemptSchema } from "./transcript.ts";

const key = z.string().regex(/^[0-9a-f]{32}$/);
const sample = { suite: z.string(), probe: z.string(), wording: z.int().min(0), index: z.int().min(0) };
const at = z.iso.datetime();
const schemaVersion = z.literal(1);

/**
 * One line of `batches/<target>.jsonl`. A batch is what happened under one `key`: `intended` is on disk before anything
 * is asked, `submitted` once the provider gave it a name, and it is open until it is `closed`.
 */
export const batchEventSchema = z.discriminatedUnion("event", [
  z.strictObject({
    schemaVersion,
    event: z.literal("intended"),
    /** Random; also the batch's metadata, where the provider keeps such. The custom ids derive from it. */
    key,
    at,
    /** Suite, probe, wording and index of each sample, in the order of the requests. */
    requests: z.array(z.tuple([z.string(), z.string(), z.int().min(0), z.int().min(0)])).min(1),
    /** SHA-256 of the request lines, each with a line break: what was asked can be checked when it is collected. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  /** The requests are at the provider, and nothing is asked yet. */
  z.strictObject({ schemaVersion, event: z.literal("uploaded"), key, at, fileId: z.string() }),
  z.strictObject({ schemaVersion, event: z.literal("submitted"), key, at, batchId: z.string() }),
  /** A request that got no answer; `final` when it is not asked again in a further batch. */
  z.strictObject({
    schemaVersion,
    event: z.literal("failed"),
    key,
    ...sample,
    attempt: attemptSchema,
    final: z.boolean(),
  }),
  z.strictObject({
    schemaVersion,
    event: z.literal("closed"),
    key,
    at,
    how: z.enum(["collected", "rejected", "abandoned"]),
    /** Why, where it was rejected. */
    message: z.string().nullable(),
  }),
]);

/** What happened to a batch; see `batchEventSchema`. */
export type BatchEvent = z.output<typeof batchEventSchema>;
