import { execFileSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planTarget } from "../../src/sampling/plan.ts";
import type { Manifest } from "../../src/schema/manifest.ts";
import { inShard, parseShard } from "../../src/schema/shard.ts";
import { readManifest } from "../../src/store/manifest-file.ts";
import { summarizeTarget, verifiedTranscripts } from "../../src/store/read-transcripts.ts";
import { createRun } from "../../src/store/run-writer.ts";
import { manifestFor, sampleOf, temporaryFolder } from "../store/run-fixture.ts";
import { runBin } from "./run-bin.ts";

const names = ["ref", "sus", "Vendor/c1"];
const probes = 20;

/** Records what the manifest's plan asks, or the part of it that `keep` keeps, each with a text of its own. */
async function recordRun(
  dir: string,
  manifest: Manifest,
  keep: (target: string, probe: string, index: number) => boolean = () => true,
  text = "text",
): Promise<string> {
  const writer = await createRun(dir, manifest);
  for (const { name } of manifest.targets)
    await writer.appendMany(
      planTarget(manifest, name)
        .filter(({ probe, index }) => keep(name, probe.id, index))
        .map(({ probe, index }) =>
          sampleOf(name, {
            probe: probe.id,
            index,
            text: `${text} of ${name} to ${probe.id}, ${index} \u2028"é`,
          }),
        ),
    );
  await writer.setManifest({ ...manifest, status: "complete" });
  await writer.close();
  return dir;
}

const shardOf = (index: number, count: number): Manifest => ({
  ...manifestFor(names, probes),
  shard: { index, count },
});

async function shards(root: string, count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, (_, at) =>
      recordRun(join(root, `study-shard-${at + 1}-of-${count}`), shardOf(at + 1, count)),
    ),
  );
}

const merge = (cwd: string, ...words: string[]) => runBin(["merge", ...words], { cwd });

async function linesOf(dir: string) {
  const lines = new Map<string, string>();
  for (const name of names)
    for await (const { transcript } of verifiedTranscripts(dir, name)) {
      const { prevHash: _prevHash, ...rest } = transcript;
      lines.set(transcript.sampleId, JSON.stringify(rest));
    }
  return lines;
}

test("every sample belongs to one shard, whatever else the run asks", () => {
  const small = manifestFor(names, probes);
  const extended = { ...manifestFor([...names, "more"], probes + 7), samples: 5 };
  const idsOf = (manifest: Manifest) =>
    manifest.targets.flatMap(({ name }) => planTarget(manifest, name).map(({ sampleId }) => sampleId));
  const all = idsOf(small);
  const parts = [1, 2, 3].map((index) => idsOf({ ...small, shard: { index, count: 3 } }));
  expect(parts.flat().sort()).toEqual([...all].sort());
  for (const part of parts) expect(part.length).toBeGreaterThan(all.length / 5);
  parts.forEach((part, at) => {
    const now = new Set(idsOf({ ...extended, shard: { index: at + 1, count: 3 } }));
    for (const id of part) {
      expect(now.has(id)).toBe(true);
      expect(inShard(id, { index: at + 1, count: 3 })).toBe(true);
    }
  });
  for (const text of ["0/3", "4/3", "1", "1/0", "a/b", "1/3/5", "-1/3"])
    expect(() => parseShard(text)).toThrow(/--shard expects i\/n with 1 <= i <= n/);
});

test("shards become one run that verifies, with every line as it was, and their origins named", async () => {
  const root = await temporaryFolder();
  const dirs = await shards(root, 4);
  const { code, stdout, stderr } = await merge(root, ...dirs.toReversed(), "--run", "whole");
  expect([code, stdout, stderr]).toEqual([
    0,
    "120 samples of 4 runs united in whole\n",
    "next: congener compare whole\n",
  ]);
  const whole = join(root, "whole");
  const manifest = await readManifest(whole);
  expect(manifest).toMatchObject({
    status: "complete",
    recordedLines: { ref: 40, sus: 40, "Vendor/c1": 40 },
  });
  expect(manifest.shard).toBeUndefined();
  expect(manifest.sources.map(({ file, format }) => `${file} ${format}`)).toEqual(
    [1, 2, 3, 4].map((index) => `study-shard-${index}-of-4 run`),
  );
  expect(manifest.sources.reduce((sum, { rows }) => sum + rows, 0)).toBe(120);
  expect(new Set(manifest.sources.map(({ sha256 }) => sha256)).size).toBe(4);
  const before = new Map((await Promise.all(dirs.map(linesOf))).flatMap((lines) => [...lines]));
  const after = await linesOf(whole);
  expect(after.size).toBe(120);
  for (const [id, line] of before) expect(after.get(id)).toBe(line);
  expect(await readdir(root)).toEqual(expect.not.arrayContaining([expect.stringContaining("merging")]));
});

test("a lone shard is not compared; the error says what to do", async () => {
  const root = await temporaryFolder();
  await recordRun(join(root, "one"), shardOf(1, 2));
  const { code, stderr } = await runBin(["compare", "one"], { cwd: root });
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/one is shard 1 of 2: .*congener merge SHARD\.\.\./),
  ]);
});

test("gaps are refused by name, and united only when asked to, as a run that can go on", async () => {
  const root = await temporaryFolder();
  const [first, second, third] = await shards(root, 3);
  const absent = await merge(root, first as string, third as string, "--run", "whole");
  expect([absent.code, absent.stderr]).toEqual([
    2,
    expect.stringContaining("shard 2 of 3 is not among the runs: expected every shard"),
  ]);
  const short = await recordRun(join(root, "short"), shardOf(2, 3), (_, probe) => probe !== "p3");
  const lacking = await merge(root, first as string, short, third as string, "--run", "whole");
  expect([lacking.code, lacking.stderr]).toEqual([
    2,
    expect.stringMatching(
      /\d of 120 samples are in none of the runs: shard 2 of 3 \(short\) lacks \d: go on with congener run --shard 2\/3/,
    ),
  ]);
  expect(await readdir(root)).not.toContain("whole");
  const allowed = await merge(root, first as string, third as string, "--run", "whole", "--allow-gaps");
  expect([allowed.code, allowed.stderr]).toEqual([
    0,
    expect.stringMatching(
      /samples are missing: shard 2 of 3 is missing; to ask them all: congener run --run whole/,
    ),
  ]);
  expect((await readManifest(join(root, "whole"))).status).toBe("stopped");
  // What was missing comes in later: a whole run with gaps and the late shard.
  const late = await merge(root, "whole", second as string, "--run", "complete");
  expect([late.code, late.stdout]).toEqual([0, "120 samples of 2 runs united in complete\n"]);
});

test("runs of some targets each are united; without shards a gap is named by target, probe and sample", async () => {
  const root = await temporaryFolder();
  const manifest = manifestFor(names, 3);
  const a = await recordRun(join(root, "a"), manifest, (target) => target === "ref");
  const b = await recordRun(
    join(root, "b"),
    manifest,
    (target, probe, index) => target === "sus" && !(probe === "p1" && index === 1),
  );
  const gaps = await merge(root, a, b, "--run", "whole");
  expect([gaps.code, gaps.stderr]).toEqual([
    2,
    expect.stringContaining("target sus lacks 1 of 6 (p1/1); target Vendor/c1 lacks 6 of 6 (p"),
  ]);
  const c = await recordRun(
    join(root, "c"),
    manifest,
    (target, probe, index) => target === "Vendor/c1" || (target === "sus" && probe === "p1" && index === 1),
  );
  expect((await merge(root, a, b, c, "--run", "whole")).code).toBe(0);
  expect((await summarizeTarget(join(root, "whole"), "sus")).samples).toBe(6);
});

test("a line that two runs share is kept once; a sample with two records is refused by name", async () => {
  const root = await temporaryFolder();
  const [first, second] = await shards(root, 2);
  await cp(first as string, join(root, "copy"), { recursive: true });
  const same = await merge(root, first as string, join(root, "copy"), second as string, "--run", "whole");
  expect([same.code, same.stdout, same.stderr]).toEqual([
    0,
    "120 samples of 3 runs united in whole\n",
    expect.stringMatching(/^\d+ identical lines in more than one run, kept once$/m),
  ]);
  const again = await recordRun(
    join(root, "again"),
    shardOf(1, 2),
    (target, probe) => target === "sus" && probe === "p4",
    "another",
  );
  const two = await merge(root, first as string, second as string, again, "--run", "other");
  expect([two.code, two.stderr]).toEqual([
    2,
    expect.stringMatching(
      /sample \d of probe p4 and target sus was asked twice, in .*1-of-2 and in .*again, and has two records/,
    ),
  ]);
  expect(await readdir(root)).not.toContain("other");
});

test.each<[string, (manifest: Manifest) => Manifest, RegExp]>([
  [
    "a probe's text",
    () => {
      const other = manifestFor(names, probes);
      const probe = other.suites[0]?.probes[4];
      if (probe) probe.messages = [{ role: "user", content: "Another?" }];
      return other;
    },
    /probe p4 of suite core was asked differently: messages was/,
  ],
  [
    "a suite",
    (manifest) => ({ ...manifest, suites: manifest.suites.map((suite) => ({ ...suite, name: "full" })) }),
    /only the one asked suite core/,
  ],
  ["a probe more", () => manifestFor(names, probes + 1), /only the one asked probe p20 of suite core/],
  [
    "parameters",
    (manifest) => ({
      ...manifest,
      targets: manifest.targets.map((target) => ({
        ...target,
        params: { temperature: 2 },
        hash: target.hash.replace(/^./, "f"),
      })),
    }),
    /target ref was asked differently: params was \{\}, is \{"temperature":2\}/,
  ],
  ["a target more", () => manifestFor([...names, "more"], probes), /only the one has target more/],
  ["samples", (manifest) => ({ ...manifest, samples: 3 }), /samples is 2 in the one and 3 in the other/],
  ["the seed", (manifest) => ({ ...manifest, seed: 8 }), /seed is 1 in the one and 8 in the other/],
  ["roles", (manifest) => ({ ...manifest, roles: { ...manifest.roles, suspects: ["sus"] } }), /roles is/],
  [
    "the number of shards",
    (manifest) => ({ ...manifest, shard: { index: 2, count: 3 } }),
    /shards of 2 and of 3/,
  ],
  ["where answers come from", (manifest) => ({ ...manifest, origin: "imported" }), /holds imported answers/],
])("runs that differ in %s are refused", async (_, change, message) => {
  const root = await temporaryFolder();
  const one = join(root, "one");
  const two = join(root, "two");
  await (await createRun(one, shardOf(1, 2))).close();
  await (
    await createRun(two, { shard: { index: 2, count: 2 }, ...change(manifestFor(names, probes)) })
  ).close();
  const { code, stderr } = await merge(root, one, two, "--run", "whole");
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});

test("damaged sources, a target folder that exists and a run named twice are refused, and nothing is left", async () => {
  const root = await temporaryFolder();
  const [first, second] = (await shards(root, 2)) as [string, string];
  const path = join(second, "transcripts", "sus.jsonl");
  const good = await readFile(path, "utf8");
  const lines = good.split("\n");
  const refused = async (message: RegExp) => {
    const { code, stderr } = await merge(root, first, second, "--run", "whole");
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect((await readdir(root)).sort()).toEqual(["study-shard-1-of-2", "study-shard-2-of-2"]);
  };
  await writeFile(path, [...lines.slice(0, 3), lines[3]?.slice(0, 300), ...lines.slice(4)].join("\n"));
  await refused(/sus\.jsonl:4 is damaged/);
  await writeFile(path, good.replace("text of sus", "taxt of sus"));
  await refused(/sus\.jsonl:2 is damaged: its prevHash/);
  await writeFile(path, lines.slice(0, 5).join("\n"));
  await refused(/sus\.jsonl ends after 5 lines: expected the \d+ that were recorded/);
  await writeFile(path, "");
  await refused(/sus\.jsonl is missing or empty/);
  await writeFile(path, good);
  await mkdir(join(root, "whole"));
  expect((await merge(root, first, second, "--run", "whole")).stderr).toMatch(/whole exists already/);
  expect((await merge(root, first, first, "--run", "new")).stderr).toMatch(/is named twice/);
  expect((await merge(root, first, join(root, "nothing"), "--run", "new")).stderr).toMatch(
    /no run in .*nothing/,
  );
});

test("memory does not grow with the length of the answers", async () => {
  const root = await temporaryFolder();
  const manifest = { ...manifestFor(["a"], 1), samples: 3_000 };
  const writer = await createRun(join(root, "one"), { ...manifest, shard: { index: 1, count: 1 } });
  const text = "x".repeat(20_000);
  await writer.appendMany(planTarget(manifest, "a").map(({ index }) => sampleOf("a", { index, text })));
  await writer.close();
  const megabytes = Number(
    execFileSync("du", ["-sm", join(root, "one")], { encoding: "utf8" }).split("\t")[0],
  );
  expect(megabytes).toBeGreaterThan(57);
  // The heap holds less than what is read.
  const { code, stderr } = await runBin(["merge", "one", "--run", "whole"], {
    cwd: root,
    env: { NODE_OPTIONS: "--max-old-space-size=48" },
  });
  expect([code, stderr]).toEqual([0, "next: congener compare whole\n"]);
});
