import { createPublicKey, generateKeyPairSync } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keyId } from "../../src/bundle/signing-key.ts";
import { unpackBundle } from "../../src/bundle/unpack-bundle.ts";
import { linesOf, reseal, writeLines, writeSmallRun } from "../bundle/small-bundle.ts";
import { runBin } from "./run-bin.ts";

const folder = mkdtempSync(join(tmpdir(), "congener-verify-test-"));
const [signer, stranger] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")];
const congener = (...args: string[]) => runBin(args, { cwd: folder });
/** Folders of the published reports. */
let zooReport: string;
let report: string;

/** The committed run of the zoo, compared in part, and a small one, each published and signed. */
beforeAll(async () => {
  const example = join(import.meta.dirname, "../../results/example");
  for (const name of ["manifest.json", "transcripts"])
    cpSync(join(example, name), join(folder, "run", name), { recursive: true });
  for (const [name, pair] of Object.entries({ signer, stranger })) {
    writeFileSync(join(folder, `${name}.pem`), pair.privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(join(folder, `${name}.pub.pem`), pair.publicKey.export({ type: "spki", format: "pem" }));
  }
  const roles = [
    "--suspect",
    "distilled-high",
    "--control",
    "lorfield,vardor,halon,zeldor",
    "--baseline",
    "tarward",
  ];
  const compared = await congener("compare", "run", ...roles, "--prior", "0.2", "--seed", "9");
  expect(compared.stderr).toContain("Analysis:");
  await writeSmallRun(join(folder, "small"));
  await congener("compare", "small");
  zooReport = await publish("run", "site");
  report = await publish("small", "other-site");
}, 180_000);

async function publish(run: string, site: string, ...flags: string[]): Promise<string> {
  const { code, stderr } = await congener("publish", run, "-o", site, "--sign", "signer.pem", ...flags);
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  const [id = ""] = readdirSync(join(folder, site, "reports"));
  return `${site}/reports/${id}`;
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a published report's folder is verified in full, and the key id printed", async () => {
  const { code, stdout, stderr } = await congener("verify", zooReport);
  expect(`${code} ${stdout}`).toMatch(/^0 /);
  const checks = stdout.split("\n").filter((line) => /^[✓·]/.test(line));
  expect(checks.map((line) => line.slice(0, line.indexOf(")") + 1))).toEqual([
    "✓ statement (holds)",
    "✓ files (holds)",
    "✓ sums (holds)",
    "✓ signature (holds)",
    "✓ transcripts (holds)",
    "✓ suites (holds)",
    "✓ calibration (holds)",
    "✓ copies (holds)",
    "· canaries (note)",
    "✓ version (holds)",
    "✓ analysis (holds)",
    "✓ report (holds)",
    "✓ instructions (holds)",
  ]);
  expect(stdout).toContain(keyId(createPublicKey(signer.privateKey)));
  expect(stdout).toMatch(/\nVerified: .+ rests on who recorded them\.\n$/);
  expect(stderr).toContain("Recomputing the analysis from 4352 recorded answers ...");
});

test("--key and --key-id say whose signature is expected", async () => {
  const archive = `${report}/bundle.tar.gz`;
  const [right, wrong] = [keyId(signer.publicKey), keyId(stranger.publicKey)];
  expect((await congener("verify", archive, "--key", "signer.pub.pem", "-q")).code).toBe(0);
  const other = await congener("verify", archive, "--key-id", wrong.toUpperCase(), "--json");
  expect(other.code).toBe(1);
  expect(JSON.parse(other.stdout)).toMatchObject({
    holds: false,
    keyId: right,
    redacted: false,
    firstDifference: { name: "signature", status: "differs" },
  });
});

test("a changed archive is not verified, with exit code 1 and the first difference in the last line", async () => {
  const spoilt = join(folder, "spoilt.tar.gz");
  const bytes = readFileSync(join(folder, report, "bundle.tar.gz"));
  writeFileSync(spoilt, bytes.subarray(0, bytes.length - 5_000));
  const { code, stdout } = await congener("verify", "spoilt.tar.gz");
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /✗ archive \(DIFFERS\): .+ it is truncated\n\nNot verified\. First difference, archive: .+\n$/,
  );
});

test("a file beside the archive that is not the one in it is found", async () => {
  const copy = join(folder, "copied");
  cpSync(join(folder, report), copy, { recursive: true });
  const page = join(copy, "report/report.md");
  expect(existsSync(page)).toBe(true);
  writeFileSync(page, readFileSync(page, "utf8").replace("sus", "SUS"));
  const { code, stdout } = await congener("verify", "copied");
  expect(code).toBe(1);
  expect(stdout).toContain("✗ copies (DIFFERS): report/report.md beside the archive is not the one in it");
});

test("a redacted report is verified from its features; a feature that was changed is found although all else was mended", async () => {
  const redacted = await publish("small", "redacted-site", "--redact");
  const { code, stdout } = await congener("verify", redacted);
  expect(`${code} ${stdout}`).toMatch(/^0 /);
  expect(stdout).toMatch(/✓ analysis \(holds\): all \d+ numbers follow from the features/);
  expect(stdout).toContain("can be checked only by who holds the texts and the key");
  const dir = join(folder, "forged");
  mkdirSync(dir);
  await unpackBundle(join(folder, redacted, "bundle.tar.gz"), dir);
  const features = join(dir, "run/features/sus.jsonl");
  // Another answer's features in the place of the first one's.
  const samples = linesOf(features).map((line) => JSON.parse(line));
  samples[0].answer = samples[9].answer;
  writeLines(
    features,
    samples.map((sample) => JSON.stringify(sample)),
  );
  await reseal(dir, stranger.privateKey);
  const forged = await congener("verify", "forged");
  expect(forged.code).toBe(1);
  expect(forged.stdout).toMatch(/✗ analysis \(DIFFERS\): .*(features\/sus\.jsonl|the bundle says)/);
});

test.each([
  [["verify", "nowhere"], "no bundle at"],
  [["verify", "run"], "holds no bundle: expected bundle.json or bundle.tar.gz"],
  [["verify", "run", "--key", "signer.pem"], "is a private key: expected the public key"],
  [["verify", "run", "--key", "none.pem"], "cannot read the key file"],
  [["verify", "run", "--key-id", "abc"], "--key-id must be the 64 hex digits of a key id"],
])("%j is one line and exit code 2", async (args, said) => {
  const { code, stdout, stderr } = await congener(...args);
  expect(`${code} ${stdout}`).toBe("2 ");
  expect(stderr).toContain(said);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});
