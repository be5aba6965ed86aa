import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Calibration, calibrationSchema } from "../../src/schema/calibration.ts";

/** The zoo's calibration as it ships. */
export const zooCalibration = (): Calibration =>
  calibrationSchema.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, "../../calibrations/zoo-miniature.json"), "utf8")),
  );
