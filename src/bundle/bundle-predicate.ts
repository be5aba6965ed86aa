import type { Analysis } from "../schema/analysis.ts";
import { type BundledComparison, type BundlePredicate, bundleVersion } from "../schema/evidence-bundle.ts";
import { bundleFiles } from "./layout.ts";

/** What the statement says of a bundle, from its analysis: all that a recomputation needs to be told. */
export function bundlePredicate(
  analysis: Analysis,
  parts: Pick<BundlePredicate, "congenerVersion" | "redacted" | "heads"> & {
    readonly hasCalibration: boolean;
    readonly canaries: readonly string[];
  },
): BundlePredicate {
  const { congenerVersion, redacted, heads } = parts;
  return {
    bundleVersion,
    congenerVersion,
    statisticVersion: analysis.statisticVersion,
    run: analysis.run,
    createdAt: analysis.createdAt,
    redacted,
    heads,
    compare: bundledComparison(analysis, parts),
  };
}

function bundledComparison(
  { roles, reference, seed, suspects, reportData }: Analysis,
  { hasCalibration, canaries }: { readonly hasCalibration: boolean; readonly canaries: readonly string[] },
): BundledComparison {
  const families = reportData.models.flatMap(({ name, lab }) => (lab === null ? [] : [[name, lab] as const]));
  return {
    roles: { ...roles, reference },
    seed,
    // Where no suspect has a posterior, the prior changed nothing.
    prior: suspects.find(({ posterior }) => posterior !== null)?.posterior?.prior ?? null,
    calibration: hasCalibration ? bundleFiles.calibration : null,
    canaries: [...canaries],
    secretsCommitted: suspects.find(({ canary }) => canary !== undefined)?.canary?.secretsCommitted ?? null,
    labels: { families: Object.fromEntries(families) },
  };
}
