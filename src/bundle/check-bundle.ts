import { join } from "node:path";
import { type Analysis, analysisSchema } from "../schema/analysis.ts";
import type { BundlePredicate } from "../schema/evidence-bundle.ts";
import type { Manifest } from "../schema/manifest.ts";
import { checkRecord, readManifest } from "../store/manifest-file.ts";
import type { TargetSummary } from "../store/read-transcripts.ts";
import { type BundleCheck, checked, problemIn } from "./bundle-check.ts";
import { type Inventory, inventory } from "./bundle-inventory.ts";
import { checkFiles, checkSums, firstFew } from "./check-files.ts";
import { checkCalibration, checkSuites } from "./check-inputs.ts";
import { checkSignature, type ExpectedSigner } from "./check-signature.ts";
import { checkTranscripts } from "./check-transcripts.ts";
import { bundleFiles, collidingNames } from "./layout.ts";
import { readJsonBounded } from "./read-bounded.ts";
import { readStatement } from "./read-statement.ts";

/** A bundle as far as it can be read without computing anything anew. */
export interface CheckedBundle {
  readonly checks: readonly BundleCheck[];
  /** Id of the key whose signature holds; null where there is none. */
  readonly keyId: string | null;
  /** Null where `bundle.json` cannot be read: then nothing else is known. */
  readonly predicate: BundlePredicate | null;
  readonly manifest: Manifest | null;
  /** The analysis as it stands in the bundle, and as JSON; null where it does not fit its schema. */
  readonly analysis: { readonly value: Analysis; readonly json: unknown } | null;
  readonly files: readonly string[];
  /** Whether the transcripts can be computed with: every chain is whole. */
  readonly chainsHold: boolean;
  /** Counts of the transcripts by target, made while the chains were followed: of use where these hold. */
  readonly summaries: ReadonlyMap<string, TargetSummary>;
}

/**
 * Checks everything in a bundle's folder that follows from the bytes alone: files, sums, signature, hash chains, suites,
 * calibration. Nothing is trusted before it is checked, nothing is written, no link is followed.
 * @param onStep - told in words what comes next
 * @throws StoreError where the folder cannot be read at all
 */
export async function checkBundle(
  dir: string,
  expected: ExpectedSigner,
  onStep: (what: string) => void = () => {},
): Promise<CheckedBundle> {
  const found = await inventory(dir);
  const nothing = {
    keyId: null,
    predicate: null,
    manifest: null,
    analysis: null,
    chainsHold: false,
    summaries: new Map(),
  };
  const { files } = found;
  const refused = oddFiles(found);
  if (refused !== null) return { ...nothing, files, checks: [refused] };
  const read = await orProblem(dir, "statement", () => readStatement(dir));
  if ("problem" in read) return { ...nothing, files, checks: [read.problem] };
  const { statement, bytes } = read.value;
  const { predicate } = statement;
  onStep(`Hashing ${statement.subject.length} files ...`);
  const checks: BundleCheck[] = [
    {
      name: "statement",
      status: "holds",
      message: `${bundleFiles.statement}: run ${predicate.run}, compared ${predicate.createdAt}, written by congener ${predicate.congenerVersion}`,
    },
    await checked("files", dir, () => checkFiles(dir, statement, found)),
    await checked("sums", dir, () => checkSums(dir, statement)),
  ];
  let keyId: string | null = null;
  checks.push(
    await checked("signature", dir, async () => {
      const { keyId: id, ...check } = await checkSignature(dir, bytes, found, expected);
      keyId = id;
      return check;
    }),
  );
  const readManifestOf = await orProblem(dir, "transcripts", () => readBundledManifest(dir));
  const readAnalysisOf = await orProblem(dir, "analysis", () => readBundledAnalysis(dir));
  const analysis = "problem" in readAnalysisOf ? null : readAnalysisOf.value;
  const late = "problem" in readAnalysisOf ? [readAnalysisOf.problem] : [];
  const known = { keyId, predicate, analysis, files };
  if ("problem" in readManifestOf)
    return { ...nothing, ...known, checks: [...checks, readManifestOf.problem, ...late] };
  const manifest = readManifestOf.value;
  onStep("Following the hash chains of the transcripts ...");
  const value = analysis?.value ?? null;
  late.push(...otherStatement(predicate, value));
  const { heads, redacted } = predicate;
  const claimed = { manifest, heads, redacted, analysis: value };
  const { chainsHold, summaries, ...transcripts } = await checkTranscripts(
    join(dir, bundleFiles.run),
    claimed,
    found,
  );
  checks.push(
    transcripts,
    await checked("suites", dir, () => checkSuites(dir, manifest, value, found)),
    await checked("calibration", dir, () => checkCalibration(dir, predicate, value, found)),
    ...late,
  );
  return { ...known, checks, manifest, chainsHold, summaries };
}

async function readBundledManifest(dir: string): Promise<Manifest> {
  const manifest = await readManifest(join(dir, bundleFiles.run));
  await readJsonBounded(join(dir, bundleFiles.manifest));
  return manifest;
}

/** What the statement says of the comparison and nothing else depends on, where the analysis says otherwise. */
function otherStatement(predicate: BundlePredicate, analysis: Analysis | null): BundleCheck[] {
  const field = (["run", "createdAt"] as const).find(
    (name) => analysis !== null && predicate[name] !== analysis[name],
  );
  if (field === undefined) return [];
  const message = `${bundleFiles.statement} $.predicate.${field} is ${JSON.stringify(predicate[field])}, ${bundleFiles.analysis} says ${JSON.stringify(analysis?.[field])}`;
  return [{ name: "analysis", status: "differs", message }];
}

async function readBundledAnalysis(dir: string): Promise<{ value: Analysis; json: unknown }> {
  const path = join(dir, bundleFiles.analysis);
  const json = await readJsonBounded(path);
  return { json, value: checkRecord(path, json, (input) => analysisSchema.safeParse(input)) };
}

/** Links and names that mean another file elsewhere are refused before anything is read through them. */
function oddFiles({ files, others }: Inventory): BundleCheck | null {
  const problems = others.map((name) => `${name} is a link or no regular file: expected plain files`);
  const colliding = collidingNames(files);
  if (colliding !== null) problems.push(`${colliding.join(" and ")} are one file where case does not count`);
  return problems.length === 0 ? null : { name: "files", status: "differs", message: firstFew(problems) };
}

async function orProblem<T>(
  dir: string,
  name: BundleCheck["name"],
  read: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly problem: BundleCheck }> {
  try {
    return { value: await read() };
  } catch (error) {
    return { problem: { name, status: "differs", message: problemIn(dir, error) } };
  }
}
