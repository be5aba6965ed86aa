import { readdir } from "node:fs/promises";
import { SchemaError, UsageError } from "../errors.ts";
import { type Analysis, analysisSchema } from "../schema/analysis.ts";
import { checkRecord } from "../store/manifest-file.ts";
import { systemErrorCode, toStoreError } from "../store/system-error.ts";

/** Refuses a folder in which something is. @throws UsageError, StoreError */
export async function refuseFilled(out: string): Promise<void> {
  const found = await readdir(out).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw toStoreError(error, "write to the folder", out);
  });
  if (found.length > 0)
    throw new UsageError(
      "bundle.not-empty",
      `${out} is not empty: expected an absent or empty folder for the bundle; choose another`,
    );
}

/** What may be published of a canary: never the secret, which tells nothing that its opening does not, but before its time. */
const publicKinds = new Set([
  "canary-opening",
  "canary-commitment",
  "canary-green-opening",
  "canary-green-commitment",
]);

/** Refuses what is no opening or commitment. @throws UsageError */
export function refuseSecrets(
  openings: readonly { readonly name: string; readonly content: string }[],
): void {
  for (const { name, content } of openings) {
    let kind: unknown;
    try {
      kind = JSON.parse(content).kind;
    } catch {
      kind = null;
    }
    if (typeof kind !== "string" || !publicKinds.has(kind))
      throw new UsageError(
        "bundle.canary",
        `${name} cannot be published: expected a canary's opening or commitment; reveal the secret with: congener canary reveal`,
      );
  }
}

/**
 * Refuses an analysis that cannot be recomputed: its calibration or canaries are missing, or there are others.
 * @throws UsageError
 */
export function refuseGaps(
  analysis: Analysis,
  { calibration, openings }: { readonly calibration: object | null; readonly openings: readonly object[] },
): void {
  const used = analysis.reportData.calibration;
  if ((used === null) !== (calibration === null))
    throw new UsageError(
      "bundle.calibration",
      used === null
        ? "the analysis was made without a calibration: expected none in the bundle"
        : `the analysis was made with the calibration ${used.name}: expected its file; name it, or compare again`,
    );
  const tested = analysis.suspects.some(({ canary }) => canary !== undefined);
  if (tested !== openings.length > 0)
    throw new UsageError(
      "bundle.canary",
      tested
        ? "the analysis holds canaries: expected their openings; name them in the order in which compare was given them"
        : "the analysis holds no canaries: expected no openings; compare again with --canary",
    );
}

/** The analysis as its file holds it. A report of the same analysis with other keys first would have other bytes. */
export function analysisText(analysis: Analysis): string {
  const ordered = checkRecord("the analysis", analysis, (input) => analysisSchema.safeParse(input));
  const text = JSON.stringify(ordered, null, 2);
  if (JSON.stringify(analysis, null, 2) === text) return `${text}\n`;
  throw new SchemaError(
    "bundle.analysis-order",
    "the analysis has its keys in another order than its schema: expected it, and a report of it, as readAnalysis or analysisSchema.parse gives it",
  );
}
