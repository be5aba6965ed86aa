import { z } from "zod";
import { probeSchema, suiteSchema } from "../schema/probe.ts";

const head = suiteSchema.omit({ hash: true, probes: true }).extend({
  /** Tokens that all answers together may have at one sample a probe, counted by `max_tokens`; `probes lint` holds it. */
  outputTokenBudget: z
    .int()
    .min(1)
    .optional()
    .describe("Most tokens of all answers together at one sample a probe, by their max_tokens"),
});

/**
 * A suite file: what people write under `probes/`. The hash is not written but computed.
 *
 * A suite may be cut into several files: `full.yaml` and `full.<part>.yaml` in one folder are one suite when their `name`
 * and `version` are equal; its description is those of its files, one after the other.
 */
export const suiteFileSchema = head.extend({
  probes: z.array(probeSchema).min(1, "a suite file needs at least one probe"),
});

/** A suite file that holds no probes of its own: some of another suite's, by id, in the order given. */
export const selectionFileSchema = head.extend({
  of: z
    .string()
    .min(1)
    .describe("Suite that is selected from: a name (in this file's folder, else shipped), or a file"),
  ids: z.array(z.string()).min(1, "a selection needs at least one id"),
});

export type SuiteFile = z.output<typeof suiteFileSchema>;

/** JSON Schema (draft 2020-12) of a suite file as it is written, defaults optional; for editors. */
export function suiteFileJsonSchema(): Record<string, unknown> {
  return {
    title: "Congener suite of probes",
    description:
      "A named, versioned set of probes: prompts with their family, answer kind and reason; or a selection of another suite's.",
    ...z.toJSONSchema(z.union([suiteFileSchema, selectionFileSchema]), { io: "input" }),
  };
}
