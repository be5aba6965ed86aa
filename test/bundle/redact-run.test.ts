import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWithholder } from "../../src/analysis/withhold-answers.ts";
import { checkWithheld } from "../../src/bundle/check-withheld.ts";
import { newRedactionKey, parseRedactionKey, redactionKeyText } from "../../src/bundle/keyed-names.ts";
import { writeBundle } from "../../src/bundle/write-bundle.ts";
import { verifyBundle } from "../../src/cli/bundle/verify-bundle.ts";
import { compareRun } from "../../src/cli/compare-run.ts";
import { redactPublished, revealedCanaries } from "../../src/cli/publish/redact-published.ts";
import { renderReportFiles } from "../../src/report/report-files.ts";
import { analysisSchema } from "../../src/schema/analysis.ts";
import { readManifest } from "../../src/store/manifest-file.ts";
import { readAnswers } from "../../src/store/read-answers.ts";
import { summarizeTarget } from "../../src/store/read-transcripts.ts";
import { createRun } from "../../src/store/run-writer.ts";
import { manifestFor, sampleOf } from "../store/run-fixture.ts";
import { filesIn, piecesLeft } from "./all-texts.ts";
import { expectSameNumbers } from "./same-numbers.ts";
import { type TalkativeRun, talkativeModels, writeTalkativeRun } from "./talkative-run.ts";

const key = newRedactionKey();
let folder: string;
let run: TalkativeRun;
let redacted: string;

const compared = (dir: string) =>
  compareRun(dir, {
    flags: {},
    labels: null,
    calibration: null,
    prior: null,
    seed: 5,
    version: "0.1.0",
    createdAt: "2026-11-21T12:00:00.000Z",
    commands: [],
    canaries: [run.opening],
  });
const check = async (redactedRun = redacted, withKey = key) =>
  checkWithheld(run.dir, redactedRun, {
    withhold: createWithholder,
    key: withKey,
    canaries: revealedCanaries(await readManifest(run.dir), [run.opening]),
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "congener-test-"));
  run = await writeTalkativeRun(join(folder, "run"));
  redacted = join(folder, "redacted");
  await redactPublished(run.dir, redacted, { key, analysis: null, openings: [run.opening] });
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A copy of the redacted run with one file changed. */
async function changed(name: string, change: (text: string) => string): Promise<string> {
  const dir = await mkdtemp(join(folder, "changed-"));
  const files = await filesIn(redacted);
  expect(files.has(name)).toBe(true);
  for (const [path, text] of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    const now = path === name ? change(text) : text;
    if (path === name) expect(now).not.toBe(text);
    await writeFile(join(dir, path), now);
  }
  return dir;
}

/** Makes the manifest name a features file as it is now. */
async function nameFeatures(dir: string, target: string): Promise<void> {
  const content = await readFile(join(dir, `features/${target}.jsonl`));
  const manifest = JSON.parse(await readFile(join(dir, "manifest.json"), "utf8"));
  manifest.redaction.features[target] = createHash("sha256").update(content).digest("hex");
  await writeFile(join(dir, "manifest.json"), JSON.stringify(manifest));
}

describe("what is left out", () => {
  test("no twelve characters in a row of any prompt, answer, reasoning or system prompt are left", async () => {
    const files = await filesIn(redacted);
    expect([...files.keys()].some((name) => name.startsWith("attempts/"))).toBe(true);
    expect(piecesLeft(files, run.said, 12)).toEqual([]);
    // The same search finds them where they are.
    expect(piecesLeft(await filesIn(run.dir), run.said, 12)).not.toEqual([]);
  });

  test("nor is the key, nor a salt by which a text could be guessed", async () => {
    const files = await filesIn(redacted);
    expect(piecesLeft(files, [key.toString("hex"), key.toString("base64")], 16)).toEqual([]);
    const salts = [...(await filesIn(run.dir)).values()].join("").match(/(?<="salt":")[0-9a-f]+/g) ?? [];
    expect(salts.length).toBeGreaterThan(100);
    expect(piecesLeft(files, salts, 16)).toEqual([]);
  });

  test("analysis and report of the redacted run hold nothing of them either, and say so", async () => {
    const analysis = await compared(redacted);
    const files = await renderReportFiles(analysis);
    const shown = new Map([
      ["analysis", JSON.stringify(analysis)],
      ...files.map(({ name, content }) => [name, content] as const),
    ]);
    // The report's own words and those of the test prompts share shorter pieces.
    expect(piecesLeft(shown, run.said, 20)).toEqual([]);
    expect(analysis.caveats.map(({ code }) => code)).toContain("withheld-texts");
    expect(analysis.reportData.exhibits).toEqual({ sus: [] });
  });

  test("two redactions share no feature, category or token", async () => {
    const again = join(folder, "again");
    await redactPublished(run.dir, again, { key: newRedactionKey(), analysis: null, openings: [] });
    const ids = async (dir: string) =>
      new Set([...(await filesIn(dir)).values()].join("").match(/keyed:[0-9a-f]{16}/g));
    const [first, second] = [await ids(redacted), await ids(again)];
    expect(first.size).toBeGreaterThan(20);
    expect([...first].filter((id) => second.has(id))).toEqual([]);
  });
});

describe("what can be recomputed", () => {
  test("hash chains end where they did, and outcomes, retries and repeats count the same", async () => {
    for (const name of talkativeModels)
      expect(await summarizeTarget(redacted, name)).toEqual({
        ...(await summarizeTarget(run.dir, name)),
        // What is no plain name is withheld.
        ...(name === "Vendor/c1" ? { servedModels: ["(withheld)"] } : {}),
      });
    expect((await summarizeTarget(run.dir, "Ref")).repeatedResponses).toBeGreaterThan(0);
  });

  test("every number of the analysis, findings and canary results included", async () => {
    const [whole, left] = [await compared(run.dir), await compared(redacted)];
    expect(whole.suspects[0]?.canary?.tests[0]?.hits).toBe(4);
    expect(whole.suspects[0]?.evidence.find(({ line }) => line === "identity-claims")?.effect).toBe(1);
    expect(whole.suspects[0]?.evidence.find(({ line }) => line === "logprob-agreement")?.reason).toBeNull();
    expectSameNumbers(whole, left);
  });
});

describe("what is found", () => {
  const flipped = (found: string, one: string, other: string) =>
    found.slice(0, -1) + (found.endsWith(one) ? other : one);

  test.each([
    ["a feature", /"word":"./, (found: string) => flipped(found, "A", "B")],
    ["a category", /"category":"keyed:./, (found: string) => flipped(found, "1", "2")],
    ["a length", /"length":\d/, (found: string) => flipped(found, "1", "2")],
    ["a claim", /"claims":false/, () => '"claims":true'],
    ["a dropped record", /^.*\n/, () => ""],
  ])("%s: by the file's sum, and with the key even where the sum was changed too", async (_, pattern, to) => {
    const dir = await changed("features/c2.jsonl", (text) => text.replace(pattern, to));
    await expect(compared(dir)).rejects.toThrow(
      /features\/c2\.jsonl is not the file that the manifest names/,
    );
    await nameFeatures(dir, "c2");
    await expect(check(dir)).rejects.toThrow(/features\/c2\.jsonl:\d+ is not what the texts give/);
  });

  test.each([
    ["missing", (lines: string[]) => lines.slice(1), /is redacted: expected its features/],
    ["there twice", (lines: string[]) => [...lines, lines[0] ?? ""], /has features twice/],
    [
      "of no line",
      (lines: string[]) => [...lines, (lines[0] ?? "").replace(/"sampleId":"....../, '"sampleId":"000000')],
      /which has no line in/,
    ],
    [
      "of another form",
      (lines: string[]) => lines.map((line) => line.replace('"answer":{', '"answer":{"text":"x",')),
      /c2\.jsonl:1 is damaged/,
    ],
  ])("a record that is %s, whatever the sum says", async (_, change, message) => {
    const dir = await changed(
      "features/c2.jsonl",
      (text) => `${change(text.trimEnd().split("\n")).join("\n")}\n`,
    );
    await nameFeatures(dir, "c2");
    await expect(compared(dir)).rejects.toThrow(message);
  });

  test("a line whose hashes were changed: its chain breaks", async () => {
    const dir = await changed("transcripts/c2.jsonl", (text) =>
      text.replace(/"text":\{"redacted":"./, (found) => flipped(found, "0", "1")),
    );
    await expect(compared(dir)).rejects.toThrow(/c2\.jsonl:2 is damaged: its prevHash/);
  });
});

describe("with the key", () => {
  test("who holds the texts can check every feature", async () => {
    const lines = talkativeModels.length * 17 * 2;
    expect(await check()).toEqual({ lines, answers: expect.any(Number) });
  });

  test("another key is refused, and so is a run of other texts", async () => {
    await expect(check(redacted, newRedactionKey())).rejects.toThrow(/is not what the texts give/);
    await expect(check(run.dir)).rejects.toThrow(/is not redacted/);
  });

  test("the key's file is read back, and a file that is none is not repeated in the message", () => {
    expect(parseRedactionKey(redactionKeyText(key), "key.txt")).toEqual(key);
    expect(() => parseRedactionKey("very secret words", "key.txt")).toThrow(/key.txt holds no redaction key/);
    expect(() => parseRedactionKey("very secret words", "key.txt")).not.toThrow(/very secret/);
  });
});

test("a bundle of it verifies, and with texts and key its features too; under another key that is what differs", async () => {
  const analysis = analysisSchema.parse(await compared(redacted));
  const dir = join(folder, "bundle");
  const [calibration, signingKey] = [null, null];
  await writeBundle({
    ...{ runDir: redacted, out: dir, analysis, calibration, signingKey, version: "0.1.0" },
    openings: [{ name: "1-canary-opening.json", content: JSON.stringify(run.opening) }],
    reportFiles: await renderReportFiles(analysis),
  });
  const verified = async (withKey?: Buffer) =>
    verifyBundle(dir, {
      version: "0.1.0",
      texts: withKey === undefined ? undefined : { runDir: run.dir, key: withKey },
    });
  const plain = await verified();
  expect(plain.checks.filter(({ status }) => status === "differs" || status === "not-checked")).toEqual([]);
  expect(plain).toMatchObject({ holds: true, redacted: true });
  const withTexts = await verified(key);
  expect(withTexts).toMatchObject({ holds: true });
  expect(withTexts.checks).toContainEqual(expect.objectContaining({ name: "features", status: "holds" }));
  expect(await verified(newRedactionKey())).toMatchObject({
    holds: false,
    firstDifference: { name: "features", message: expect.stringContaining("is not what the texts give") },
  });
});

test("an endpoint that repeats an answer as a plain name keeps the run from being redacted", async () => {
  const dir = join(folder, "echo");
  const writer = await createRun(dir, manifestFor(["a"]));
  await writer.append(sampleOf("a", { text: "Elias.", finishReason: "stop" }));
  await writer.append(sampleOf("a", { index: 1, text: "Gwendolyn", finishReason: "Gwendolyn" }));
  await writer.close();
  await expect(
    redactPublished(dir, join(folder, "echoed"), { key, analysis: null, openings: [] }),
  ).rejects.toThrow(/a\.jsonl:2 cannot be redacted: its finishReason repeats what was said/);
});

test("a redacted run is not redacted again, and what needs texts says that they are missing", async () => {
  await expect(
    redactPublished(redacted, join(folder, "twice"), { key, analysis: null, openings: [] }),
  ).rejects.toThrow(/is redacted already/);
  await expect(readAnswers(redacted).next()).rejects.toThrow(/are redacted: expected their texts/);
});
