import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, rmSync, truncateSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { readManifest } from "../../src/store/manifest-file.ts";
import { verifiedTranscripts } from "../../src/store/read-transcripts.ts";
import { type Behaviour, chatBody, sendJson, startFaultServer } from "../providers/fault-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";
import { type BinResult, binFile, runBin } from "./run-bin.ts";
import { smallStudyModels as names, writeSmallStudy } from "./small-study.ts";

const isRoot = process.getuid?.() === 0;
const answer: Behaviour = (request, response) =>
  sendJson(response, 200, chatBody(`from ${request.body.model}`));
/** Answers that fill a small disk soon. */
const longAnswer: Behaviour = (_, response) => sendJson(response, 200, chatBody("long ".repeat(2_000)));

async function samplesOf(run: string): Promise<number> {
  let count = 0;
  for (const name of names) for await (const _ of verifiedTranscripts(run, name)) count++;
  return count;
}

const resume = (cwd: string, ...words: string[]) => runBin(["run", "-q", ...words], { cwd });

const oneLine = ({ stderr }: BinResult) => expect(stderr.trimEnd().split("\n"), stderr).toHaveLength(1);

/** Runs out of room, is told so in one line, and goes on with room again: nothing that was recorded is asked twice. */
async function expectDiskFull(dir: string, run: string, full: BinResult, asked: () => number): Promise<void> {
  expect(full.code).toBe(2);
  expect(full.stderr).toMatch(
    /^congener: cannot write .*: (the disk is full \(ENOSPC\)|the file may not grow any larger \(EFBIG\)); .*issue the same command again/,
  );
  oneLine(full);
  const recorded = await samplesOf(run);
  expect(recorded).toBeGreaterThan(0);
  expect(recorded).toBeLessThan(40);
  expect(await readdir(run)).not.toContain("lock");
  const before = asked();
  const again = await resume(dir, "--run", run);
  expect([again.code, again.stderr]).toEqual([0, ""]);
  expect(asked() - before).toBe(40 - recorded);
  expect(await samplesOf(run)).toBe(40);
}

test.skipIf(!isRoot || spawnSync("mount", ["--version"]).status !== 0)(
  "a disk that is full (skipped without the right to mount one)",
  async ({ skip }) => {
    const server = await startFaultServer(longAnswer);
    const dir = await temporaryFolder();
    writeSmallStudy(dir, server.origin);
    const disk = join(dir, "disk");
    await mkdir(disk);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=400k", "tmpfs", disk]).status !== 0)
      skip("cannot mount a small disk");
    onTestFinished(() => void spawnSync("umount", [disk]));
    const run = join(disk, "run");
    const full = await resume(dir, "--run", run);
    execFileSync("mount", ["-o", "remount,size=20m", disk]);
    await expectDiskFull(dir, run, full, () => server.requests.length);
  },
);

test.skipIf(process.platform === "win32")("a limit on the size of files", async () => {
  const server = await startFaultServer(longAnswer);
  const dir = await temporaryFolder();
  writeSmallStudy(dir, server.origin);
  const run = join(dir, "run");
  // 64 blocks of 512 bytes.
  const child = spawn(
    "sh",
    ["-c", 'ulimit -f 64 && exec "$@"', "sh", process.execPath, binFile, "run", "-q", "--run", run],
    {
      cwd: dir,
      env: { PATH: process.env.PATH ?? "" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  await expectDiskFull(dir, run, await ended(child), () => server.requests.length);
});

test.skipIf(process.platform === "win32")(
  "a folder that may not be written to is one line, and nothing is asked",
  async () => {
    const server = await startFaultServer(answer);
    const dir = await temporaryFolder();
    writeSmallStudy(dir, server.origin);
    for (const name of ["congener.yaml", "suite.yaml"]) chmodSync(join(dir, name), 0o644);
    chmodSync(dir, 0o555);
    onTestFinished(() => chmodSync(dir, 0o755));
    const child = spawn(process.execPath, [binFile, "run", "-q"], {
      cwd: dir,
      env: { PATH: process.env.PATH ?? "" },
      stdio: ["ignore", "pipe", "pipe"],
      // Root may write anywhere.
      ...(isRoot ? { uid: 65534, gid: 65534 } : {}),
    });
    const result = await ended(child);
    expect([result.code, result.stderr]).toEqual([
      2,
      expect.stringMatching(
        /^congener: cannot create the folder .*results.*: permission denied \(EACCES\); choose a folder/,
      ),
    ]);
    oneLine(result);
    expect(server.requests).toHaveLength(0);
  },
);

test("a second process on one run is refused with the first one's number and start, and disturbs nothing", async () => {
  const held: (() => void)[] = [];
  const server = await startFaultServer(async (request, response, count) => {
    if (count === 1) first.emit("asked");
    if (held.length < 4) await new Promise<void>((resolve) => held.push(resolve));
    await answer(request, response, count);
  });
  const dir = await temporaryFolder();
  writeSmallStudy(dir, server.origin);
  const first = spawn(process.execPath, [binFile, "run", "-q"], {
    cwd: dir,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const firstResult = ended(first);
  await once(first, "asked");
  const second = await resume(dir);
  expect([second.code, second.stderr]).toEqual([
    2,
    expect.stringMatching(
      new RegExp(
        `^congener: process ${first.pid} is writing to .*study since \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z: expected no other writer`,
      ),
    ),
  ]);
  oneLine(second);
  for (const release of held) release();
  expect((await firstResult).code).toBe(0);
  expect(await samplesOf(join(dir, "results", "study"))).toBe(40);
  expect(server.requests).toHaveLength(40);
});

test("the lock of a process that is gone, or whose number another process has now, is taken over", async () => {
  const server = await startFaultServer(answer);
  const dir = await temporaryFolder();
  writeSmallStudy(dir, server.origin, { probes: 1 });
  const run = join(dir, "results", "study");
  await resume(dir, "--max-requests", "3", "-j", "1");
  expect(server.requests).toHaveLength(3);
  const gone = spawnSync(process.execPath, ["--version"]).pid;
  for (const pid of [gone, process.pid]) {
    await writeFile(join(run, "lock"), JSON.stringify({ pid, started: "1", host: hostname() }));
    expect(await resume(dir)).toMatchObject({ code: 0, stderr: "" });
    expect(await readdir(run)).not.toContain("lock");
  }
  expect(server.requests).toHaveLength(10);
});

test("a clock that jumps by hours back and forth changes dates only", async () => {
  const server = await startFaultServer((request, response, count) =>
    count % 5 === 0
      ? sendJson(response, 429, {}, { "retry-after-ms": "30" })
      : answer(request, response, count),
  );
  const dir = await temporaryFolder();
  writeSmallStudy(dir, server.origin);
  const jumps = join(dir, "jumps.mjs");
  await writeFile(
    jumps,
    `const RealDate = Date; let calls = 0;
    const jumped = () => RealDate.now() + [0, 7_200_000, -86_400_000, 3_600_000, -5_000][calls++ % 5];
    globalThis.Date = class extends RealDate {
      constructor(...words) { if (words.length === 0) super(jumped()); else super(...words); }
      static now() { return jumped(); }
    };`,
  );
  const begun = performance.now();
  const { code, stderr } = await runBin(["run", "-q"], {
    cwd: dir,
    env: { NODE_OPTIONS: `--import ${pathToFileURL(jumps)}` },
  });
  const tookMs = performance.now() - begun;
  expect([code, stderr]).toEqual([0, ""]);
  const run = join(dir, "results", "study");
  const days = new Set<string>();
  for (const name of names)
    for await (const { transcript } of verifiedTranscripts(run, name)) {
      for (const { latencyMs, startedAt } of transcript.attempts) {
        expect(latencyMs).toBeGreaterThanOrEqual(0);
        expect(latencyMs).toBeLessThanOrEqual(tookMs);
        days.add(startedAt.slice(0, 10));
      }
      expect(transcript.latencyMs).toBeLessThanOrEqual(tookMs);
    }
  // The clock did jump.
  expect(days.size).toBeGreaterThan(1);
  expect(await samplesOf(run)).toBe(40);
  expect((await resume(dir)).code).toBe(0);
});

test("what a power failure leaves is cut off and asked again; other damage, a lost file and a cut manifest are named", async () => {
  const server = await startFaultServer(answer);
  const dir = await temporaryFolder();
  writeSmallStudy(dir, server.origin);
  const run = join(dir, "results", "study");
  const pathOf = (name: string) => join(run, "transcripts", `${name}.jsonl`);
  expect((await resume(dir)).code).toBe(0);
  const manifest = await readFile(join(run, "manifest.json"), "utf8");
  const good = await readFile(pathOf("sus"), "utf8");
  // As after a crash: the manifest knows of fewer lines than were recorded last.
  const asBefore = async () =>
    writeFile(
      join(run, "manifest.json"),
      JSON.stringify({ ...JSON.parse(manifest), status: "started", recordedLines: { ref: 8, sus: 7 } }),
    );
  const refused = async (message: RegExp) => {
    const before = server.requests.length;
    const result = await resume(dir);
    expect([result.code, result.stderr]).toEqual([2, expect.stringMatching(message)]);
    oneLine(result);
    expect(server.requests.length).toBe(before);
    expect(await readdir(run)).not.toContain("lock");
  };

  for (const tail of ["torn", "zeros"]) {
    await asBefore();
    await writeFile(pathOf("sus"), good);
    const start = good.lastIndexOf("\n", good.length - 2) + 1;
    truncateSync(pathOf("sus"), Buffer.byteLength(good.slice(0, start)) + (tail === "torn" ? 700 : 0));
    if (tail === "zeros") await appendFile(pathOf("sus"), Buffer.alloc(5_000));
    const before = server.requests.length;
    expect(await resume(dir)).toMatchObject({ code: 0, stderr: "" });
    expect(server.requests.length - before).toBe(1);
    expect(await samplesOf(run)).toBe(40);
    expect((await readFile(pathOf("sus"), "utf8")).startsWith(good.slice(0, start))).toBe(true);
  }
  const lines = good.split("\n");
  await writeFile(pathOf("sus"), [...lines.slice(0, 3), lines[3]?.slice(9), ...lines.slice(4)].join("\n"));
  await refused(/^congener: .*transcripts\/sus\.jsonl:4 is damaged: .*restore the file from a copy/);
  await writeFile(pathOf("sus"), lines.slice(0, 4).join("\n"));
  await refused(/sus\.jsonl ends after 4 lines: expected the 8 that were recorded/);
  rmSync(pathOf("sus"));
  await refused(/sus\.jsonl is missing or empty: expected the 8 that were recorded/);
  await writeFile(pathOf("sus"), good);
  await writeFile(join(run, "manifest.json"), manifest.slice(0, 900));
  await refused(/manifest\.json is damaged: expected JSON/);
  await writeFile(join(run, "manifest.json"), manifest);
  expect((await readManifest(run)).recordedLines).toEqual(Object.fromEntries(names.map((name) => [name, 8])));
});

/** What a process printed, once it has ended. */
async function ended(child: ChildProcess): Promise<BinResult> {
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => stream?.toArray());
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  const text = async (parts: Promise<Buffer[]> | undefined) => Buffer.concat((await parts) ?? []).toString();
  return { code, signal, stdout: await text(stdout), stderr: await text(stderr) };
}
