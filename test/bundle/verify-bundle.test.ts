import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keyId } from "../../src/bundle/signing-key.ts";
import { writeBundle } from "../../src/bundle/write-bundle.ts";
import { type VerifyOptions, verifyBundle } from "../../src/cli/bundle/verify-bundle.ts";
import type { Analysis } from "../../src/schema/analysis.ts";
import type { BundleStatement } from "../../src/schema/evidence-bundle.ts";
import { lineHash, sampleId } from "../../src/schema/identity.ts";
import type { Manifest } from "../../src/schema/manifest.ts";
import type { Transcript } from "../../src/schema/transcript.ts";
import {
  bundleOptions,
  bundleVersion,
  copyOf,
  editJson,
  editStatement,
  linesOf,
  rechain,
  reseal,
  signer,
  writeLines,
  writeSmallBundle,
} from "./small-bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "congener-bundle-"));
const stranger = generateKeyPairSync("ed25519").privateKey;
let honest: string;
let copies = 0;
beforeAll(async () => {
  honest = (await writeSmallBundle(folder)).dir;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const verify = (dir: string, options: Partial<VerifyOptions> = {}) =>
  verifyBundle(dir, { version: bundleVersion, ...options });

/** What verifying says of a copy that `spoil` was done to: failing checks by name, and the first difference. */
async function verdict(spoil: (dir: string) => unknown, options: Partial<VerifyOptions> = {}) {
  const dir = copyOf(honest, join(folder, `copy-${copies++}`));
  await spoil(dir);
  const found = await verify(dir, options);
  expect(found.holds).toBe(false);
  const failing = found.checks.filter(({ status }) => status !== "holds" && status !== "note");
  return {
    failing: Object.fromEntries(failing.map(({ name, message }) => [name, message])),
    first: `${found.firstDifference?.name}: ${found.firstDifference?.message}`,
  };
}

const forgedText = "ember ember ember ember ember ember.";

const transcript = (dir: string, target = "sus") => join(dir, `run/transcripts/${target}.jsonl`);

/** Edits one line, counted from 1. */
function editLine(dir: string, number: number, change: (line: Transcript) => void, target = "sus"): void {
  const lines = linesOf(transcript(dir, target));
  const line = JSON.parse(lines[number - 1] ?? "");
  change(line);
  writeLines(transcript(dir, target), lines.with(number - 1, JSON.stringify(line)));
}

test("an untouched bundle holds in every check, whoever signed it, and says who it was", async () => {
  const found = await verify(honest);
  expect(found.checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
    "statement holds",
    "files holds",
    "sums holds",
    "signature holds",
    "transcripts holds",
    "suites holds",
    "calibration holds",
    "canaries note",
    "version holds",
    "analysis holds",
    "report holds",
    "instructions holds",
  ]);
  expect(found).toMatchObject({ holds: true, firstDifference: null, keyId: keyId(signer), redacted: false });
  expect(found.checks[3]?.message).toContain("nobody vouched for this key");
});

test("the expected signer is told from another by key and by key id", async () => {
  const other = createPublicKey(stranger);
  for (const expected of [{ key: createPublicKey(signer) }, { keyId: keyId(signer) }])
    expect((await verify(honest, { signer: expected })).holds).toBe(true);
  for (const expected of [{ key: other }, { keyId: keyId(other) }]) {
    const found = await verify(honest, { signer: expected });
    expect(found.holds).toBe(false);
    expect(found.firstDifference?.message).toBe(
      `signed by key ${keyId(signer)}: expected ${keyId(other)}; somebody else signed this bundle, or signed it again`,
    );
  }
});

test.each([
  ["in the middle", 5],
  ["at the start", 1],
  ["at the end", 16],
])("a changed line %s is named by file and line", async (_where, number) => {
  const { failing, first } = await verdict((dir) =>
    editLine(dir, number, (line) => Object.assign(line, { text: "Another." })),
  );
  expect(first).toMatch(`transcripts: run/transcripts/sus.jsonl:${number}: this line was changed`);
  expect(failing.files).toContain("run/transcripts/sus.jsonl was changed");
  expect(failing.analysis).toContain("not recomputed");
});

test.each([
  ["from the middle", [6], "run/transcripts/sus.jsonl:6: a line was dropped before this one"],
  ["from the start", [1], "run/transcripts/sus.jsonl:1: a line was dropped before this one"],
  [
    "from the end",
    [16],
    "run/transcripts/sus.jsonl:16: a line was dropped from the end: the file has 15 of 16",
  ],
  ["in a row", [7, 8, 9], "run/transcripts/sus.jsonl:7: 3 lines were dropped before this one"],
  [
    "all",
    Array.from({ length: 16 }, (_, at) => at + 1),
    "run/transcripts/sus.jsonl:1: 16 lines were dropped from the end",
  ],
])("dropped lines %s are named by file and line", async (_where, numbers, expected) => {
  const { first } = await verdict((dir) => {
    const kept = linesOf(transcript(dir)).filter((_line, at) => !numbers.includes(at + 1));
    writeFileSync(transcript(dir), kept.map((line) => `${line}\n`).join(""));
  });
  expect(first).toContain(expected);
});

/** A line of a sample that was never asked, continuing from `prevHash`. */
function addedLine(dir: string, prevHash: string): string {
  const line: Transcript = JSON.parse(linesOf(transcript(dir))[0] ?? "");
  return JSON.stringify({ ...line, index: 9, sampleId: sampleId({ ...line, index: 9 }), prevHash });
}

test.each([
  ["that continues the chain", 4, true],
  ["that continues nothing", 4, false],
  ["at the start", 0, true],
  ["at the end", 16, true],
])("an added line %s is named by file and line", async (_how, after, joins) => {
  const { first } = await verdict((dir) => {
    const lines = linesOf(transcript(dir));
    const before = after === 0 ? "0".repeat(64) : lineHash(JSON.parse(lines[after - 1] ?? ""));
    const added = addedLine(dir, joins ? before : "1".repeat(64));
    writeLines(transcript(dir), lines.toSpliced(after, 0, added));
  });
  expect(first).toMatch(
    new RegExp(
      `^transcripts: run/transcripts/sus.jsonl:${after + 1}: a line was (put in here|added at the end)`,
    ),
  );
});

test("reordered lines, a repeated line and a line of another target are named by file and line", async () => {
  const swapped = await verdict((dir) => {
    const lines = linesOf(transcript(dir));
    writeLines(transcript(dir), lines.with(2, lines[7] ?? "").with(7, lines[2] ?? ""));
  });
  expect(swapped.first).toContain(
    "run/transcripts/sus.jsonl:3: out of order: line 8 is the one that belongs here",
  );
  const repeated = await verdict((dir) => {
    const lines = linesOf(transcript(dir));
    writeLines(transcript(dir), lines.toSpliced(5, 0, lines[2] ?? ""));
  });
  expect(repeated.first).toContain(
    "run/transcripts/sus.jsonl:6 is damaged: it is the sample of line 3 again",
  );
  const foreign = await verdict((dir) => {
    const other = linesOf(transcript(dir, "c1"))[3] ?? "";
    writeLines(transcript(dir), linesOf(transcript(dir)).with(3, other));
  });
  expect(foreign.first).toContain("run/transcripts/sus.jsonl:4 is damaged: expected a sample of target sus");
});

test("a line that two readers could read in two ways is refused", async () => {
  const { first } = await verdict((dir) => {
    const lines = linesOf(transcript(dir));
    writeLines(transcript(dir), lines.with(3, (lines[3] ?? "").replace('"index":0', '"index":5,"index":0')));
  });
  expect(first).toContain(
    "run/transcripts/sus.jsonl:4 is damaged: it is not written as Congener writes a line",
  );
});

test("an analysis, manifest or calibration that two readers could read in two ways is refused", async () => {
  for (const [file, member] of [
    ["run/analysis.json", '"log10LR"'],
    ["run/manifest.json", '"createdAt"'],
    ["calibration.json", '"name"'],
  ] as const) {
    const { first } = await verdict(async (dir) => {
      const path = join(dir, file);
      writeFileSync(path, readFileSync(path, "utf8").replace(member, `${member}: 5, ${member}`));
      await reseal(dir, signer);
    });
    expect(first).toContain(`${file} can be read in two ways`);
  }
});

test("a statement that names a file of no bundle, or tells another time, does not hold whoever signed it", async () => {
  const named = await verdict(async (dir) => {
    writeFileSync(join(dir, "README.html"), "<p>Proof.</p>");
    await reseal(dir, signer);
  });
  expect(named.first).toBe("files: README.html is no file of an evidence bundle");
  const stray = await verdict(async (dir) => {
    mkdirSync(join(dir, "run/attempts"), { recursive: true });
    writeFileSync(join(dir, "run/attempts/c9.jsonl"), "{}\n");
    await reseal(dir, signer);
  });
  expect(stray.first).toContain("run/attempts/c9.jsonl is of no target of run/manifest.json");
  const dated = await verdict((dir) =>
    editStatement(dir, ({ predicate }) =>
      Object.assign(predicate, { createdAt: "2020-01-01T00:00:00.000Z" }),
    ),
  );
  expect(dated.failing.analysis).toContain('$.predicate.createdAt is "2020-01-01T00:00:00.000Z"');
});

test("instructions with a command of somebody else's do not hold, whoever signed them", async () => {
  const { first } = await verdict(async (dir) => {
    const file = join(dir, "VERIFY.md");
    writeFileSync(file, readFileSync(file, "utf8").replace("sha256sum -c", "sh -c"));
    await reseal(dir, signer);
  });
  expect(first).toBe(
    "instructions: VERIFY.md is not the text that goes with this bundle: follow none of its commands",
  );
});

test("a torn last line is no line", async () => {
  const { first } = await verdict((dir) => {
    const text = `${linesOf(transcript(dir)).join("\n")}\n`;
    writeFileSync(transcript(dir), text.slice(0, -200));
  });
  expect(first).toContain("run/transcripts/sus.jsonl:16 is damaged: the line has no end");
});

test("who changes a line and mends chain, sums and statement fails at the signature, at the head in the analysis and at the numbers", async () => {
  const forge = async (dir: string, key: typeof stranger | null) => {
    editLine(dir, 5, (line) => Object.assign(line, { text: forgedText }));
    rechain(dir, "sus");
    await reseal(dir, key);
  };
  const unsigned = await verdict((dir) => forge(dir, null));
  expect(Object.keys(unsigned.failing)).toEqual(["signature", "transcripts", "analysis", "instructions"]);
  expect(unsigned.failing.signature).toContain("holds another statement than bundle.json");
  expect(unsigned.first).toContain("run/analysis.json was made of other transcripts of sus");
  expect(unsigned.failing.analysis).toMatch(
    /^run\/analysis\.json \$\.suspects\[0\]\.\S+: the bundle says .+, recomputed .+/,
  );
  const signed = await verdict((dir) => forge(dir, stranger));
  // The instructions still name the signer.
  expect(Object.keys(signed.failing)).toEqual(["transcripts", "analysis", "instructions"]);
});

test("who makes the analysis and the report anew too is told by the key alone, and only where it is known", async () => {
  const dir = copyOf(honest, join(folder, `copy-${copies++}`));
  editLine(dir, 5, (line) => Object.assign(line, { text: forgedText }));
  rechain(dir, "sus");
  rmSync(join(dir, "run/analysis.json"));
  const forged = join(folder, "forged");
  await writeBundle(await bundleOptions(join(dir, "run"), forged, { signingKey: stranger }));
  expect((await verify(forged)).holds).toBe(true);
  const found = await verify(forged, { signer: { key: createPublicKey(signer) } });
  expect(found.firstDifference?.message).toContain(
    `signed by key ${keyId(stranger)}: expected ${keyId(signer)}`,
  );
  // Another message under the old key id, and the old signature under the new statement.
  const { failing } = await verdict((copy) =>
    editStatement(copy, ({ predicate }: BundleStatement) => void Object.assign(predicate, { run: "other" })),
  );
  expect(failing.signature).toContain("holds another statement");
});

test("a changed number is named with its path, what the bundle says and what is recomputed", async () => {
  const change = async (dir: string, key: typeof stranger | null, factor: number) => {
    editJson(join(dir, "run/analysis.json"), ({ suspects: [suspect] }: Analysis) => {
      if (suspect?.contentAffinity.controls[1]) suspect.contentAffinity.controls[1].estimate = 0.125 * factor;
    });
    await reseal(dir, key);
  };
  const { failing, first } = await verdict((dir) => change(dir, stranger, 1));
  expect(first).toMatch(
    /^analysis: run\/analysis\.json \$\.suspects\[0\]\.contentAffinity\.controls\[1\]\.estimate: the bundle says 0\.125, recomputed -?0\.\d+$/,
  );
  // The report was not rendered from it either.
  expect(Object.keys(failing)).toEqual(["analysis", "report", "instructions"]);
  expect(failing.report).toMatch(/^report\/report\.affinities\.csv:\d+: byte \d+ is not what/);
});

test.each([
  [
    "$.seed",
    (analysis: Analysis) => void Object.assign(analysis, { seed: 8 }),
    "the bundle says 8, recomputed 7",
  ],
  [
    "$.roles.controls[2]",
    (analysis: Analysis) => void analysis.roles.controls.pop(),
    'the bundle says nothing, recomputed "c3"',
  ],
  [
    "$.suspects[0].finding",
    ({ suspects }: Analysis) => void Object.assign(suspects[0] ?? {}, { finding: "derived" }),
    'the bundle says "derived", recomputed "same-model"',
  ],
])("a changed %s is named", async (path, change, said) => {
  const { failing } = await verdict(async (dir) => {
    editJson(join(dir, "run/analysis.json"), change as (value: never) => void);
    await reseal(dir, stranger);
  });
  expect(failing.analysis).toBe(`run/analysis.json ${path}: ${said}`);
});

test("an analysis or statement of another schema version says so", async () => {
  const analysis = await verdict((dir) =>
    editJson(
      join(dir, "run/analysis.json"),
      (value: Record<string, unknown>) => void Object.assign(value, { schemaVersion: 2 }),
    ),
  );
  expect(analysis.failing.analysis).toBe("run/analysis.json has schema version 2: expected 1");
  const statement = await verdict((dir) =>
    editStatement(dir, (value: Record<string, unknown>) => {
      value.predicateType = "urn:congener:evidence-bundle:2";
      (value.predicate as Record<string, unknown>).congenerVersion = "3.1.0";
    }),
  );
  expect(statement.first).toContain("expected urn:congener:evidence-bundle:1; verify it with congener 3.1.0");
});

test("another version of the statistics says which Congener to install, and all else is still checked", async () => {
  const { failing } = await verdict(async (dir) => {
    editJson(join(dir, "run/analysis.json"), (value: Record<string, unknown>) => {
      value.statisticVersion = "9";
      value.congenerVersion = "2.5.0";
    });
    editStatement(dir, ({ predicate }: BundleStatement) => {
      predicate.statisticVersion = "9";
      predicate.congenerVersion = "2.5.0";
    });
    await reseal(dir, stranger);
  });
  expect(failing.version).toContain("npx congener@2.5.0 verify BUNDLE");
  expect(failing.analysis).toContain("not recomputed");
  expect(Object.keys(failing)).not.toContain("transcripts");
  expect(Object.keys(failing)).not.toContain("signature");
});

test("another version of Congener with the same statistics computes the same numbers, and says whose report it cannot draw", async () => {
  const found = await verify(honest, { version: "0.2.0" });
  expect(found.holds).toBe(true);
  expect(found.checks.find(({ name }) => name === "version")).toMatchObject({ status: "note" });
});

test("another suite, another calibration and another target are named", async () => {
  const suite = await verdict((dir) =>
    editJson(join(dir, "run/manifest.json"), ({ suites: [core] }: Manifest) => {
      const [message] = core?.probes[0]?.messages ?? [];
      if (message) message.content = "Another question?";
    }),
  );
  expect(suite.failing.suites).toContain("suite core of run/manifest.json was changed: its probes hash to");
  const copied = await verdict((dir) =>
    editJson(join(dir, "suites/1-core.json"), (value: { probes: { family: string }[] }) => {
      if (value.probes[3]) value.probes[3].family = "riddles";
    }),
  );
  expect(copied.failing.suites).toBe(
    'suites/1-core.json is not the suite of run/manifest.json: $.probes[3].family is "riddles", expected "naming"',
  );
  const calibration = await verdict(async (dir) => {
    editJson(
      join(dir, "calibration.json"),
      (value: { intercept: number }) => void Object.assign(value, { intercept: value.intercept + 1 }),
    );
    await reseal(dir, stranger);
  });
  expect(calibration.first).toMatch(
    /^calibration: another calibration: in calibration\.json \$\.intercept is .+, the analysis was made with /,
  );
  const target = await verdict((dir) =>
    editJson(
      join(dir, "run/manifest.json"),
      ({ targets }: Manifest) => void Object.assign(targets[1] ?? {}, { model: "gpt" }),
    ),
  );
  expect(target.failing.suites).toContain("target sus of run/manifest.json was changed");
});

test("missing and added files are named, links are refused", async () => {
  const missing = await verdict((dir) => rmSync(transcript(dir, "c2")));
  expect(missing.first).toBe("transcripts: run/transcripts/c2.jsonl is missing: expected its 16 lines");
  expect(missing.failing.files).toBe("run/transcripts/c2.jsonl is missing");
  const added = await verdict((dir) => writeFileSync(join(dir, "report/extra.html"), "<p>Proof.</p>"));
  expect(added.first).toBe("report: report/extra.html is no file of a report");
  expect(added.failing.files).toBe("report/extra.html was added: bundle.json does not name it");
  const beside = await verdict((dir) => writeFileSync(join(dir, "README.txt"), "Trust me."));
  expect(beside.first).toBe("files: README.txt was added: bundle.json does not name it");
  const stray = await verdict((dir) => writeFileSync(join(dir, "run/transcripts/c9.jsonl"), "{}\n"));
  expect(stray.first).toContain("run/transcripts/c9.jsonl is of no target of run/manifest.json");
  const linked = await verdict((dir) => {
    rmSync(transcript(dir, "c2"));
    symlinkSync(join(honest, "run/transcripts/c2.jsonl"), transcript(dir, "c2"));
  });
  expect(linked.first).toBe(
    "files: run/transcripts/c2.jsonl is a link or no regular file: expected plain files",
  );
  const manifest = await verdict((dir) => rmSync(join(dir, "run/manifest.json")));
  expect(manifest.failing.transcripts).toContain("no run in run");
});

test("names that lead elsewhere, or are one file where case does not count, are refused in the statement", async () => {
  for (const name of [
    "../run/manifest.json",
    "/etc/passwd",
    "run/./manifest.json",
    "run\\manifest.json",
    "a\nb",
    ".git/config",
  ]) {
    const { first } = await verdict((dir) =>
      editStatement(
        dir,
        ({ subject: [first] }: BundleStatement) => void Object.assign(first ?? {}, { name }),
      ),
    );
    expect(first).toContain("expected plain relative paths");
  }
  const { first } = await verdict((dir) =>
    editStatement(dir, ({ subject }: BundleStatement) => {
      const [one] = subject;
      if (one) subject.unshift({ ...one, name: one.name.toUpperCase() });
    }),
  );
  expect(first).toContain("expected names that differ in more than case");
});

test("sums that say something else are named by line", async () => {
  const { first } = await verdict((dir) => {
    const lines = linesOf(join(dir, "SHA256SUMS"));
    writeLines(join(dir, "SHA256SUMS"), lines.with(2, `${"0".repeat(64)}  ${lines[2]?.slice(66)}`));
  });
  expect(first).toMatch(/^sums: SHA256SUMS:3: expected [0-9a-f]{64} {2}\S+, got 0{64}/);
});

test("a signature whose parts disagree, or lack one, does not hold", async () => {
  const parts = [
    "bundle.dsse.json",
    "signature/pae.bin",
    "signature/signature.bin",
    "signature/public-key.pem",
  ];
  for (const name of parts)
    expect((await verdict((dir) => rmSync(join(dir, name)))).failing.signature).toContain(
      `${name} is missing`,
    );
  const flipped = await verdict((dir) => writeFileSync(join(dir, "signature/pae.bin"), "DSSEv1 0  0 "));
  expect(flipped.failing.signature).toContain("signature/pae.bin is not bundle.json behind a DSSE header");
  // An envelope of one's own beside the honest files, and a key of another kind.
  const type = await verdict((dir) =>
    editJson(join(dir, "bundle.dsse.json"), (value: { payloadType: string }) =>
      Object.assign(value, { payloadType: "text/plain" }),
    ),
  );
  expect(type.failing.signature).toContain("has payload type text/plain");
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({
    type: "spki",
    format: "pem",
  });
  const kind = await verdict((dir) => writeFileSync(join(dir, "signature/public-key.pem"), rsa));
  expect(kind.failing.signature).toContain("is a key of type rsa: expected Ed25519");
  const swapped = await verdict((dir) =>
    writeFileSync(
      join(dir, "signature/public-key.pem"),
      createPublicKey(stranger).export({ type: "spki", format: "pem" }),
    ),
  );
  expect(swapped.failing.signature).toContain("holds another key id than signature/public-key.pem");
});

test("an unsigned bundle says so, and fails where a signature was expected", async () => {
  const strip = (dir: string) => {
    rmSync(join(dir, "signature"), { recursive: true });
    rmSync(join(dir, "bundle.dsse.json"));
  };
  const dir = join(folder, "unsigned");
  await writeBundle(await bundleOptions(join(honest, "run"), dir, { signingKey: null }));
  const found = await verify(dir);
  expect(found.holds).toBe(true);
  expect(found.keyId).toBeNull();
  expect(found.checks.find(({ name }) => name === "signature")).toMatchObject({ status: "note" });
  // A signature that was taken away is missed by the instructions.
  expect((await verdict(strip)).first).toMatch(/^instructions: VERIFY\.md is not the text/);
  const { failing } = await verdict(strip, { signer: { keyId: keyId(signer) } });
  expect(failing.signature).toContain("the bundle is not signed");
});

test("a statement that is no JSON, not canonical, too large or nested without end is one finding", async () => {
  const cases = [
    ["{", "bundle.json is damaged: expected JSON"],
    [" ".repeat((16 << 20) + 1), "expected 16777216 at most"],
    ["[".repeat(200_000) + "]".repeat(200_000), "does not fit its schema"],
  ] as const;
  for (const [content, said] of cases)
    expect((await verdict((dir) => writeFileSync(join(dir, "bundle.json"), content))).first).toContain(said);
  const spaced = await verdict((dir) => {
    const file = join(dir, "bundle.json");
    writeFileSync(file, JSON.stringify(JSON.parse(linesOf(file).join("\n")), null, 1));
  });
  expect(spaced.first).toContain("is not canonical JSON");
});
