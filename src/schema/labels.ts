import { z } from "zod";

export const relationSchema = z.enum([
  "distilled",
  "version",
  "same-base",
  "same-model",
  "independent",
  "undocumented",
]);

export const pairSchema = z.object({
  reference: z.string(),
  suspect: z.string(),
  relation: relationSchema,
  evidence: z.string().optional(),
  confidence: z.string().optional(),
  /** Data lineage of a distilled pair: the unit that counts as one source of a calibration. */
  cluster: z.string().optional(),
  /** True for the pre-named teacher of a student that has several documented ones. */
  teacher: z.boolean().optional(),
});

/** A labels file: who made which model, which models may be controls, and (for calibration) known pairs. */
export const labelsSchema = z.object({
  name: z.string().optional(),
  /** Model -> lab. */
  families: z.record(z.string(), z.string()),
  panel: z.array(z.string()).optional(),
  pairs: z.array(pairSchema).optional(),
});

export type Relation = z.output<typeof relationSchema>;
export type Pair = z.output<typeof pairSchema>;
/** Labels of recorded answers: labs, panel, pairs; see `labelsSchema`. */
export type Labels = z.output<typeof labelsSchema>;
