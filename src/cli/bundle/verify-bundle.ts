import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BundleCheck, checked, firstOf } from "../../bundle/bundle-check.ts";
import { type CheckedBundle, checkBundle } from "../../bundle/check-bundle.ts";
import { checkCopies } from "../../bundle/check-copies.ts";
import type { ExpectedSigner } from "../../bundle/check-signature.ts";
import { bundleFiles } from "../../bundle/layout.ts";
import type { UnpackBounds } from "../../bundle/unpack-bundle.ts";
import { verifyInstructions } from "../../bundle/verify-instructions.ts";
import { SchemaError } from "../../errors.ts";
import type { BundlePredicate } from "../../schema/evidence-bundle.ts";
import { loadOpenings } from "../canary/load-openings.ts";
import { checkFeatures, type WithheldTexts } from "./check-features.ts";
import { withBundle } from "./open-bundle.ts";
import { checkVersion, type Recomputable, recomputeAnalysis, renderAgain } from "./recompute-analysis.ts";

/** How a bundle is verified. */
export interface VerifyOptions {
  /** Version of Congener that verifies. */
  readonly version: string;
  /** Whose signature is expected; by default anybody's, or none. */
  readonly signer?: ExpectedSigner;
  /** Of a redacted bundle, what its features are checked against; by default they are taken as they are. */
  readonly texts?: WithheldTexts | undefined;
  /** Told in words what comes next, where it takes long. */
  readonly onStep?: (what: string) => void;
  /** How far an archive may unfold. */
  readonly bounds?: UnpackBounds;
}

/** What was found of a bundle. */
export interface BundleVerification {
  /** True where everything holds, and all of it could be checked. */
  readonly holds: boolean;
  /** The difference that tells most, null where there is none. */
  readonly firstDifference: BundleCheck | null;
  /** Id of the key whose signature holds, or null. Who its owner is, the bundle cannot say. */
  readonly keyId: string | null;
  /** Null where the bundle does not say. */
  readonly redacted: boolean | null;
  readonly checks: readonly BundleCheck[];
}

/**
 * Verifies an evidence bundle offline: its files, sums and signature, the hash chain of every transcript file, suites and
 * calibration; then recomputes the analysis from the transcripts and renders the report again.
 *
 * It shows that the numbers follow from the transcripts and, where the signer's key is known from elsewhere, that nothing was
 * changed since. It cannot show that the transcripts are what an endpoint said.
 *
 * @param path - a bundle's folder, its .tar.gz, or the folder of a published report
 * @throws UsageError where there is no bundle; what is wrong with one is in the result
 */
export async function verifyBundle(path: string, options: VerifyOptions): Promise<BundleVerification> {
  try {
    return await withBundle(path, (dir, reportDir) => verifyFolder(dir, reportDir, options), {
      onUnpack: () => options.onStep?.("Unpacking ..."),
      ...(options.bounds === undefined ? {} : { bounds: options.bounds }),
    });
  } catch (error) {
    if (!(error instanceof SchemaError && error.code === "bundle.archive")) throw error;
    return verification({ checks: [{ name: "archive", status: "differs", message: error.message }] });
  }
}

async function verifyFolder(
  dir: string,
  reportDir: string | null,
  options: VerifyOptions,
): Promise<BundleVerification> {
  const { onStep = () => {}, signer = null, version } = options;
  const read = await checkBundle(dir, signer, onStep);
  const { predicate, manifest, analysis, files, summaries } = read;
  const copies =
    reportDir === null ? [] : [await checked("copies", dir, () => checkCopies(dir, reportDir, files))];
  const bundle = { ...read, checks: [...read.checks, ...copies] };
  if (predicate === null || manifest === null || analysis === null) return verification(bundle);
  const parts: Recomputable = { predicate, analysis, files, summaries };
  const checks = [
    ...bundle.checks,
    await checked("canaries", dir, () => checkCanaries(dir, parts)),
    checkVersion(parts, version),
  ];
  checks.push(await analysisCheck(dir, parts, bundle.chainsHold, onStep));
  onStep("Rendering the report again ...");
  checks.push(await reportCheck(dir, parts, version));
  checks.push(await checked("instructions", dir, () => checkInstructions(dir, bundle, predicate, version)));
  const { texts } = options;
  if (predicate.redacted && texts === undefined) checks.push(redactionNote);
  if (texts !== undefined) {
    onStep("Reading the texts again ...");
    checks.push(await checked("features", dir, () => checkFeatures(dir, predicate.compare.canaries, texts)));
  }
  return verification({ ...bundle, checks });
}

async function analysisCheck(
  dir: string,
  parts: Recomputable,
  chainsHold: boolean,
  onStep: (what: string) => void,
): Promise<BundleCheck> {
  const skipped = (message: string): BundleCheck => ({ name: "analysis", status: "not-checked", message });
  const { statisticVersion } = parts.analysis.value;
  if (!chainsHold) return skipped("not recomputed: the transcripts are not those that were compared");
  if (checkVersion(parts, "").status === "differs")
    return skipped(`not recomputed: statistics version ${statisticVersion} is another`);
  const lines = parts.predicate.heads.reduce((sum, head) => sum + head.lines, 0);
  onStep(`Recomputing the analysis from ${lines} recorded answers ...`);
  return recomputeAnalysis(dir, parts);
}

/** Another version may draw a report otherwise; then nobody can say who is wrong. */
async function reportCheck(dir: string, parts: Recomputable, version: string): Promise<BundleCheck> {
  const check = await checked("report", dir, () => renderAgain(dir, parts));
  const { congenerVersion } = parts.predicate;
  if (check.status !== "differs" || congenerVersion === version) return check;
  return {
    ...check,
    status: "not-checked",
    message: `rendered by congener ${congenerVersion}, which draws it otherwise than ${version}; to compare its bytes: npx congener@${congenerVersion} verify BUNDLE`,
  };
}

/** Who follows `VERIFY.md` runs its commands, so it must be the text that was written for this bundle. */
async function checkInstructions(
  dir: string,
  { checks, keyId }: Pick<CheckedBundle, "checks" | "keyId">,
  predicate: BundlePredicate,
  version: string,
): Promise<BundleCheck> {
  const name = "instructions";
  const { congenerVersion } = predicate;
  const is = (status: BundleCheck["status"], message: string): BundleCheck => ({ name, status, message });
  if (checks.some((check) => check.name === "signature" && check.status === "differs"))
    return is("not-checked", `${bundleFiles.instructions} names the signer, and the signature does not hold`);
  const text = await readFile(join(dir, bundleFiles.instructions), "utf8");
  if (text === verifyInstructions(predicate, keyId))
    return is("holds", `${bundleFiles.instructions} is the text that goes with this bundle`);
  return congenerVersion === version
    ? is(
        "differs",
        `${bundleFiles.instructions} is not the text that goes with this bundle: follow none of its commands`,
      )
    : is(
        "note",
        `${bundleFiles.instructions} was written by congener ${congenerVersion}: read its commands before you run them`,
      );
}

/** Openings are read by their schemas and, where their commitments are there, must match them. */
async function checkCanaries(dir: string, { predicate, files }: Recomputable): Promise<BundleCheck> {
  const name = "canaries";
  const { canaries } = predicate.compare;
  const stray = files.find(
    (file) => file.startsWith("canaries/") && !canaries.includes(file.slice("canaries/".length)),
  );
  if (stray !== undefined)
    return { name, status: "differs", message: `${stray} is none of those that were compared with` };
  if (canaries.length === 0) return { name, status: "note", message: "none were tested" };
  const { openings, secretsCommitted } = await loadOpenings(join(dir, "canaries"), canaries);
  return {
    name,
    status: "holds",
    message:
      secretsCommitted === undefined
        ? `${openings.length} revealed; their commitments are not in the bundle: compare them with what was published`
        : `${openings.length} revealed, as they were committed to`,
  };
}

const redactionNote: BundleCheck = {
  name: "transcripts",
  status: "note",
  message:
    "redacted: the statistics follow from features under a keyed hash; that these are the features of the answers can be checked only by who holds the texts and the key",
};

function verification(
  bundle: Pick<CheckedBundle, "checks"> & Partial<Pick<CheckedBundle, "keyId" | "predicate">>,
): BundleVerification {
  const { checks, keyId = null, predicate = null } = bundle;
  return {
    holds: checks.every(({ status }) => status === "holds" || status === "note"),
    firstDifference: firstOf(checks),
    keyId,
    redacted: predicate?.redacted ?? null,
    checks,
  };
}
