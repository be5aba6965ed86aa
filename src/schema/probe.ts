import { z } from "zod";
import { withheldProbeSchema } from "./withheld-answer.ts";

/** A probe id or suite name: what file names, ids and terminals can carry without surprise. */
const identifier = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._/:|@+=-]{0,199}$/,
    "letters, digits and . _ / : | @ + = - only, 200 at most",
  );

export const messageSchema = z.strictObject({
  role: z.enum(["system", "user", "assistant"]),
  content: z.string(),
});

/** Sampling parameters as they are named on the wire. Only what is named here is sent. */
export const paramsSchema = z.record(z.string(), z.json());

const example = z.tuple([z.string(), z.union([z.string(), z.number(), z.null()])]);

/**
 * What kind of answer a probe expects, and how to read it from the response text. `free` answers have no
 * category. `examples` are pairs of response text and extracted value: `probes lint` runs them.
 */
export const answerSchema = z.strictObject({
  kind: z.enum(["choice", "number", "name", "word", "code", "free"]),
  /** For `choice`: canonical value -> accepted spellings (the canonical value itself is always accepted). */
  choices: z.record(z.string(), z.array(z.string())).optional(),
  /** For `number`: inclusive range; an answer outside is no answer. */
  min: z.number().optional(),
  max: z.number().optional(),
  /** The right answer, where there is one beyond doubt: what is shared although it is wrong tells more. */
  correct: z.union([z.string(), z.number()]).optional(),
  /** A regular expression in RE2 syntax whose first group is the answer; overrides the kind's own reading. */
  pattern: z.string().optional(),
  examples: z.array(example).default([]),
});

/** One prompt with its family, how the answer is read, and why it is telling. */
export const probeSchema = z.strictObject({
  id: identifier,
  family: z.string().min(1).max(80),
  language: z.string().min(2).max(35).default("en"),
  /** Chat messages, or `prefix` for raw completion: exactly one of the two. */
  messages: z.array(messageSchema).min(1).optional(),
  prefix: z.string().optional(),
  /** Other natural wordings of the same probe; wording 0 is `messages` (or `prefix`) itself. */
  paraphrases: z.array(z.union([z.array(messageSchema).min(1), z.string()])).default([]),
  answer: answerSchema.default({ kind: "free", examples: [] }),
  params: paramsSchema.default({}),
  /** Suggested samples a target; the run's own setting wins. */
  samples: z.int().min(1).max(10_000).optional(),
  why: z.string().default(""),
});

/** A probe as a manifest holds it: in a redacted run without messages, prefix and wordings. */
export const recordedProbeSchema = probeSchema.extend({ withheld: withheldProbeSchema.optional() });

/** One prompt with its family, answer kind and the reason why it is telling. */
export type Probe = z.output<typeof recordedProbeSchema>;
export type ProbeInput = z.input<typeof probeSchema>;
export type Message = z.output<typeof messageSchema>;
export type Params = z.output<typeof paramsSchema>;
export type Answer = z.output<typeof answerSchema>;

/** A named, versioned, content-hashed set of probes. */
export const suiteSchema = z.strictObject({
  name: identifier,
  version: z.string().min(1).max(40),
  description: z.string().default(""),
  /** SHA-256 over the sorted probe content hashes. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  probes: z.array(probeSchema),
});

/** A suite as a manifest holds it; see `recordedProbeSchema`. */
export const recordedSuiteSchema = suiteSchema.extend({ probes: z.array(recordedProbeSchema) });

/** A named, versioned, content-hashed set of probes. */
export type Suite = z.output<typeof recordedSuiteSchema>;
