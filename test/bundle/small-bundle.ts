import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inventory } from "../../src/bundle/bundle-inventory.ts";
import { signStatement } from "../../src/bundle/dsse-signature.ts";
import { uncoveredFiles } from "../../src/bundle/layout.ts";
import { type BundleOptions, writeBundle } from "../../src/bundle/write-bundle.ts";
import { compareRun } from "../../src/cli/compare-run.ts";
import { loadCalibration, shippedCalibrations } from "../../src/cli/load-calibration.ts";
import { renderReportFiles } from "../../src/report/report-files.ts";
import { analysisSchema } from "../../src/schema/analysis.ts";
import type { BundlePredicate } from "../../src/schema/evidence-bundle.ts";
import { canonicalJson, lineHash, targetHash } from "../../src/schema/identity.ts";
import type { Transcript } from "../../src/schema/transcript.ts";
import { createRun } from "../../src/store/run-writer.ts";
import { manifestFor, sampleOf } from "../store/run-fixture.ts";

export const bundleVersion = "0.1.0";
export const signer = generateKeyPairSync("ed25519").privateKey;

const names = ["ref", "sus", "c1", "c2", "c3"];
const words = "amber basin cedar delta ember fable grove haven inlet jetty knoll larch".split(" ");

/** A sentence that depends on model, probe and sample, and of the suspect often on the reference's. */
function answer(model: number, probe: number, index: number): string {
  const voice = model === 1 && (probe + index) % 3 !== 0 ? 0 : model;
  return Array.from(
    { length: 9 },
    (_, at) => words[(voice * 5 + probe * 7 + index * (at % 2) + at * (voice + 2)) % words.length],
  )
    .join(" ")
    .concat(".");
}

/** A run of a reference, a suspect and three controls on eight probes, twice each, with one sample given up. */
export async function writeSmallRun(dir: string): Promise<void> {
  const manifest = manifestFor(names, 8);
  const labelled = manifest.targets.map((target) => {
    const { hash: _hash, ...rest } = { ...target, lab: `lab-${target.name}` };
    return { ...rest, hash: targetHash(rest) };
  });
  const roles = { reference: "ref", suspects: ["sus"], controls: ["c1", "c2", "c3"], baselines: {} };
  const writer = await createRun(dir, { ...manifest, name: "small", roles, targets: labelled });
  for (const [model, target] of names.entries())
    for (let index = 0; index < 2; index++)
      for (let probe = 0; probe < 8; probe++)
        await writer.append(
          sampleOf(target, { probe: `p${probe}`, index, text: answer(model, probe, index) }),
        );
  await writer.close();
}

/** What `writeBundle` is told of a run that `compare` would analyse as it stands. */
export async function bundleOptions(
  runDir: string,
  out: string,
  changes: Partial<BundleOptions> = {},
): Promise<BundleOptions> {
  const file = shippedCalibrations["real-models"];
  const analysis = analysisSchema.parse(
    await compareRun(runDir, {
      flags: {},
      labels: null,
      calibration: await loadCalibration(file),
      prior: 0.5,
      seed: 7,
      version: bundleVersion,
      createdAt: "2026-11-21T10:00:00.000Z",
      commands: ["congener compare small --seed 7"],
    }),
  );
  return {
    runDir,
    out,
    analysis,
    calibration: { name: "calibration.json", content: readFileSync(file, "utf8") },
    openings: [],
    reportFiles: await renderReportFiles(analysis, ["md", "json", "csv"]),
    signingKey: signer,
    version: bundleVersion,
    ...changes,
  };
}

/** A run, its analysis and its signed bundle, below `folder`. */
export async function writeSmallBundle(
  folder: string,
): Promise<{ runDir: string; dir: string; options: BundleOptions }> {
  const runDir = join(folder, "run");
  const dir = join(folder, "bundle");
  await writeSmallRun(runDir);
  const options = await bundleOptions(runDir, dir);
  await writeBundle(options);
  return { runDir, dir, options };
}

/** A copy of a bundle that a test may spoil. */
export function copyOf(dir: string, to: string): string {
  cpSync(dir, to, { recursive: true });
  return to;
}

export const linesOf = (file: string): string[] => readFileSync(file, "utf8").trimEnd().split("\n");
export const writeLines = (file: string, lines: readonly string[]): void =>
  writeFileSync(file, `${lines.join("\n")}\n`);

/** Changes a JSON file by its parsed value. */
export function editJson(file: string, change: (value: never) => void): void {
  const value = JSON.parse(readFileSync(file, "utf8"));
  change(value as never);
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Changes the statement alone. */
export function editStatement(dir: string, change: (statement: never) => void): void {
  const file = join(dir, "bundle.json");
  const value = JSON.parse(readFileSync(file, "utf8"));
  change(value as never);
  writeFileSync(file, canonicalJson(value));
}

/**
 * Makes statement and sums fit the files again and signs with a key of one's own: all that somebody can do who has Congener and
 * not the signer's key. Without a key the old signature stays.
 */
export async function reseal(dir: string, key: KeyObject | null): Promise<void> {
  const { files } = await inventory(dir);
  const subject = files
    .filter((name) => !uncoveredFiles.includes(name))
    .map((name) => ({ name, digest: { sha256: sha256(join(dir, name)) } }));
  editStatement(dir, (statement: { subject: unknown }) => {
    statement.subject = subject;
  });
  const sums = [...subject, { name: "bundle.json", digest: { sha256: sha256(join(dir, "bundle.json")) } }];
  writeFileSync(
    join(dir, "SHA256SUMS"),
    sums.map(({ name, digest }) => `${digest.sha256}  ${name}\n`).join(""),
  );
  if (key === null) return;
  const { envelope, pae, signature } = signStatement(readFileSync(join(dir, "bundle.json")), key);
  writeFileSync(join(dir, "bundle.dsse.json"), `${JSON.stringify(envelope)}\n`);
  writeFileSync(join(dir, "signature/pae.bin"), pae);
  writeFileSync(join(dir, "signature/signature.bin"), signature);
  const publicKey = createPublicKey(key).export({ type: "spki", format: "pem" });
  writeFileSync(join(dir, "signature/public-key.pem"), publicKey);
}

/** Joins a transcript file's hash chain anew from its first line, and says so in the statement. */
export function rechain(dir: string, target: string): void {
  const file = join(dir, `run/transcripts/${target}.jsonl`);
  let prevHash = "0".repeat(64);
  const lines = linesOf(file).map((text) => {
    const line: Transcript = { ...JSON.parse(text), prevHash };
    prevHash = lineHash(line);
    return JSON.stringify(line);
  });
  writeLines(file, lines);
  editStatement(dir, ({ predicate }: { predicate: BundlePredicate }) => {
    for (const head of predicate.heads)
      if (head.target === target) Object.assign(head, { lines: lines.length, head: prevHash });
  });
}

const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
