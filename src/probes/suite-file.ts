import { z } from "zod";
import { probeSchema, suiteSchema } from "../schema/probe.ts";

/**
 * A suite file: what people write under `probes/`. The hash is not written but computed.
 *
 * A suite may be cut into several files: `core.yaml` and `core.<part>.yaml` in one folder, or several files named
 * together, are one suite when their `name` and `version` are equal; the description is the first one given.
 */
export const suiteFileSchema = suiteSchema.omit({ hash: true }).extend({
  probes: z.array(probeSchema).min(1, "a suite file needs at least one probe"),
});

export type SuiteFile = z.output<typeof suiteFileSchema>;

/** JSON Schema (draft 2020-12) of a suite file as it is written, defaults optional; for editors. */
export function suiteFileJsonSchema(): Record<string, unknown> {
  return {
    title: "Congener suite of probes",
    description: "A named, versioned set of probes: prompts with their family, answer kind and reason.",
    ...z.toJSONSchema(suiteFileSchema, { io: "input" }),
  };
}
