import { join } from "node:path";
import type { Analysis } from "../schema/analysis.ts";
import { calibrationSchema } from "../schema/calibration.ts";
import type { BundlePredicate } from "../schema/evidence-bundle.ts";
import { suiteHash, targetHash } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import { checkRecord } from "../store/manifest-file.ts";
import type { BundleCheck } from "./bundle-check.ts";
import type { Inventory } from "./bundle-inventory.ts";
import { firstDifference, shortJson } from "./first-difference.ts";
import { bundleFiles, suiteFile } from "./layout.ts";
import { readJsonBounded } from "./read-bounded.ts";

/** Whether the suites are, by content, those that were asked and compared, and the targets those that were asked. */
export async function checkSuites(
  dir: string,
  manifest: Manifest,
  analysis: Analysis | null,
  { files }: Inventory,
): Promise<BundleCheck> {
  const differs = (message: string): BundleCheck => ({ name: "suites", status: "differs", message });
  const names = new Set<string>();
  for (const [at, suite] of manifest.suites.entries()) {
    const { name, hash, probes } = suite;
    const computed = suiteHash(probes);
    if (computed !== hash)
      return differs(
        `suite ${name} of ${bundleFiles.manifest} was changed: its probes hash to ${computed}, it says ${hash}`,
      );
    const compared = analysis?.reportData.suites[at];
    if (analysis !== null && compared?.hash !== hash)
      return differs(
        `another suite: ${bundleFiles.analysis} was made with ${compared === undefined ? "none" : `${compared.name} ${compared.hash}`}, the run has ${name} ${hash}`,
      );
    const file = suiteFile(name, at);
    names.add(file);
    const difference = firstDifference(suite, await readJsonBounded(join(dir, file)));
    if (difference !== null)
      return differs(
        `${file} is not the suite of ${bundleFiles.manifest}: ${difference.path} is ${shortJson(difference.got)}, expected ${shortJson(difference.expected)}`,
      );
  }
  const stray = files.find((file) => file.startsWith("suites/") && !names.has(file));
  if (stray !== undefined) return differs(`${stray} is no suite of ${bundleFiles.manifest}`);
  const withheld = manifest.redaction?.targets ?? [];
  const target = manifest.targets.find((one) => targetHash(one) !== one.hash && !withheld.includes(one.name));
  if (target !== undefined)
    return differs(
      `target ${target.name} of ${bundleFiles.manifest} was changed: its content hash is no longer ${target.hash}`,
    );
  const probes = manifest.suites.reduce((sum, suite) => sum + suite.probes.length, 0);
  return {
    name: "suites",
    status: "holds",
    message: `${probes} probes in ${manifest.suites.length} suites and ${manifest.targets.length} targets hash to what they are named by${withheld.length === 0 ? "" : `, but for ${withheld.length} of whose parameters a text is withheld`}`,
  };
}

/** Whether the calibration is the one that the analysis says it was made with. */
export async function checkCalibration(
  dir: string,
  { compare }: BundlePredicate,
  analysis: Analysis | null,
  { files }: Inventory,
): Promise<BundleCheck> {
  const name = "calibration";
  const file = bundleFiles.calibration;
  const used = analysis?.reportData.calibration ?? null;
  if (compare.calibration === null) {
    if (files.includes(file) || used !== null)
      return {
        name,
        status: "differs",
        message: `${bundleFiles.statement} names no calibration, but ${used === null ? `${file} is there` : `the analysis was made with ${used.name}`}`,
      };
    return { name, status: "note", message: "none: the analysis has no likelihood ratio" };
  }
  const calibration = checkRecord(file, await readJsonBounded(join(dir, file)), (value) =>
    calibrationSchema.safeParse(value),
  );
  // The pairs it was fitted on are left out of an analysis; no number comes from them.
  const { pairs: _pairs, ...fitted } = calibration;
  const difference = analysis === null ? null : firstDifference(used, fitted);
  if (difference !== null)
    return {
      name,
      status: "differs",
      message: `another calibration: in ${file} ${difference.path} is ${shortJson(difference.got)}, the analysis was made with ${shortJson(difference.expected)}`,
    };
  return { name, status: "holds", message: `${calibration.name} is the one that the analysis names` };
}
