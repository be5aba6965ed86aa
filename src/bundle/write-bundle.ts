import { createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import { rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StoreError } from "../errors.ts";
import type { Analysis } from "../schema/analysis.ts";
import { type BundleStatement, bundlePredicateType, statementType } from "../schema/evidence-bundle.ts";
import { canonicalJson } from "../schema/identity.ts";
import { refuseLiveWriter } from "../store/lock.ts";
import { makeFolder } from "../store/make-folder.ts";
import { readManifest } from "../store/manifest-file.ts";
import { systemErrorCode, toStoreError } from "../store/system-error.ts";
import { fileSha256, inventory, sumLine } from "./bundle-inventory.ts";
import { bundlePredicate } from "./bundle-predicate.ts";
import { copyRun } from "./copy-run.ts";
import { signStatement } from "./dsse-signature.ts";
import { bundleFiles, isBundleName, suiteFile } from "./layout.ts";
import { analysisText, refuseFilled, refuseGaps, refuseSecrets } from "./refuse-inputs.ts";
import { keyId } from "./signing-key.ts";
import { transcriptHeads } from "./transcript-heads.ts";
import { verifyInstructions } from "./verify-instructions.ts";

/** A file by its base name. */
export interface BundledFile {
  readonly name: string;
  readonly content: string;
}

/** What goes into an evidence bundle, and where it is written. */
export interface BundleOptions {
  /** The run folder; already redacted where the bundle is to be. */
  readonly runDir: string;
  /** Folder of the bundle: absent or empty. */
  readonly out: string;
  /** The comparison made of this very run folder; becomes `run/analysis.json`. */
  readonly analysis: Analysis;
  /** The calibration file that it was made with; null for none. */
  readonly calibration: BundledFile | null;
  /** Revealed openings, with their commitments where they are public, in the order given to `compare`. */
  readonly openings: readonly BundledFile[];
  /** The report of this analysis, as `renderReportFiles` makes it. */
  readonly reportFiles: readonly BundledFile[];
  /** Ed25519 private key; null leaves the bundle unsigned. */
  readonly signingKey: KeyObject | null;
  /** Version of Congener that writes the bundle and its report. */
  readonly version: string;
  /** Writes the run's manifest, transcripts and attempts into the folder `into`; by default they are copied as they are. */
  readonly transform?: (runDir: string, into: string) => Promise<void>;
}

/** What was written. */
export interface BundleSummary {
  readonly dir: string;
  readonly files: number;
  /** SHA-256 of `bundle.json`, which fixes all that the bundle says. */
  readonly statementSha256: string;
  /** Null where unsigned. */
  readonly keyId: string | null;
  readonly redacted: boolean;
  readonly heads: BundleStatement["predicate"]["heads"];
}

/**
 * Writes an evidence bundle: the run, what it was compared with, the report, an in-toto statement over all files, their
 * sums, and a signature. The folder appears whole or not at all. The same input gives the same bytes.
 * @throws UsageError when `out` is not empty, or a canary secret is among the openings
 * @throws StoreError when the run is being written to, is damaged, or does not hold what the analysis was made of
 * @see docs/evidence-bundle.md
 */
export async function writeBundle(options: BundleOptions): Promise<BundleSummary> {
  const { out } = options;
  await refuseFilled(out);
  refuseSecrets(options.openings);
  refuseGaps(options.analysis, options);
  refuseLiveWriter(options.runDir);
  const unfinished = `${out}.writing-${randomBytes(4).toString("hex")}`;
  try {
    await makeFolder(unfinished);
    const statement = await writeContents(unfinished, options);
    const summary = await seal(unfinished, statement, options.signingKey);
    await rmdir(out).catch((error: unknown) => {
      if (systemErrorCode(error) !== "ENOENT") throw error;
    });
    await rename(unfinished, out);
    return { ...summary, dir: out };
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => {});
    throw systemErrorCode(error) === null ? error : toStoreError(error, "write", out);
  }
}

/** Everything that the statement covers, and what it says besides. */
async function writeContents(dir: string, options: BundleOptions): Promise<Omit<BundleStatement, "subject">> {
  const { analysis, calibration, openings, reportFiles } = options;
  const runDir = join(dir, bundleFiles.run);
  await makeFolder(runDir);
  await (options.transform ?? copyRun)(options.runDir, runDir);
  const manifest = await readManifest(runDir);
  const write = async (name: string, content: string) => {
    if (!isBundleName(name))
      throw new StoreError("bundle.name", `${name} cannot stand in a bundle: expected a plain file name`);
    await makeFolder(dirname(join(dir, name)));
    await writeFile(join(dir, name), content, { flag: "wx" });
  };
  await write(bundleFiles.analysis, analysisText(analysis));
  for (const [at, suite] of manifest.suites.entries())
    await write(suiteFile(suite.name, at), `${JSON.stringify(suite, null, 2)}\n`);
  if (calibration !== null) await write(bundleFiles.calibration, calibration.content);
  for (const { name, content } of openings) await write(`canaries/${name}`, content);
  for (const { name, content } of reportFiles) await write(`report/${name}`, content);
  const { heads, redacted } = await transcriptHeads(runDir, manifest, analysis);
  const predicate = bundlePredicate(analysis, {
    congenerVersion: options.version,
    redacted,
    heads,
    hasCalibration: calibration !== null,
    canaries: openings.map(({ name }) => name),
  });
  await write(
    bundleFiles.instructions,
    verifyInstructions(predicate, options.signingKey === null ? null : keyId(options.signingKey)),
  );
  return { _type: statementType, predicateType: bundlePredicateType, predicate };
}

/** Statement, sums and signature, in this order: each covers what is there before it. */
async function seal(
  dir: string,
  statement: Omit<BundleStatement, "subject">,
  key: KeyObject | null,
): Promise<Omit<BundleSummary, "dir">> {
  const { files } = await inventory(dir);
  const odd = files.find((name) => !isBundleName(name));
  if (odd !== undefined)
    throw new StoreError("bundle.name", `${odd} cannot stand in a bundle: expected a plain file name`);
  const subject = [];
  for (const name of files) subject.push({ name, digest: { sha256: await fileSha256(join(dir, name)) } });
  const bytes = Buffer.from(canonicalJson({ ...statement, subject }));
  await writeFile(join(dir, bundleFiles.statement), bytes, { flag: "wx" });
  const statementSha256 = await fileSha256(join(dir, bundleFiles.statement));
  const sums = [
    ...subject.map(({ name, digest }) => sumLine(digest.sha256, name)),
    sumLine(statementSha256, bundleFiles.statement),
  ];
  await writeFile(join(dir, bundleFiles.sums), sums.join(""), { flag: "wx" });
  if (key !== null) await writeSignature(dir, bytes, key);
  const { heads, redacted } = statement.predicate;
  return {
    files: files.length + 2 + (key === null ? 0 : 4),
    statementSha256,
    keyId: key === null ? null : keyId(key),
    redacted,
    heads,
  };
}

async function writeSignature(dir: string, statement: Buffer, key: KeyObject): Promise<void> {
  const { envelope, pae, signature } = signStatement(statement, key);
  await makeFolder(join(dir, "signature"));
  const publicKey = createPublicKey(key).export({ type: "spki", format: "pem" });
  for (const [name, content] of [
    [bundleFiles.envelope, `${JSON.stringify(envelope)}\n`],
    [bundleFiles.pae, pae],
    [bundleFiles.signature, signature],
    [bundleFiles.publicKey, publicKey],
  ] as const)
    await writeFile(join(dir, name), content, { flag: "wx" });
}
