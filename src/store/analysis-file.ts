import { join } from "node:path";
import { StoreError } from "../errors.ts";
import { type Analysis, analysisSchema } from "../schema/analysis.ts";
import { checkRecord, readJson } from "./manifest-file.ts";
import { createSecretFilter, type Secret } from "./secret-filter.ts";
import { writeAtomically } from "./write-atomically.ts";

/** Path of a run's analysis. */
export const analysisPath = (dir: string): string => join(dir, "analysis.json");

/**
 * Checks an analysis against its schema (finite numbers only) and writes it so that it is never half written.
 * Returns its path; `path` other than the run's own is for `compare -o`.
 * @throws SchemaError when it does not fit
 */
export async function writeAnalysis(
  dir: string,
  analysis: Analysis,
  options: { path?: string; secrets?: readonly Secret[] } = {},
): Promise<string> {
  const path = options.path ?? analysisPath(dir);
  const checked = checkRecord(path, analysis, (input) => analysisSchema.safeParse(input));
  const { value } = createSecretFilter(options.secrets ?? []).value(checked);
  await writeAtomically(path, `${JSON.stringify(value, null, 2)}\n`);
  return path;
}

/**
 * The analysis of a run folder.
 * @throws StoreError `store.no-analysis` when `compare` has not been run
 * @throws SchemaError when another version wrote it
 */
export async function readAnalysis(dir: string): Promise<Analysis> {
  const path = analysisPath(dir);
  const value = await readJson(
    path,
    () =>
      new StoreError(
        "store.no-analysis",
        `no analysis in ${dir}: expected ${path}; make one with: congener compare ${dir}`,
      ),
  );
  return checkRecord(path, value, (input) => analysisSchema.safeParse(input));
}
