import type { Analysis } from "../../schema/analysis.ts";
import type { LoadedOpenings } from "../canary/load-openings.ts";
import { compareRun } from "../compare-run.ts";

/**
 * Compares a run folder again exactly as an analysis says that it was compared: its roles, labs, seed, calibration, prior,
 * time and version. Of a folder that holds what was compared, the result equals the analysis.
 * @param openings - the canaries that the analysis tested; an analysis does not hold them
 */
export async function recomputeAnalysis(
  dir: string,
  analysis: Analysis,
  openings: LoadedOpenings,
): Promise<Analysis> {
  const { roles, reference, suspects, reportData } = analysis;
  const baselines = [...new Set(Object.values(roles.baselines))];
  const families = reportData.models.flatMap(({ name, lab }) => (lab === null ? [] : [[name, lab]]));
  return compareRun(dir, {
    flags: {
      reference,
      suspect: roles.suspects,
      control: roles.controls,
      // One for all suspects was named by a flag or may as well have been; several are the manifest's.
      baseline:
        baselines.length === 1 && Object.keys(roles.baselines).length === suspects.length
          ? baselines[0]
          : undefined,
    },
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
}
