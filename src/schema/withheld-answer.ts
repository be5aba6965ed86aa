import { z } from "zod";

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** Stands for a category or a token that is withheld: the start of a keyed hash, the same for the same text in the same place. */
export const keyedIdSchema = z.string().regex(/^keyed:[0-9a-f]{16}$/);

/** Text whose characters each carry five bits of `encodeFeatures`. */
const featureText = z.string().regex(/^[A-Za-z0-9+/]*$/);

/**
 * What the analysis reads of one answer, without its text. What follows from the text alone can be checked by who holds the
 * text and the key; everything that follows from it, by anybody.
 */
export const withheldAnswerSchema = z.strictObject({
  /** By name of a text view: its features, permuted under a key, with their counts; see `encodeFeatures`. */
  views: z.record(z.string(), featureText),
  /** See `AnswerForm`: whether the first letter has case, is a capital; marked up; ends open; UTF-16 units. */
  form: z.strictObject({
    cased: z.boolean(),
    capital: z.boolean(),
    marked: z.boolean(),
    open: z.boolean(),
    length: z.int().min(0),
  }),
  /** Category where the probe says how its answer is read; null where none can be read. Absent elsewhere. */
  category: keyedIdSchema.nullable().optional(),
  /** The answer as a category where the probe does not say, and the answer is short; absent elsewhere. */
  short: z
    .strictObject({
      /** Whether it counts when it is decided if the probe is closed: it is short as English text. */
      counts: z.boolean(),
      category: keyedIdSchema.nullable(),
    })
    .optional(),
  /** Whether it claims to be the reference or of its maker, where the probe asks who one is; absent elsewhere. */
  claims: z.boolean().optional(),
});

/** One of the first tokens of an answer with the alternatives listed for it; see `TokenChoice`. */
export const withheldTokenSchema = z.strictObject({
  token: keyedIdSchema,
  /** Tokens and their probabilities, most probable first; ties in the order of the tokens' texts. */
  listed: z.array(z.tuple([keyedIdSchema, z.number().min(0)])),
  /** This token together with the next one, and the next two, as one text; shorter where the answer ends. */
  runs: z.array(keyedIdSchema).max(2),
});

/** One line of `features/<target>.jsonl`: what a redacted line of that target's transcripts said, as far as it is analysed. */
export const withheldSampleSchema = z.strictObject({
  sampleId: sha256Hex,
  /** Of an `ok` line, and of no other. */
  answer: withheldAnswerSchema.optional(),
  /** Where the response held token log-probabilities. */
  tokens: z.array(withheldTokenSchema).optional(),
  /** By number of a revealed canary in the manifest's `redaction`: the variant that the answer names; null for none. */
  variants: z.record(z.string(), z.string().nullable()).optional(),
  /** That it came with the response id and the text of an earlier line. */
  repeated: z.literal(true).optional(),
});

/** Stands in the manifest of a redacted run for what a probe asks. */
export const withheldProbeSchema = z.strictObject({
  /** Content hash of the probe as it was asked. */
  hash: sha256Hex,
  /** Whether it asks who the model is. */
  asksIdentity: z.boolean(),
  /** Category of the right answer; null where none is known. */
  correct: keyedIdSchema.nullable(),
  /** Wordings besides the probe's own. */
  paraphrases: z.int().min(0),
});

/** What the manifest of a redacted run says of its redaction. */
export const redactionSchema = z.strictObject({
  version: z.literal(1),
  /** The views whose features are kept are those of this version. */
  statisticVersion: z.string(),
  /** The reference for whose names claims of identity were read, and its lab; null for none. */
  claimsOf: z.string().nullable(),
  claimsLab: z.string().nullable(),
  /** Targets of whose parameters a text is withheld: their content hash is of what was sent. */
  targets: z.array(z.string()),
  /** Target -> SHA-256 of its `features/` file. */
  features: z.record(z.string(), sha256Hex),
  /** Revealed canaries whose variants stand in the features, by the hash of their commitment. */
  canaries: z.array(
    z.strictObject({
      commitment: sha256Hex,
      /** Content hash of a probe -> id of the slot whose test prompt it asks. */
      slots: z.record(z.string(), z.string()),
    }),
  ),
});

/** What the analysis reads of an answer whose text is withheld; see `withheldAnswerSchema`. */
export type WithheldAnswer = z.output<typeof withheldAnswerSchema>;
/** One of an answer's first tokens, withheld; see `withheldTokenSchema`. */
export type WithheldToken = z.output<typeof withheldTokenSchema>;
/** One line of a features file; see `withheldSampleSchema`. */
export type WithheldSample = z.output<typeof withheldSampleSchema>;
/** What stands for a probe's text; see `withheldProbeSchema`. */
export type WithheldProbe = z.output<typeof withheldProbeSchema>;
/** What was withheld of a run, and what stands for it; see `redactionSchema`. */
export type Redaction = z.output<typeof redactionSchema>;

/** Names under a key for what must be told apart and not be known. The same key gives the same names. */
export interface KeyedNames {
  /** A permutation of the numbers from 0 to 2^32 - 1, another one for each view. */
  readonly features: (view: string) => (feature: number) => number;
  /** @param scope - within which equal texts have equal ids: a probe, or everything */
  readonly id: (kind: "category" | "token" | "parameter", scope: string, text: string) => string;
}

/** What is recorded of one sample before it is redacted. */
export interface SampleTexts {
  /** Null unless the outcome is `ok`. */
  readonly text: string | null;
  /** Null without token log-probabilities. */
  readonly logprobBody: string | null;
}

/** An answer as it was recorded, or what is left of it where its text is withheld. */
export type RecordedAnswer = string | WithheldAnswer;
