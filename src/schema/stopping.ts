import { z } from "zod";

const finite = z.number();
const count = z.int().min(0);

/** What is known of one suspect's likelihood ratio on the whole suite at one moment of a sequence. */
const followedSchema = z.strictObject({
  suspect: z.string(),
  /** Bounded; null where the score could not be frozen on the pilot. */
  log10LR: finite.nullable(),
  interval: z.tuple([finite, finite]).nullable(),
  decision: z.enum(["above-ten", "below-one"]).nullable(),
});

/**
 * Sampling that ends when every suspect is decided: everything that fixes the sequence before its first answer, and
 * what came of it. A run that is resumed goes on with the same sequence.
 */
export const stoppingSchema = z.strictObject({
  rule: z.literal("decided"),
  /** Level of the interval that holds at all moments together. */
  level: finite,
  /** Probes on which scales are fixed; nothing is decided before. */
  pilot: count,
  /** After how many probes all of them are measured again, ascending; the first is the pilot. */
  looks: z.array(count),
  /** Probes in the order. */
  probes: count,
  orderSeed: z.int(),
  /** SHA-256 of the probes' content hashes in order. */
  order: z.string().regex(/^[0-9a-f]{64}$/),
  /** Samples a probe; null takes each probe's own suggestion. */
  samples: z.int().min(1).nullable(),
  reference: z.string(),
  suspects: z.array(z.string()),
  controls: z.array(z.string()),
  calibration: z.strictObject({ name: z.string(), sha256: z.string() }),
  /** Why the whole suite is asked in any case, by suspect; empty where all can be followed. */
  unfollowed: z.array(z.strictObject({ suspect: z.string(), reason: z.string() })),
  /** After each probe of the order from the pilot's last on. */
  trajectory: z.array(z.strictObject({ probes: count, suspects: z.array(followedSchema) })),
  /** After how many probes all suspects were decided; null as long as they are not. */
  decidedAfter: count.nullable(),
});

/** The record of sampling that stops when all is decided; see `stoppingSchema`. */
export type Stopping = z.output<typeof stoppingSchema>;
