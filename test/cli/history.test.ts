import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderHistory } from "../../src/cli/history/render-history.ts";
import { type History, historySchema } from "../../src/schema/history.ts";
import { targetHash } from "../../src/schema/identity.ts";
import { seededRandom } from "../../src/schema/random.ts";
import type { SampleRecord } from "../../src/schema/transcript.ts";
import { createRun } from "../../src/store/run-writer.ts";
import { manifestFor, sampleOf, temporaryFolder } from "../store/run-fixture.ts";
import { runMain } from "./run-main.ts";

const controls = ["c1", "c2", "c3", "c4", "c5"];
const names = ["ref", "sus", ...controls];
const probes = 24;

/** Words of a voice of its own at each probe, some by chance. */
function answer(voice: string, probe: number, random: () => number): string {
  const draw = (kinds: number) => Math.floor(random() * kinds);
  return `${voice}${probe}x${draw(4)} ${voice}y${draw(3)} any${draw(6)} and ${voice}z${probe % 5}`;
}

interface Recording {
  readonly day: number;
  readonly seed: number;
  readonly samples?: number;
  readonly names?: readonly string[];
  readonly probes?: number;
  /** Voice of a target; its name by default. */
  readonly voices?: Readonly<Record<string, string>>;
  readonly temperature?: number;
  readonly change?: (target: string, sample: SampleRecord) => Partial<SampleRecord>;
}

/** A run as if its endpoints had been asked on that day. */
async function record(dir: string, recording: Recording): Promise<string> {
  const { day, seed, samples = 4, voices = {}, change = () => ({}) } = recording;
  const targets = recording.names ?? names;
  const createdAt = `2026-11-${String(day).padStart(2, "0")}T09:00:00.000Z`;
  const plain = manifestFor(targets, recording.probes ?? probes);
  const manifest = {
    ...plain,
    createdAt,
    samples,
    targets: plain.targets.map((target) => {
      const given = { ...target, lab: `lab-${target.name}` };
      if (recording.temperature !== undefined) given.params = { temperature: recording.temperature };
      return { ...given, hash: targetHash(given) };
    }),
    roles: { reference: "ref", suspects: ["sus"], controls, baselines: {} },
  };
  const random = seededRandom(seed);
  const writer = await createRun(dir, manifest);
  for (const target of targets)
    await writer.appendMany(
      Array.from({ length: (recording.probes ?? probes) * samples }, (_, at) => {
        const p = Math.floor(at / samples);
        const sample = sampleOf(target, {
          probe: `p${p}`,
          index: at % samples,
          text: answer(voices[target] ?? target, p, random),
          startedAt: createdAt,
        });
        return { ...sample, ...change(target, sample) };
      }),
    );
  await writer.setManifest({ ...manifest, status: "complete" });
  await writer.close();
  return dir;
}

const parsed = (text: string): History => historySchema.parse(JSON.parse(text));
const verdicts = (history: History, look = 0) =>
  Object.fromEntries((history.looks[look]?.endpoints ?? []).map(({ target, verdict }) => [target, verdict]));

test("a switched endpoint raises an alarm in its look; later runs change no earlier look; order is by time", async () => {
  const cwd = await temporaryFolder();
  await record(join(cwd, "a"), { day: 1, seed: 1 });
  await record(join(cwd, "b"), { day: 2, seed: 2 });
  const switched = { voices: { sus: "other" } };
  await record(join(cwd, "c"), {
    day: 3,
    seed: 3,
    ...switched,
    change: (target) => (target === "sus" ? { servedModel: "sus\u001b[2J-2", latencyMs: 90 } : {}),
  });
  const two = await runMain(["history", "a", "b", "--json", "-q"], { cwd });
  expect(two.code).toBe(0);
  const three = await runMain(["history", "c", "a", "b", "--json", "-o", "h.json"], { cwd });
  expect(three.code).toBe(0);
  const history = parsed(three.stdout);
  expect(parsed(await readFile(join(cwd, "h.json"), "utf8"))).toEqual(history);
  expect(history.runs.map(({ run }) => run)).toEqual(["a", "b", "c"]);
  expect(history.caveats.map(({ code }) => code)).toContain("reordered");
  expect(history.looks[0]).toEqual(parsed(two.stdout).looks[0]);
  expect(Object.values(verdicts(history, 0))).toEqual(names.map(() => "no-change-detected"));
  expect(verdicts(history, 1)).toMatchObject({ sus: "endpoint-changed", ref: "no-change-detected" });
  const changed = history.looks[1]?.endpoints.find(({ target }) => target === "sus");
  expect(changed?.tests[0]).toMatchObject({ test: "answers", alarm: true, n: probes });
  expect(changed?.description.latencyMs).toEqual({
    earlier: { median: 3, n: 96 },
    later: { median: 90, n: 96 },
  });
  expect(changed?.caveats.map(({ code }) => code)).toEqual(["served-model-changed"]);
  expect(history.looks[1]?.findingsReason).toMatch(/no analysis in b and c: .*congener compare b/);

  for (const columns of [60, 80, 120]) {
    const text = renderHistory(history, columns);
    expect(text.replace(/\s+/g, " ")).toMatch(/sus changed: its answers come from another distribution/);
    expect(text).not.toMatch(/unchanged/i);
    expect(text).toContain("⟨U+001B⟩");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none must get through
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
  }
  const failing = await runMain(["history", "a", "b", "c", "-q", "--fail-on", "endpoint-changed"], { cwd });
  expect(failing.code).toBe(1);
  const since = await runMain(["history", "a", "b", "c", "--since", "a", "--target", "sus", "--json"], {
    cwd,
  });
  const baseline = parsed(since.stdout);
  expect(baseline.looks.map(({ earlier, later }) => [earlier, later])).toEqual([
    ["a", "b"],
    ["a", "c"],
  ]);
  expect(verdicts(baseline, 1)).toEqual({ sus: "endpoint-changed" });
});

test("findings stand side by side with a paired difference, and what else changed is said", async () => {
  const cwd = await temporaryFolder();
  await record(join(cwd, "a"), { day: 1, seed: 1 });
  await record(join(cwd, "b"), { day: 2, seed: 2 });
  for (const [run, more] of [
    ["a", []],
    ["b", ["--seed", "7"]],
  ] as const)
    expect((await runMain(["compare", run, "--calibration", "none", "-q", ...more], { cwd })).code).toBe(0);
  const { code, stdout } = await runMain(["history", "a", "b", "--json", "-q"], { cwd });
  expect(code).toBe(0);
  const [finding] = parsed(stdout).looks[0]?.findings ?? [];
  expect(finding).toMatchObject({
    suspect: "sus",
    reference: "ref",
    verdict: "no-change-detected",
    otherwise: [{ what: "seed", earlier: "1", later: "7" }],
    score: { unit: "content score", probes, controls, reason: null },
  });
  expect(finding?.score.interval?.[0]).toBeLessThan(finding?.score.estimate as number);

  // Another finding in the analysis alone, as a changed panel or statistic would make it: no change of any model.
  const path = join(cwd, "b", "analysis.json");
  const analysis = JSON.parse(await readFile(path, "utf8"));
  analysis.suspects[0].finding = "derived";
  analysis.suspects[0].panel = ["c1", "c2"];
  await writeFile(path, JSON.stringify(analysis));
  const flipped = await runMain(["history", "a", "b", "--json", "-q", "--fail-on", "finding-changed"], {
    cwd,
  });
  expect(flipped.code).toBe(0);
  const [other] = parsed(flipped.stdout).looks[0]?.findings ?? [];
  expect(other?.verdict).toBe("not-beyond-sampling");
  expect(other?.otherwise.map(({ what }) => what)).toContain("panel");
  expect(other?.sentence).toMatch(/no sign that any model changed/);

  // And one with the answers: the suspect now speaks as the reference does.
  await record(join(cwd, "c"), { day: 3, seed: 3, voices: { sus: "ref" } });
  await runMain(["compare", "c", "--calibration", "none", "-q"], { cwd });
  const changed = await runMain(["history", "a", "c", "--json", "-q", "--fail-on", "finding-changed"], {
    cwd,
  });
  const [now] = parsed(changed.stdout).looks[0]?.findings ?? [];
  expect(now?.score.alarm).toBe(true);
  expect(["finding-changed", "score-changed"]).toContain(now?.verdict);
  expect(changed.code).toBe(now?.verdict === "finding-changed" ? 1 : 0);
});

test("a changed configuration, one sample, other probes and refusals are each said for what they are", async () => {
  const cwd = await temporaryFolder();
  await record(join(cwd, "a"), { day: 1, seed: 1 });
  await record(join(cwd, "cold"), { day: 2, seed: 2, temperature: 0.5 });
  const cold = await runMain(["history", "a", "cold", "--json", "-q"], { cwd });
  expect(cold.code).toBe(3);
  const [one] = parsed(cold.stdout).looks[0]?.endpoints ?? [];
  expect(one).toMatchObject({ verdict: "configuration-changed" });
  expect(one?.configuration).toEqual([{ field: "params", earlier: "{}", later: '{"temperature":0.5}' }]);

  await record(join(cwd, "single"), { day: 3, seed: 3, samples: 1, voices: { c1: "loud" } });
  const single = parsed((await runMain(["history", "a", "single", "--json", "-q"], { cwd })).stdout);
  const ref = single.looks[0]?.endpoints.find(({ target }) => target === "ref");
  expect(ref).toMatchObject({ verdict: "no-change-detected" });
  expect(ref?.tests[0]).toMatchObject({ test: "answer-shift", samples: { earlier: 96, later: 24 } });
  expect(verdicts(single)).toMatchObject({ c1: "endpoint-changed" });

  await record(join(cwd, "few"), { day: 4, seed: 4, probes: 3, samples: 1, names: ["ref", "c1", "new"] });
  const few = await runMain(["history", "a", "few", "--json", "-q"], { cwd });
  expect(few.code).toBe(3);
  expect(parsed(few.stdout).looks[0]).toMatchObject({
    added: ["new"],
    removed: ["sus", "c2", "c3", "c4", "c5"],
  });
  expect(Object.values(verdicts(parsed(few.stdout)))).toEqual(["not-tested", "not-tested"]);

  await record(join(cwd, "shy"), {
    day: 5,
    seed: 5,
    change: (target, { index }) => (target === "c2" && index < 3 ? { outcome: "refused" } : {}),
  });
  const shy = parsed((await runMain(["history", "a", "shy", "--json", "-q"], { cwd })).stdout);
  const refusing = shy.looks[0]?.endpoints.find(({ target }) => target === "c2");
  expect(refusing?.verdict).toBe("endpoint-changed");
  expect(refusing?.tests.find(({ test: by }) => by === "outcomes")).toMatchObject({
    alarm: true,
    effect: 0.75,
  });
});

test("runs that repeat each other word for word raise no alarm, and a caveat says what they are", async () => {
  const cwd = await temporaryFolder();
  await record(join(cwd, "a"), { day: 1, seed: 1, names: ["ref"] });
  await record(join(cwd, "b"), { day: 2, seed: 1, names: ["ref"] });
  const { stdout } = await runMain(["history", "a", "b", "--json", "-q"], { cwd });
  const [ref] = parsed(stdout).looks[0]?.endpoints ?? [];
  expect(ref?.verdict).toBe("no-change-detected");
  expect(ref?.caveats.map(({ code }) => code)).toEqual(["repeated-answers"]);
  expect(ref?.caveats[0]?.message).toMatch(/96 of 96 answers of ref/);
});

test("bad input is one clear line and exit code 2", async () => {
  const cwd = await temporaryFolder();
  await record(join(cwd, "a"), { day: 1, seed: 1, samples: 2 });
  await record(join(cwd, "b"), { day: 2, seed: 2, samples: 2 });
  await cp(join(cwd, "a"), join(cwd, "copy"), { recursive: true });
  await record(join(cwd, "lost"), { day: 3, seed: 3, samples: 2 });
  await rm(join(cwd, "lost", "transcripts", "sus.jsonl"));
  await record(join(cwd, "damaged"), { day: 4, seed: 4, samples: 2 });
  await writeFile(join(cwd, "damaged", "analysis.json"), "{");
  await record(join(cwd, "part"), { day: 5, seed: 5, samples: 2 });
  const path = join(cwd, "part", "manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify({ ...manifest, shard: { index: 1, count: 2 } }));
  for (const [words, message] of [
    [["a"], /two runs or more, got 1/],
    [["a", "b", "./a"], /\.\/a is the same run as a/],
    [["a", "copy"], /the same recorded lines/],
    [["a", "lost"], /sus\.jsonl is missing or empty/],
    [["a", "damaged"], /analysis\.json is damaged/],
    [["a", "part"], /part is shard 1 of 2.*merge/],
    [["a", "nothing"], /no run in .*nothing/],
    [["a", "b", "--target", "gpt"], /no target gpt in any of the runs: expected one of ref/],
    [["a", "b", "--since", "b"], /--since b is the latest/],
    [["a", "b", "--since", "c"], /--since c is none of the runs/],
    [["a", "b", "--alpha", "1"], /--alpha must lie between 0 and 1, got 1/],
    [["a", "b", "--seed", "0.5"], /--seed must be a whole number/],
    [["a", "b", "-o", "h.txt"], /h\.txt .*expected a file name that ends in/],
  ] as const) {
    const { code, stdout, stderr } = await runMain(["history", ...words, "-q"], { cwd });
    expect(`${words.join(" ")}: ${stderr}`).toMatch(message);
    expect(stderr.trim().split("\n").length, stderr).toBe(1);
    expect([code, stdout]).toEqual([2, ""]);
  }
});

test("redacted answers are not compared, their outcomes are", async () => {
  const cwd = await temporaryFolder();
  await record(join(cwd, "a"), { day: 1, seed: 1, samples: 2 });
  const refused = (_: string, { index }: SampleRecord) =>
    index === 1 ? { outcome: "refused" as const } : {};
  await record(join(cwd, "b"), { day: 2, seed: 2, samples: 2, change: refused });
  const { lineHash, fieldCommitment } = await import("../../src/schema/identity.ts");
  const { redactableFields } = await import("../../src/schema/transcript.ts");
  const file = join(cwd, "b", "transcripts", "ref.jsonl");
  const lines = (await readFile(file, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const redacted = lines.map((line) => {
    const hidden = Object.fromEntries(
      redactableFields.map((field) => [field, { redacted: fieldCommitment(line.salt, field, line[field]) }]),
    );
    const out = { ...line, ...hidden, salt: null };
    expect(lineHash(out)).toBe(lineHash(line));
    return out;
  });
  await writeFile(file, `${redacted.map((line) => JSON.stringify(line)).join("\n")}\n`);
  const { code, stdout } = await runMain(["history", "a", "b", "--json", "-q"], { cwd });
  expect(code).toBe(0);
  const ref = parsed(stdout).looks[0]?.endpoints.find(({ target }) => target === "ref");
  expect(ref?.tests.map(({ test: by, reason }) => [by, reason])).toEqual([
    ["outcomes", null],
    ["answers", "its answers are redacted"],
  ]);
  expect(ref?.verdict).toBe("endpoint-changed");
});
