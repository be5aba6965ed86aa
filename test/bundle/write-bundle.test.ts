import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import {
  appendFileSync,
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
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packBundle } from "../../src/bundle/pack-bundle.ts";
import { keyId, readPublicKey, readSigningKey } from "../../src/bundle/signing-key.ts";
import { type BundleOptions, writeBundle } from "../../src/bundle/write-bundle.ts";
import { bundleStatementSchema } from "../../src/schema/evidence-bundle.ts";
import { canonicalJson } from "../../src/schema/identity.ts";
import { linesOf, signer, writeLines, writeSmallBundle } from "./small-bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "congener-bundle-"));
let made: { runDir: string; dir: string; options: BundleOptions };
beforeAll(async () => {
  made = await writeSmallBundle(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const present = (tool: string) => spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0;

test("the same input gives the same bytes, archive and all", async () => {
  const again = join(folder, "again");
  const summary = await writeBundle({ ...made.options, out: again });
  await packBundle(made.dir, join(folder, "one.tar.gz"));
  await packBundle(again, join(folder, "two.tar.gz"));
  expect(readFileSync(join(folder, "one.tar.gz")).equals(readFileSync(join(folder, "two.tar.gz")))).toBe(
    true,
  );
  expect(summary).toMatchObject({ keyId: keyId(signer), redacted: false, dir: again });
  expect(summary.files).toBe(
    readdirSync(again, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length,
  );
});

test("the statement is an in-toto statement in canonical form that names every other file in order", () => {
  const text = readFileSync(join(made.dir, "bundle.json"), "utf8");
  const statement = bundleStatementSchema.parse(JSON.parse(text));
  expect(canonicalJson(statement)).toBe(text);
  const names = statement.subject.map(({ name }) => name);
  expect(names).toEqual([...names].sort());
  expect(names.filter((name) => !name.startsWith("report/"))).toEqual([
    "VERIFY.md",
    "calibration.json",
    "run/analysis.json",
    "run/manifest.json",
    ...["c1", "c2", "c3", "ref", "sus"].map((name) => `run/transcripts/${name}.jsonl`),
    "suites/1-core.json",
  ]);
  expect(statement.predicate).toMatchObject({
    run: "small",
    redacted: false,
    compare: { seed: 7, prior: null, canaries: [] },
  });
  expect(statement.predicate.heads.map(({ target, lines }) => `${target} ${lines}`)).toEqual([
    "ref 16",
    "sus 16",
    "c1 16",
    "c2 16",
    "c3 16",
  ]);
});

describe("without Congener", () => {
  test.skipIf(!present("sha256sum"))("sha256sum takes SHA256SUMS, and finds a changed byte", () => {
    expect(execFileSync("sha256sum", ["-c", "SHA256SUMS"], { cwd: made.dir, encoding: "utf8" })).toMatch(
      /^(.+: OK\n)+$/,
    );
    const spoilt = join(folder, "spoilt");
    cpSync(made.dir, spoilt, { recursive: true });
    appendFileSync(join(spoilt, "run/transcripts/c1.jsonl"), "\n");
    const { status, stdout } = spawnSync("sha256sum", ["-c", "SHA256SUMS"], {
      cwd: spoilt,
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stdout).toContain("run/transcripts/c1.jsonl: FAILED");
  });

  test.skipIf(!present("sha256sum") || !present("openssl"))(
    "every command of VERIFY.md but congener's own works as it stands",
    () => {
      const text = readFileSync(join(made.dir, "VERIFY.md"), "utf8");
      const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
      const commands = blocks.filter((block) => !block.includes("npx"));
      expect(commands).toHaveLength(2);
      const run = (dir: string) =>
        spawnSync("sh", ["-ec", commands.join("")], { cwd: dir, encoding: "utf8" });
      const { status, stdout, stderr } = run(made.dir);
      expect(`${status} ${stderr}`).toBe("0 ");
      expect(stdout).toContain("Signature Verified Successfully");
      expect(stdout).toContain(`${keyId(signer)}  -`);
      expect(text).toContain(`\n${keyId(signer)}\n`);
      // A statement other than the signed one shows in the second command, another signature in the first.
      const spoilt = join(folder, "respoken");
      cpSync(made.dir, spoilt, { recursive: true });
      writeFileSync(
        join(spoilt, "bundle.json"),
        readFileSync(join(made.dir, "bundle.json"), "utf8").replace("small", "smell"),
      );
      expect(
        spawnSync("sh", ["-ec", blocks[1] ?? ""], { cwd: spoilt, encoding: "utf8" }).stderr +
          run(spoilt).stdout,
      ).toMatch(/FAILED|differ/);
      writeFileSync(join(spoilt, "signature/signature.bin"), Buffer.alloc(64));
      const refused = spawnSync("sh", ["-ec", blocks[1] ?? ""], { cwd: spoilt, encoding: "utf8" });
      expect(refused.status).not.toBe(0);
      expect(refused.stdout).toContain("Signature Verification Failure");
    },
  );
});

describe("keys", () => {
  const ed25519 = generateKeyPairSync("ed25519");
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = { type: "pkcs8", format: "pem" } as const;
  const spki = { type: "spki", format: "pem" } as const;
  const files = {
    private: ed25519.privateKey.export(pem),
    public: ed25519.publicKey.export(spki),
    rsa: rsa.privateKey.export(pem),
    "rsa-public": rsa.publicKey.export(spki),
    ec: ec.privateKey.export({ type: "sec1", format: "pem" }),
    encrypted: ed25519.privateKey.export({ ...pem, cipher: "aes-256-cbc", passphrase: "secret" }),
    damaged: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    text: "not a key",
    empty: "",
  };
  const file = (name: string) => {
    mkdirSync(join(folder, "keys"), { recursive: true });
    if (name in files) writeFileSync(join(folder, "keys", name), files[name as keyof typeof files]);
    return join(folder, "keys", name);
  };

  test("both halves of an Ed25519 key have one id, that of openssl", async () => {
    const [one, two] = [await readSigningKey(file("private")), await readPublicKey(file("public"))];
    expect(keyId(one)).toBe(keyId(two));
    if (!present("openssl")) return;
    const der = execFileSync("openssl", ["pkey", "-in", file("private"), "-pubout", "-outform", "DER"]);
    expect(execFileSync("sha256sum", { input: der, encoding: "utf8" })).toBe(`${keyId(one)}  -\n`);
  });

  test.each([
    ["public", readSigningKey, "is a public key: expected the private key"],
    ["rsa", readSigningKey, "is a key of type rsa: expected Ed25519"],
    ["ec", readSigningKey, "is a key of type ec: expected Ed25519"],
    ["encrypted", readSigningKey, "is encrypted: expected a key without passphrase"],
    ["damaged", readSigningKey, "cannot be read as a key: expected an Ed25519 private key"],
    ["text", readSigningKey, "is no PEM file"],
    ["empty", readSigningKey, "is no PEM file"],
    ["absent", readSigningKey, "(ENOENT)"],
    ["private", readPublicKey, "is a private key: expected the public key"],
    ["encrypted", readPublicKey, "is a private key: expected the public key"],
    ["rsa-public", readPublicKey, "is a key of type rsa: expected Ed25519"],
    ["text", readPublicKey, "is no PEM file"],
  ])("a %s file is refused in one line by %o", async (name, read, said) => {
    const error = await read(file(name)).then(
      () => null,
      (reason: Error) => reason,
    );
    expect(error?.name).toBe("UsageError");
    expect(error?.message).toContain(said);
    expect(error?.message).not.toContain("\n");
    expect(error?.message).toMatch(/openssl/);
  });
});

describe("nothing is written", () => {
  /** Message of a refusal; the folder of the bundle and all beside it stay as they were. */
  async function refused(changes: Partial<BundleOptions>): Promise<string> {
    const parent = mkdtempSync(join(folder, "refused-"));
    const error = await writeBundle({ ...made.options, out: join(parent, "bundle"), ...changes }).then(
      () => null,
      (reason: Error) => reason,
    );
    if (changes.out === undefined) expect(readdirSync(parent)).toEqual([]);
    expect(error?.message).not.toContain("\n");
    return error?.message ?? "nothing was refused";
  }
  const runCopy = () => {
    const dir = mkdtempSync(join(folder, "run-"));
    cpSync(made.runDir, dir, { recursive: true });
    return dir;
  };

  test("into a folder that is not empty, or a file", async () => {
    const out = mkdtempSync(join(folder, "full-"));
    writeFileSync(join(out, "mine.txt"), "mine");
    expect(await refused({ out })).toContain("is not empty: expected an absent or empty folder");
    expect(readdirSync(out)).toEqual(["mine.txt"]);
    expect(await refused({ out: join(out, "mine.txt") })).toContain("not a folder");
    const empty = mkdtempSync(join(folder, "empty-"));
    await writeBundle({ ...made.options, out: empty });
    expect(existsSync(join(empty, "bundle.json"))).toBe(true);
  });

  test("of a run that lacks a transcript, lost or changed a line, or is another than was compared", async () => {
    const missing = runCopy();
    rmSync(join(missing, "transcripts/c2.jsonl"));
    expect(await refused({ runDir: missing })).toMatch(
      /c2\.jsonl is missing or empty|other transcripts of c2/,
    );
    const changed = runCopy();
    const file = join(changed, "transcripts/sus.jsonl");
    writeLines(file, linesOf(file).with(2, (linesOf(file)[2] ?? "").replace('"text":"', '"text":"Not ')));
    expect(await refused({ runDir: changed })).toContain(
      "transcripts/sus.jsonl:3 is damaged: this line was changed",
    );
    const shorter = runCopy();
    writeLines(
      join(shorter, "transcripts/c1.jsonl"),
      linesOf(join(shorter, "transcripts/c1.jsonl")).slice(0, -1),
    );
    expect(await refused({ runDir: shorter })).toContain(
      "the analysis was made of other transcripts of c1: of 16 lines",
    );
    expect(await refused({ runDir: join(folder, "nowhere") })).toContain("no run in");
  });

  test("with a canary's secret, or without what the analysis was made with", async () => {
    const opening = { name: "first.secret.json", content: '{"kind":"canary-secret","salt":"00"}' };
    expect(await refused({ openings: [opening] })).toContain(
      "cannot be published: expected a canary's opening or commitment",
    );
    expect(await refused({ openings: [{ name: "x", content: "no json" }] })).toContain("cannot be published");
    expect(await refused({ openings: [{ name: "x", content: '{"kind":"canary-opening"}' }] })).toContain(
      "the analysis holds no canaries",
    );
    expect(await refused({ calibration: null })).toContain("the analysis was made with the calibration");
    expect(await refused({ reportFiles: [{ name: "../../evil", content: "" }] })).not.toBe(
      "nothing was refused",
    );
    const { schemaVersion, ...rest } = made.options.analysis;
    expect(await refused({ analysis: { ...rest, schemaVersion } })).toContain("keys in another order");
  });
});
