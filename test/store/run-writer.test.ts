import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readManifest } from "../../src/store/manifest-file.ts";
import { readTranscripts, summarizeTarget, verifiedTranscripts } from "../../src/store/read-transcripts.ts";
import { createRun, openRun } from "../../src/store/run-writer.ts";
import { manifestFor, sampleOf, temporaryFolder } from "./run-fixture.ts";

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};
const transcriptsOf = (dir: string, target: string) => join(dir, "transcripts", `${target}.jsonl`);

test("a recorded sample is on disk when append resolves, and a reopened run knows it", async () => {
  const dir = join(await temporaryFolder(), "run");
  const writer = await createRun(dir, manifestFor(["a"]));
  await writer.append(sampleOf("a"));
  expect((await readFile(transcriptsOf(dir, "a"), "utf8")).split("\n")).toHaveLength(2);
  const id = writer.sampleIdOf(sampleOf("a"));
  await writer.close();

  const again = await openRun(dir);
  expect(again.has(id)).toBe(true);
  expect(again.has(again.sampleIdOf(sampleOf("a", { index: 1 })))).toBe(false);
  await expect(again.append(sampleOf("a"))).rejects.toMatchObject({ code: "store.repeated-sample" });
  await again.append(sampleOf("a", { index: 1 }));
  await again.close();
  expect((await collect(readTranscripts(dir, "a"))).map(({ index }) => index)).toEqual([0, 1]);
  expect(await collect(verifiedTranscripts(dir, "a"))).toHaveLength(2);
});

test("many samples at once make an unbroken hash chain, whatever their texts are", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: "binary" }), { maxLength: 30 }), async (texts) => {
      const dir = join(await temporaryFolder(), "run");
      const writer = await createRun(dir, manifestFor(["a"]));
      await Promise.all(texts.map((text, index) => writer.append(sampleOf("a", { index, text }))));
      await writer.close();
      const lines = await collect(verifiedTranscripts(dir, "a"));
      expect(lines.map(({ transcript }) => transcript.text)).toEqual(texts);
    }),
    { numRuns: 15, seed: 11 },
  );
});

test.each([
  ["a changed text", (line: string) => line.replace("Elias.", "Edgar.")],
  ["a removed line", () => ""],
  ["a line put in twice", (line: string) => line + line],
])("%s breaks the chain, with file and line", async (_, change) => {
  const dir = join(await temporaryFolder(), "run");
  const writer = await createRun(dir, manifestFor(["a"]));
  for (let index = 0; index < 4; index++) await writer.append(sampleOf("a", { index }));
  await writer.close();
  const lines = (await readFile(transcriptsOf(dir, "a"), "utf8")).split(/(?<=\n)/);
  lines[1] = change(lines[1] ?? "");
  await writeFile(transcriptsOf(dir, "a"), lines.join(""));
  await expect(summarizeTarget(dir, "a")).rejects.toThrow(
    /transcripts\/a\.jsonl:[23] is damaged: its prevHash/,
  );
});

test("a last line torn at any byte is dropped and its sample asked again; the lines before stay", async () => {
  const dir = join(await temporaryFolder(), "run");
  const writer = await createRun(dir, manifestFor(["a"]));
  await writer.append(sampleOf("a", { index: 0 }));
  const whole = (await readFile(transcriptsOf(dir, "a"))).length;
  await writer.append(sampleOf("a", { index: 1, text: "Ægir wörks" }));
  await writer.close();
  const bytes = await readFile(transcriptsOf(dir, "a"));

  for (let size = whole; size < bytes.length; size += 97) {
    await writeFile(transcriptsOf(dir, "a"), bytes.subarray(0, size));
    expect((await collect(readTranscripts(dir, "a"))).map(({ index }) => index)).toEqual([0]);
    const again = await openRun(dir);
    expect(again.size()).toBe(1);
    await again.append(sampleOf("a", { index: 1 }));
    await again.close();
    expect(await collect(verifiedTranscripts(dir, "a"))).toHaveLength(2);
  }
});

test("a whole last line that only lacks its line break is kept", async () => {
  const dir = join(await temporaryFolder(), "run");
  const writer = await createRun(dir, manifestFor(["a"]));
  await writer.append(sampleOf("a", { index: 0 }));
  await writer.close();
  const { length } = await readFile(transcriptsOf(dir, "a"));
  await truncate(transcriptsOf(dir, "a"), length - 1);
  const again = await openRun(dir);
  await again.append(sampleOf("a", { index: 1 }));
  await again.close();
  expect(await collect(verifiedTranscripts(dir, "a"))).toHaveLength(2);
});

test("damage before the last line is an error that names file and line", async () => {
  const dir = join(await temporaryFolder(), "run");
  const writer = await createRun(dir, manifestFor(["a"]));
  for (let index = 0; index < 3; index++) await writer.append(sampleOf("a", { index }));
  await writer.close();
  const lines = (await readFile(transcriptsOf(dir, "a"), "utf8")).split("\n");
  lines[1] = (lines[1] ?? "").slice(0, 200);
  await writeFile(transcriptsOf(dir, "a"), lines.join("\n"));
  await expect(openRun(dir)).rejects.toThrow(`${transcriptsOf(dir, "a")}:2 is damaged`);
  await expect(collect(readTranscripts(dir, "a"))).rejects.toThrow(`${transcriptsOf(dir, "a")}:2 is damaged`);
  // A refused folder is not left locked.
  expect(await readdir(dir)).not.toContain("lock");
});

test("a second writer is refused while the first lives, in this process and in another", async () => {
  const dir = join(await temporaryFolder(), "run");
  const writer = await createRun(dir, manifestFor(["a"]));
  await expect(openRun(dir)).rejects.toThrow(`process ${process.pid} is writing to ${dir}`);
  const program = `import(${JSON.stringify(join(import.meta.dirname, "../../src/store/run-writer.ts"))})
    .then((store) => store.openRun(${JSON.stringify(dir)})).then(() => process.exit(0), (error) => { console.log(error.code); process.exit(7); })`;
  const child = spawn(process.execPath, ["--import", "tsx", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = child.stdout.toArray();
  const [code] = await once(child, "exit");
  expect([
    code,
    Buffer.concat(await said)
      .toString()
      .trim(),
  ]).toEqual([7, "store.locked"]);
  await writer.close();
  await (await openRun(dir)).close();
});

test("the lock of a process that is gone, or whose number now belongs to another, is taken over", async () => {
  const dir = join(await temporaryFolder(), "run");
  await (await createRun(dir, manifestFor(["a"]))).close();
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  for (const lock of [
    { pid: child.pid, started: "1", host: hostname() },
    { pid: process.pid, started: "1", host: hostname() },
  ]) {
    await writeFile(join(dir, "lock"), JSON.stringify(lock));
    await (await openRun(dir)).close();
    expect(await readdir(dir)).not.toContain("lock");
  }
  await writeFile(join(dir, "lock"), JSON.stringify({ pid: 1, started: "1", host: "elsewhere" }));
  await expect(openRun(dir)).rejects.toThrow(/on host elsewhere .* delete .*lock/);
});

test("a full disk is one clear line, and what was recorded stays", async () => {
  const dir = join(await temporaryFolder(), "run");
  const writer = await createRun(dir, manifestFor(["a", "b"]));
  await writer.append(sampleOf("a"));
  await symlink("/dev/full", transcriptsOf(dir, "b"));
  await expect(writer.append(sampleOf("b"))).rejects.toThrow(
    /^cannot write .*b\.jsonl: the disk is full \(ENOSPC\); /,
  );
  await expect(writer.append(sampleOf("a", { index: 1 }))).rejects.toMatchObject({ code: "store.disk-full" });
  await writer.close().catch(() => {});
  expect(await collect(verifiedTranscripts(dir, "a"))).toHaveLength(1);
  expect(await readdir(dir)).not.toContain("lock");
});

test("a folder that cannot be made, is no run, or holds other things is refused in one line", async () => {
  const parent = await temporaryFolder();
  await writeFile(join(parent, "file"), "");
  await expect(createRun(join(parent, "file"), manifestFor(["a"]))).rejects.toThrow(
    /a file of that name is in the way/,
  );
  await expect(createRun(join(parent, "file", "x"), manifestFor(["a"]))).rejects.toThrow(/ENOTDIR/);
  await expect(createRun(parent, manifestFor(["a"]))).rejects.toMatchObject({ code: "store.not-empty" });
  await expect(openRun(join(parent, "nothing"))).rejects.toMatchObject({ code: "store.no-run" });
  await (await createRun(join(parent, "run"), manifestFor(["a"]))).close();
  await expect(createRun(join(parent, "run"), manifestFor(["a"]))).rejects.toMatchObject({
    code: "store.exists",
  });
});

test("a folder without write permission is one clear line", async () => {
  const parent = await temporaryFolder();
  await mkdir(join(parent, "closed"));
  await chmod(join(parent, "closed"), 0o555);
  await chmod(parent, 0o755);
  const program = `import(${JSON.stringify(join(import.meta.dirname, "../../src/store/run-writer.ts"))})
    .then((store) => { if (process.getuid() === 0) process.setuid(65534);
      return store.createRun(${JSON.stringify(join(parent, "closed", "run"))}, ${JSON.stringify(manifestFor(["a"]))}); })
    .catch((error) => console.log(error.message))`;
  const child = spawn(process.execPath, ["--import", "tsx", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = Buffer.concat(await child.stdout.toArray()).toString();
  expect(said).toMatch(
    /^cannot create the folder .*: permission denied \(EACCES\); choose a folder you may write to/,
  );
});

test("a manifest of another version or with a foreign key is a schema error", async () => {
  const dir = join(await temporaryFolder(), "run");
  await (await createRun(dir, manifestFor(["a"]))).close();
  const manifest = await readManifest(dir);
  await writeFile(join(dir, "manifest.json"), JSON.stringify({ ...manifest, schemaVersion: 9 }));
  await expect(openRun(dir)).rejects.toThrow(/has schema version 9: expected 1/);
  await writeFile(join(dir, "manifest.json"), JSON.stringify({ ...manifest, status: "lost" }));
  await expect(readManifest(dir)).rejects.toMatchObject({ code: "schema.record" });
  await writeFile(join(dir, "manifest.json"), "{");
  await expect(readManifest(dir)).rejects.toMatchObject({ code: "store.damaged" });
});

test("bulk writing skips what is recorded, and exhausted attempts are counted until the sample is there", async () => {
  const dir = join(await temporaryFolder(), "run");
  const writer = await createRun(dir, manifestFor(["a", "b"]));
  const samples = ["a", "b"].flatMap((target) => [0, 1, 2].map((index) => sampleOf(target, { index })));
  expect(await writer.appendMany(samples.slice(0, 4))).toEqual({ written: 4, repeated: 0 });
  expect(await writer.appendMany(samples)).toEqual({ written: 2, repeated: 4 });
  const failed = {
    suite: "core",
    probe: "p1",
    wording: 0,
    target: "a",
    index: 0,
    attempts: sampleOf("a").attempts,
  };
  await writer.recordFailure(failed);
  await writer.recordFailure({ ...failed, index: 1 });
  await writer.append(sampleOf("a", { probe: "p1", index: 1, outcome: "refused", text: "No." }));
  await writer.close();
  expect(await summarizeTarget(dir, "a")).toMatchObject({
    samples: 4,
    failed: 1,
    retried: 0,
    outcomes: { ok: 3, refused: 1, empty: 0 },
    servedModels: ["a"],
    outputTokens: 8,
    lines: 4,
  });
});
