import { type Analysis, analysisSchema } from "../../schema/analysis.ts";
import { roleFlags } from "../bundle/role-flags.ts";
import type { LoadedOpenings } from "../canary/load-openings.ts";
import { compareRun } from "../compare-run.ts";

/**
 * Compares a run folder again exactly as an analysis says that it was compared: its roles, labs, seed, calibration, prior,
 * time and version. Of a folder that holds what was compared, the result equals the analysis.
 * @param openings - the canaries that the analysis tested, which it does not hold itself
 */
export async function compareAgain(
  dir: string,
  analysis: Analysis,
  openings: LoadedOpenings,
): Promise<Analysis> {
  const { roles, reference, suspects, reportData } = analysis;
  const families = reportData.models.flatMap(({ name, lab }) => (lab === null ? [] : [[name, lab]]));
  const compared = await compareRun(dir, {
    flags: roleFlags({ ...roles, reference }),
    labels: { families: Object.fromEntries(families) },
    calibration: reportData.calibration,
    // Where no suspect has a posterior, the prior changed nothing.
    prior: suspects.find(({ posterior }) => posterior !== null)?.posterior?.prior ?? null,
    seed: analysis.seed,
    version: analysis.congenerVersion,
    createdAt: analysis.createdAt,
    commands: reportData.commands,
    canaries: openings.openings,
    secretsCommitted: openings.secretsCommitted,
  });
  // As it is read from disk: its keys in the schema's order.
  return analysisSchema.parse(compared);
}
