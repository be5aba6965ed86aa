import { readFile } from "node:fs/promises";
import { z } from "zod";
import { SchemaError } from "../../errors.ts";
import { accessAnalysisSchema } from "../../schema/access.ts";

/** The model that is shipped: fitted on simulated logs, with what it was fitted on. */
export const shippedModelSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** How it came about, in words. */
  provenance: z.string(),
  model: accessAnalysisSchema.shape.probabilityModel.unwrap(),
});

/** The shipped model; see `shippedModelSchema`. */
export type ShippedModel = z.output<typeof shippedModelSchema>;

const shippedFile = new URL("../../../calibrations/access-simulated.json", import.meta.url);

/**
 * Reads the shipped model.
 * @throws SchemaError when the installed file is missing or damaged
 */
export async function loadShippedModel(): Promise<ShippedModel> {
  try {
    return shippedModelSchema.parse(JSON.parse(await readFile(shippedFile, "utf8")));
  } catch (cause) {
    throw new SchemaError(
      "access.shipped-model",
      "calibrations/access-simulated.json is missing or damaged: expected the file that Congener ships; reinstall it",
      { cause },
    );
  }
}
