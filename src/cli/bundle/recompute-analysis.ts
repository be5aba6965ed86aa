import { join } from "node:path";
import type { BundleCheck } from "../../bundle/bundle-check.ts";
import { problemIn } from "../../bundle/bundle-check.ts";
import type { CheckedBundle } from "../../bundle/check-bundle.ts";
import { firstDifference, shortJson } from "../../bundle/first-difference.ts";
import { bundleFiles } from "../../bundle/layout.ts";
import { readBounded } from "../../bundle/read-bounded.ts";
import { renderReportFiles } from "../../report/report-files.ts";
import { reportFormats } from "../../report/report-formats.ts";
import { type Analysis, analysisSchema } from "../../schema/analysis.ts";
import { statisticVersion } from "../../schema/calibration.ts";
import type { BundlePredicate } from "../../schema/evidence-bundle.ts";
import { loadOpenings } from "../canary/load-openings.ts";
import { compareRun } from "../compare-run.ts";
import { loadCalibration } from "../load-calibration.ts";
import { roleFlags } from "./role-flags.ts";

/** What a recomputation needs of a bundle that was read. */
export interface Recomputable {
  readonly predicate: BundlePredicate;
  readonly analysis: NonNullable<CheckedBundle["analysis"]>;
  readonly files: readonly string[];
  /** Counts of transcripts whose chains hold. */
  readonly summaries: CheckedBundle["summaries"];
}

/**
 * Compares the bundle's run again, with what the bundle says it was compared with, and names the first number, word or list of the
 * analysis that is not the same. The time and the commands are taken over: nothing in the run tells them.
 */
export async function recomputeAnalysis(
  dir: string,
  { predicate, analysis, summaries }: Recomputable,
): Promise<BundleCheck> {
  const { compare } = predicate;
  const bundled = analysis.value;
  let recomputed: Analysis;
  try {
    const canaries = await loadOpenings(join(dir, "canaries"), compare.canaries);
    recomputed = await compareRun(join(dir, bundleFiles.run), {
      flags: roleFlags(compare.roles),
      labels: compare.labels,
      calibration:
        compare.calibration === null ? null : await loadCalibration(join(dir, compare.calibration)),
      prior: compare.prior,
      seed: compare.seed,
      version: bundled.congenerVersion,
      createdAt: bundled.createdAt,
      commands: bundled.reportData.commands,
      canaries: canaries.openings,
      secretsCommitted: compare.secretsCommitted ?? undefined,
      summaries,
    });
  } catch (error) {
    return { name: "analysis", status: "differs", message: problemIn(dir, error) };
  }
  // As it would have been written.
  const again: unknown = JSON.parse(JSON.stringify(analysisSchema.parse(recomputed)));
  const difference = firstDifference(analysis.json, again);
  if (difference === null)
    return {
      name: "analysis",
      status: "holds",
      message: `all ${countNumbers(analysis.json)} numbers follow from the ${predicate.redacted ? "features that stand for the answers" : "transcripts"}`,
    };
  const { path, expected, got } = difference;
  return {
    name: "analysis",
    status: "differs",
    message: `${bundleFiles.analysis} ${path}: the bundle says ${shortJson(expected)}, recomputed ${shortJson(got)}`,
  };
}

/** Renders the report of the bundled analysis and compares its bytes. */
export async function renderAgain(dir: string, { analysis, files }: Recomputable): Promise<BundleCheck> {
  const name = "report";
  const bundled = files.filter((file) => file.startsWith("report/"));
  if (bundled.length === 0) return { name, status: "note", message: "the bundle holds no report" };
  const formats = reportFormats.filter((format) => bundled.some((file) => file.endsWith(`.${format}`)));
  const again = await renderReportFiles(analysis.value, formats);
  const rendered = new Map(again.map((file) => [file.name, file.content]));
  for (const file of bundled) {
    const wanted = rendered.get(file.slice("report/".length));
    if (wanted === undefined) return { name, status: "differs", message: `${file} is no file of a report` };
    const at = firstByte(Buffer.from(wanted), await readBounded(join(dir, file)));
    if (at !== null)
      return {
        name,
        status: "differs",
        message: `${file}:${at.line}: byte ${at.byte} is not what ${bundleFiles.analysis} renders to`,
      };
  }
  return {
    name,
    status: "holds",
    message: `${bundled.length} files are, byte for byte, what the analysis renders to`,
  };
}

/** Whether this version of Congener computes and renders as the one that wrote the bundle did. */
export function checkVersion({ predicate, analysis }: Recomputable, version: string): BundleCheck {
  const name = "version";
  const install = (wanted: string) =>
    `this is congener ${version} with statistics version ${statisticVersion}; verify it with: npx congener@${wanted} verify BUNDLE`;
  const { congenerVersion } = predicate;
  const made = analysis.value;
  if (predicate.statisticVersion !== made.statisticVersion)
    return {
      name,
      status: "differs",
      message: `${bundleFiles.statement} says statistics version ${predicate.statisticVersion}, ${bundleFiles.analysis} ${made.statisticVersion}`,
    };
  if (made.statisticVersion !== statisticVersion)
    return {
      name,
      status: "differs",
      message: `computed with statistics version ${made.statisticVersion} by congener ${made.congenerVersion}: ${install(made.congenerVersion)}`,
    };
  if (congenerVersion !== version || made.congenerVersion !== version)
    return {
      name,
      status: "note",
      message: `computed by congener ${made.congenerVersion}, written by ${congenerVersion}: ${install(congenerVersion)}`,
    };
  return { name, status: "holds", message: `congener ${version}, statistics version ${statisticVersion}` };
}

function firstByte(wanted: Buffer, got: Buffer): { byte: number; line: number } | null {
  if (wanted.equals(got)) return null;
  const length = Math.min(wanted.length, got.length);
  let at = 0;
  while (at < length && wanted[at] === got[at]) at++;
  let line = 1;
  for (let from = got.indexOf(10); from !== -1 && from < at; from = got.indexOf(10, from + 1)) line++;
  return { byte: at + 1, line };
}

function countNumbers(value: unknown): number {
  if (typeof value === "number") return 1;
  if (value === null || typeof value !== "object") return 0;
  return Object.values(value).reduce<number>((sum, item) => sum + countNumbers(item), 0);
}
