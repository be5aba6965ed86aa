import { z } from "zod";
import { countSchema, hex32Schema, identifierSchema } from "./canary-fields.ts";
import { messageSchema } from "./probe.ts";

const word = z.string().min(1).max(40);

/** Two words that stand for each other, and next to which words they do not. */
export const wordPairSchema = z.strictObject({
  /** In lower case, as one token each. */
  words: z.tuple([word, word]),
  /** Left alone right after one of these words. */
  notAfter: z.array(word).default([]),
  /** Left alone right before one of these words. */
  notBefore: z.array(word).default([]),
  /** Where given: left alone unless right before one of these words. */
  onlyBefore: z.array(word).optional(),
});

/** A list of word pairs with test prompts as people write it. */
export const greenListFileSchema = z.strictObject({
  name: identifierSchema,
  version: z.string().min(1).max(40),
  description: z.string().default(""),
  pairs: z.array(wordPairSchema).min(1).max(5000),
  /** Of an answer to a test prompt. */
  maxTokens: z.int().min(1).max(4000).default(700),
  /** User messages that draw long free text. */
  prompts: z.array(z.string().min(1)).min(1).max(1000),
});

/** All that the commitment of a green list fixes. */
export const greenSealedSchema = z.strictObject({
  name: identifierSchema,
  /** Key of the keyed hash that says which word of a pair is green after which words. */
  key: hex32Schema,
  /** Preceding words that the choice depends on. */
  contextWidth: z.int().min(1).max(8),
  /** Significance level of the test, after Holm's correction. */
  level: z.number().gt(0).lt(1),
  pairs: z.array(wordPairSchema).min(1),
  /** What the suspect is asked, word for word. */
  prompts: z.array(z.array(messageSchema).min(1)).min(1),
  maxTokens: z.int().min(1).max(4000),
  /** Samples of a prompt that are read, in sample order. */
  samplesPerPrompt: z.int().min(1).max(1000),
});

/** The secret file: to be kept by the reference's owner alone until it is revealed. */
export const greenSecretSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("canary-green-secret"),
  salt: hex32Schema,
  sealed: greenSealedSchema,
});

/** What is published before the first rewritten answer is served. */
export const greenCommitmentSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("canary-green-commitment"),
  name: identifierSchema,
  /** SHA-256 over salt, time, earlier commitments and everything sealed. */
  hash: hex32Schema,
  timestamp: z.strictObject({ committedAt: z.iso.datetime(), witness: z.string().max(2000).nullable() }),
  pairs: z.int().min(1),
  contextWidth: z.int().min(1),
  level: z.number(),
  samplesPerPrompt: z.int().min(1),
  /** Content hash of the suite of test prompts. */
  suiteHash: hex32Schema,
  /** Secrets of either kind that the owner ever committed, this one included. */
  secretsCommitted: z.int().min(1),
  /** Hashes of the earlier commitments, oldest first. */
  previous: z.array(hex32Schema),
});

/** The revealed secret: anybody can recompute the commitment from it, and score any text. */
export const greenOpeningSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("canary-green-opening"),
  salt: hex32Schema,
  committedAt: z.iso.datetime(),
  previous: z.array(hex32Schema),
  sealed: greenSealedSchema,
});

/** What was counted once: which word of a pair a text prefers after the same words. */
export const countedChoiceSchema = z.strictObject({
  /** The preceding words in the form in which they are hashed. */
  context: z.string(),
  /** Index of the pair in the sealed list. */
  pair: countSchema,
  /** 0 the first word of the pair, 1 the second. */
  chosen: z.union([z.literal(0), z.literal(1)]),
});

const greenScoreSchema = z.strictObject({
  /** Answers that were read. */
  answers: countSchema,
  /** Choices counted: pairs of context and word pair, each once. */
  choices: countSchema,
  green: countSchema,
  /** P(Bin(choices, 1/2) >= green). */
  pValue: z.number(),
});

/** One green list tested on one suspect. */
export const greenTestSchema = greenScoreSchema.extend({
  name: z.string(),
  /** Hash of its commitment, recomputed from the opening. */
  commitment: hex32Schema,
  committedAt: z.iso.datetime(),
  contextWidth: z.int().min(1),
  pairs: z.int().min(1),
  level: z.number(),
  /** Answers that were committed to, prompts times samples; fewer may have been read. Absent where every answer is read. */
  answersCommitted: countSchema.optional(),
  /** Whether the answers to the committed prompts were read, or every answer of the run. */
  scope: z.enum(["committed-prompts", "all-answers"]),
  /** Holm over every secret of either kind ever committed. */
  adjustedPValue: z.number(),
  /** Clopper-Pearson interval of the probability of green, 95 %. */
  interval: z.tuple([z.number(), z.number()]),
  /** Negative controls: green choices of the same text under other keys. */
  otherKeys: z.array(countSchema),
  /** Models that cannot have seen rewritten answers, on the same prompts. */
  controls: z.array(greenScoreSchema.extend({ name: z.string() })),
  /** What was counted, so that the figures can be recomputed offline; left out of reports. */
  counted: z.array(countedChoiceSchema).optional(),
});

/** JSON Schemas (2020-12) of the files of green lists by file name, as they ship in `schemas/`. */
export function greenListJsonSchemas(): Record<string, Record<string, unknown>> {
  const schemas = {
    "green-list": [greenListFileSchema, "Congener list of word pairs"],
    "canary-green-secret": [greenSecretSchema, "Congener green-list secret"],
    "canary-green-commitment": [greenCommitmentSchema, "Congener green-list commitment"],
    "canary-green-opening": [greenOpeningSchema, "Congener green-list opening"],
  } as const;
  return Object.fromEntries(
    Object.entries(schemas).map(([name, [schema, title]]) => [
      `${name}.schema.json`,
      { title, ...z.toJSONSchema(schema, { io: "input", target: "draft-2020-12" }) },
    ]),
  );
}

/** Two interchangeable words; see `wordPairSchema`. */
export type WordPair = z.output<typeof wordPairSchema>;
/** A list of word pairs with test prompts; see `greenListFileSchema`. */
export type GreenListFile = z.output<typeof greenListFileSchema>;
/** All that the commitment of a green list fixes; see `greenSealedSchema`. */
export type GreenSealed = z.output<typeof greenSealedSchema>;
/** The secret file of a green list; see `greenSecretSchema`. */
export type GreenSecret = z.output<typeof greenSecretSchema>;
/** The published file of a green list; see `greenCommitmentSchema`. */
export type GreenCommitment = z.output<typeof greenCommitmentSchema>;
/** The revealed green list; see `greenOpeningSchema`. */
export type GreenOpening = z.output<typeof greenOpeningSchema>;
/** One choice that counts; see `countedChoiceSchema`. */
export type CountedChoice = z.output<typeof countedChoiceSchema>;
/** One green list tested on one suspect; see `greenTestSchema`. */
export type GreenTest = z.output<typeof greenTestSchema>;
