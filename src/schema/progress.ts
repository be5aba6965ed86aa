import { z } from "zod";
import { outcomeSchema } from "./transcript.ts";

const count = z.int().min(0);
const dollars = z.number().min(0);

/** How far one target has come. */
export const targetProgressSchema = z.object({
  name: z.string(),
  planned: count,
  recorded: count,
  /** Of those recorded, how many were answered in batches of the provider's batch API. */
  inBatches: count.default(0),
  /** Given up in this session, or without any answer so far; asked again by the next session. */
  failed: count,
  outcomes: z.partialRecord(outcomeSchema, count),
  /** Samples a second, lately; null where nothing was measured. */
  perSecond: z.number().min(0).nullable(),
  /** US dollars of the whole run, or null where the price is unknown. */
  costUSD: dollars.nullable(),
  /** Samples whose tokens were estimated upward from bytes. */
  estimatedSamples: count,
  /** Failed attempts that may have been billed, counted at their possible maximum. */
  unsureAttempts: count,
  lastError: z.string().nullable(),
  /** Until when nothing is asked, for the server asked to wait; null where it goes on. */
  pausedUntil: z.iso.datetime().nullable().default(null),
  /** Why the target was ended in this session, or null. */
  ended: z.string().nullable(),
  /** Size of its transcript file in bytes when the session ended; null while it works. */
  bytes: count.nullable(),
});

/** `progress.json` of a run folder: what the process that asks says about once a second, and at its end. */
export const progressSchema = z.object({
  schemaVersion: z.literal(1),
  pid: z.int(),
  /** When that session began. */
  startedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Whether the session has ended, and why: null while it works. */
  ended: z.string().nullable(),
  /** Requests at once, per origin and key. */
  concurrency: z.int().min(1),
  requests: count,
  budgetUSD: dollars.nullable(),
  /** The command that goes on with the run. */
  command: z.string().nullable(),
  targets: z.array(targetProgressSchema),
});

export type RunProgress = z.output<typeof progressSchema>;
export type TargetProgressRecord = z.output<typeof targetProgressSchema>;

/** `control.json` of a run folder: what another process asks of the one that works there. */
export const controlSchema = z.object({
  schemaVersion: z.literal(1),
  concurrency: z.int().min(1),
});
