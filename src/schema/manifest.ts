import { z } from "zod";
import { labelsSchema } from "./labels.ts";
import { recordedSuiteSchema } from "./probe.ts";
import { shardSchema } from "./shard.ts";
import { stoppingSchema } from "./stopping.ts";
import { targetSchema } from "./target.ts";
import { redactionSchema } from "./withheld-answer.ts";

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** Who plays what in a comparison; every name is a target's. */
export const rolesSchema = z.strictObject({
  reference: z.string().nullable(),
  suspects: z.array(z.string()),
  controls: z.array(z.string()),
  /** Suspect -> an ancestor or sibling base of it. */
  baselines: z.record(z.string(), z.string()).default({}),
});

/** `manifest.json` of a run folder: everything but the samples. No secret, no machine path. */
export const manifestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  congenerVersion: z.string(),
  name: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** `started` after a crash means: issue the same command again. */
  status: z.enum(["started", "stopped", "complete"]),
  /** `asked` by `run`, `imported` by `import`. */
  origin: z.enum(["asked", "imported", "demo"]),
  samples: z.int().min(1).nullable(),
  seed: z.int().nullable(),
  /** Whether each sample is asked in one of its probe's wordings, drawn by the seed; absent: in the probe's own. */
  paraphrase: z.literal(true).optional(),
  roles: rolesSchema,
  suites: z.array(recordedSuiteSchema),
  targets: z.array(targetSchema.extend({ hash: sha256Hex })),
  labels: labelsSchema.nullable(),
  /** Imported files, by base name, with the SHA-256 of their bytes. */
  sources: z.array(
    z.strictObject({ file: z.string(), sha256: sha256Hex, format: z.string(), rows: z.int().min(0) }),
  ),
  /** How sampling was to stop once all was decided; absent where it was never asked to. */
  stopping: stoppingSchema.optional(),
  /** Which part of the run lies here; absent: the whole. */
  shard: shardSchema.optional(),
  /** Lines of each transcript file that were on disk when the manifest was written: a file with fewer lost some. */
  recordedLines: z.record(z.string(), z.int().min(0)).optional(),
  /** Present where prompts and answers are withheld: what stands for them. */
  redaction: redactionSchema.optional(),
});

/** Who is reference, suspect, control and baseline; see `rolesSchema`. */
export type Roles = z.output<typeof rolesSchema>;
/** The record of a run, `manifest.json`; see `manifestSchema`. */
export type Manifest = z.output<typeof manifestSchema>;
