import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { SchemaError, UsageError } from "../errors.ts";
import { type Calibration, calibrationSchema, statisticVersion } from "../schema/calibration.ts";

/** Calibrations that ship with the package. */
export const shippedCalibrations = {
  "real-models": fileURLToPath(new URL("../../calibrations/real-models.json", import.meta.url)),
  "zoo-miniature": fileURLToPath(new URL("../../calibrations/zoo-miniature.json", import.meta.url)),
} as const satisfies Record<Calibration["domain"], string>;

/**
 * Reads a calibration file.
 * @throws UsageError when it cannot be read; SchemaError when it is none or was fitted on another statistic version
 */
export async function loadCalibration(file: string): Promise<Calibration> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      "calibration.unreadable",
      `cannot read the calibration ${file}: ${why}; make one with: congener calibrate`,
      { cause },
    );
  }
  const parsed = calibrationSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new SchemaError(
      "calibration.schema",
      `${file} is no calibration: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}; make one with: congener calibrate`,
    );
  }
  if (parsed.data.statisticVersion !== statisticVersion)
    throw new SchemaError(
      "calibration.version",
      `${file} was fitted on version ${parsed.data.statisticVersion} of the statistics: expected version ${statisticVersion}; fit it again with: congener calibrate`,
    );
  return parsed.data;
}
