import { z } from "zod";
import {
  clusterNameSchema,
  countSchema as count,
  identifierSchema as identifier,
  hex32Schema as secretBytes,
  hex32Schema as sha256Hex,
} from "./canary-fields.ts";
import { greenTestSchema } from "./green-list.ts";
import { messageSchema } from "./probe.ts";

/** What kind of arbitrary choice a canary is. */
export const canaryKindSchema = z.enum(["fictional-fact", "made-up-term", "word-choice", "formatting-habit"]);

/** One of the K interchangeable alternatives of a slot, with other spellings that count as the same. */
export const variantSchema = z.strictObject({
  value: z.string().min(1).max(200),
  aliases: z.array(z.string().min(1).max(200)).default([]),
});

/** One place where a canary is planted, without the choice that was made there. */
const slotDesignSchema = z.strictObject({
  id: identifier,
  kind: canaryKindSchema,
  /** Words or phrases; a request that holds one of them, as whole words in any case, may be served the canary. */
  trigger: z.array(z.string().min(1).max(200)).min(1),
  /** What the reference is told to do, with `{variant}` where the variant goes. */
  instruction: z.string().includes("{variant}", { message: "expected {variant} in it" }).max(1000),
  /** What the suspect is asked, word for word. */
  prompt: z.array(messageSchema).min(1),
  /** RE2 pattern whose first group is compared with the variants sign by sign; without it they are looked for as words. */
  pattern: z.string().max(400).optional(),
  maxTokens: z.int().min(1).max(4000),
});

/** A slot as it is sealed: the K variants in the order drawn, and which of them is planted. */
export const slotSchema = slotDesignSchema.extend({
  variants: z.array(variantSchema).min(2),
  /** Index of the planted variant, from 0. */
  planted: count,
});

/** All that a commitment fixes: slots, test prompts, how answers are read, samples a slot, and the planted choices. */
export const sealedSchema = z.strictObject({
  name: identifier,
  /** K: variants of every slot. */
  variants: z.int().min(2).max(1000),
  /** Samples of which the plurality is a slot's one answer. */
  samplesPerSlot: z.int().min(1).max(1000),
  /** Share of the requests with a trigger that are served a canary, in (0, 1]. */
  share: z.number().gt(0).max(1),
  /** Key of the keyed hash by which requests are chosen, and the variants of clusters drawn. */
  key: secretBytes,
  slots: z.array(slotSchema).min(1),
  /** Account clusters that are served variants of their own, by name; absent where all accounts are served the same. */
  clusters: z.array(clusterNameSchema).min(1).max(10_000).optional(),
});

/** The secret file: to be kept by the reference's owner alone until it is revealed. */
export const secretSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("canary-secret"),
  salt: secretBytes,
  sealed: sealedSchema,
});

/** What is published before planting. It tells nothing of slots, prompts or choices. */
export const commitmentSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("canary-commitment"),
  name: identifier,
  /** SHA-256 over salt, time, earlier commitments and everything sealed. */
  hash: sha256Hex,
  timestamp: z.strictObject({
    /** When it was made, as its owner says; bound by the hash. */
    committedAt: z.iso.datetime(),
    /** Where a third party's proof of the date is to be found; not bound. */
    witness: z.string().max(2000).nullable(),
  }),
  slots: z.int().min(1),
  variants: z.int().min(2),
  samplesPerSlot: z.int().min(1),
  /** Account clusters with variants of their own: each is a test more. Absent where there are none. */
  clusters: z.int().min(1).optional(),
  /** Content hash of the suite of test prompts. */
  suiteHash: sha256Hex,
  /** Secrets that the owner ever committed, this one included. */
  secretsCommitted: z.int().min(1),
  /** Hashes of the earlier commitments, oldest first. */
  previous: z.array(sha256Hex),
});

/** The revealed secret: anybody can recompute the commitment from it, and score any suspect. */
export const openingSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("canary-opening"),
  salt: secretBytes,
  committedAt: z.iso.datetime(),
  previous: z.array(sha256Hex),
  sealed: sealedSchema,
});

/** What one model said in one slot. */
export const slotResultSchema = z.strictObject({
  id: z.string(),
  kind: canaryKindSchema,
  planted: z.string(),
  /** The variant that each sample names, in sample order; null where it names none or several. */
  samples: z.array(z.string().nullable()),
  /** False with fewer samples than committed to: the slot then is a miss. */
  complete: z.boolean(),
  /** The plurality of the samples that name a variant; null where there is none, or a tie. */
  answer: z.string().nullable(),
  hit: z.boolean(),
});

const scoreSchema = z.strictObject({
  hits: count,
  /** Slots with an answer among the variants, planted or not. */
  answered: count,
  /** Slots with fewer samples than committed to: misses, whatever was said in them. */
  incomplete: count,
  /** P(Bin(answered + incomplete, 1/variants) >= hits): the pre-declared test. */
  pValue: z.number(),
  /** P(Bin(slots, 1/variants) >= hits), besides: conservative, slots without an answer count as misses. */
  allSlotsPValue: z.number(),
});

/** The list of variants of one account cluster, tested on one suspect's answers. */
export const clusterTestSchema = z.strictObject({
  cluster: clusterNameSchema,
  hits: count,
  /** P(Bin(answered + incomplete, 1/variants) >= hits). */
  pValue: z.number(),
  /** Holm over all lists of the secret, times the secrets ever committed. */
  adjustedPValue: z.number(),
});

/** One secret tested on one suspect. */
export const canaryTestSchema = scoreSchema.extend({
  name: z.string(),
  /** Hash of its commitment, recomputed from the opening. */
  commitment: sha256Hex,
  committedAt: z.iso.datetime(),
  slots: z.int().min(1),
  variants: z.int().min(2),
  samplesPerSlot: z.int().min(1),
  /**
   * Holm over every secret ever committed; those that were not tested count as p = 1. Of a secret with clusters: Holm over
   * its lists, times the secrets.
   */
  adjustedPValue: z.number(),
  /** Clopper-Pearson interval of the probability of a hit in a slot that counts in `pValue`, 95 %; [0, 1] where none does. */
  interval: z.tuple([z.number(), z.number()]),
  /** Share of the slots that count in `pValue` taken up beyond chance: (hits/n - 1/K) / (1 - 1/K); null where none does. */
  uptake: z.number().nullable(),
  /** Negative controls: hits of each of the K - 1 lists that were never planted (the d-th next variant of every slot). */
  unplanted: z.array(count),
  slotResults: z.array(slotResultSchema),
  /** The lists of account clusters, in the order in which they are sealed; absent where there are none. */
  clusters: z.array(clusterTestSchema).min(1).optional(),
  /** Models that cannot have seen the canaries, asked the same. */
  controls: z.array(scoreSchema.extend({ name: z.string() })),
});

/** All secrets tested on one suspect. */
export const canarySuspectSchema = z.strictObject({
  suspect: z.string(),
  /** Head of the hash chain of the suspect's transcripts. */
  transcriptHead: sha256Hex,
  secretsCommitted: z.int().min(1),
  tests: z.array(canaryTestSchema),
  /** Green lists; absent where none was tested. */
  greenTests: z.array(greenTestSchema).min(1).optional(),
});

/** The result file of `canary test`. */
export const canaryResultSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("canary-result"),
  congenerVersion: z.string(),
  createdAt: z.iso.datetime(),
  run: z.string(),
  suspects: z.array(canarySuspectSchema).min(1),
});

const templateVariant = z.union([variantSchema, z.string().min(1), z.number()]);

/** A file of canary templates as people write it. */
export const templateFileSchema = z.strictObject({
  name: identifier,
  version: z.string().min(1).max(40),
  description: z.string().default(""),
  kind: canaryKindSchema,
  /** Of an answer to a test prompt, where a template says nothing. */
  maxTokens: z.int().min(1).max(4000).default(40),
  templates: z
    .array(
      slotDesignSchema.omit({ kind: true, prompt: true, maxTokens: true }).extend({
        /** One user message. */
        prompt: z.string().min(1),
        /** With a pattern: an answer with `{variant}` in it, from which every spelling must be read; default: `{variant}`. */
        example: z
          .string()
          .includes("{variant}", { message: "expected {variant} in it" })
          .max(400)
          .optional(),
        maxTokens: z.int().min(1).max(4000).optional(),
        /** Equally plausible alternatives, at least as many as will be drawn. */
        variants: z.array(templateVariant).min(2),
        why: z.string().default(""),
      }),
    )
    .min(1),
});

/** JSON Schemas (2020-12) of the canary files by file name, as they ship in `schemas/`. */
export function canaryJsonSchemas(): Record<string, Record<string, unknown>> {
  const schemas = {
    "canary-templates": [templateFileSchema, "Congener canary templates"],
    "canary-secret": [secretSchema, "Congener canary secret"],
    "canary-commitment": [commitmentSchema, "Congener canary commitment"],
    "canary-opening": [openingSchema, "Congener canary opening"],
    "canary-result": [canaryResultSchema, "Congener canary result"],
  } as const;
  return Object.fromEntries(
    Object.entries(schemas).map(([name, [schema, title]]) => [
      `${name}.schema.json`,
      { title, ...z.toJSONSchema(schema, { io: "input", target: "draft-2020-12" }) },
    ]),
  );
}

/** Kind of arbitrary choice; see `canaryKindSchema`. */
export type CanaryKind = z.output<typeof canaryKindSchema>;
/** One of a slot's K alternatives; see `variantSchema`. */
export type CanaryVariant = z.output<typeof variantSchema>;
/** A place where a canary is planted, with the choice made; see `slotSchema`. */
export type CanarySlot = z.output<typeof slotSchema>;
/** All that a commitment fixes; see `sealedSchema`. */
export type Sealed = z.output<typeof sealedSchema>;
/** The secret file; see `secretSchema`. */
export type CanarySecret = z.output<typeof secretSchema>;
/** The published file; see `commitmentSchema`. */
export type CanaryCommitment = z.output<typeof commitmentSchema>;
/** The revealed secret; see `openingSchema`. */
export type CanaryOpening = z.output<typeof openingSchema>;
/** What a model said in a slot; see `slotResultSchema`. */
export type SlotResult = z.output<typeof slotResultSchema>;
/** One cluster's list tested on one suspect; see `clusterTestSchema`. */
export type ClusterTest = z.output<typeof clusterTestSchema>;
/** One secret tested on one suspect; see `canaryTestSchema`. */
export type CanaryTest = z.output<typeof canaryTestSchema>;
/** All secrets tested on one suspect; see `canarySuspectSchema`. */
export type CanarySuspect = z.output<typeof canarySuspectSchema>;
/** The result file; see `canaryResultSchema`. */
export type CanaryResult = z.output<typeof canaryResultSchema>;
