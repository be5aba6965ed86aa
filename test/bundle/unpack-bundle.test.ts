import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { expect, test } from "vitest";
import { packBundle } from "../../src/bundle/pack-bundle.ts";
import { type UnpackBounds, unpackBounds, unpackBundle } from "../../src/bundle/unpack-bundle.ts";
import { verifyBundle } from "../../src/cli/bundle/verify-bundle.ts";
import { temporaryFolder } from "../store/run-fixture.ts";

interface Entry {
  readonly path: string;
  readonly content?: string | Buffer;
  readonly type?: "File" | "SymbolicLink" | "Link" | "Directory" | "CharacterDevice" | "FIFO";
  readonly linkpath?: string;
  /** Size that the header claims; default: the content's. */
  readonly size?: number;
}

/** A tar as a hostile hand writes it: nothing is made safe. */
function tarOf(entries: readonly Entry[], { end = true } = {}): Buffer {
  const blocks = entries.flatMap(({ path, content = "", type = "File", linkpath = "", size }) => {
    const body = Buffer.from(content);
    const header = new Header({ path, type, linkpath, size: size ?? body.length, mode: 0o644 });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    return [block, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, ...(end ? [Buffer.alloc(1024)] : [])]);
}

/** Unpacks an archive into a folder inside a folder, and says what came of it. */
async function unpacked(archive: Buffer, bounds: UnpackBounds = unpackBounds) {
  const folder = await temporaryFolder();
  const file = join(folder, "bundle.tar.gz");
  const into = join(folder, "deep/into");
  mkdirSync(into, { recursive: true });
  writeFileSync(file, archive);
  const error = await unpackBundle(file, into, bounds).then(
    () => null,
    (reason: Error) => reason,
  );
  const message = error?.message.replace(`${file} is no archive of an evidence bundle: `, "") ?? null;
  return { folder, into, file, message };
}

test("what was packed is unpacked, and the same folder gives the same bytes", async () => {
  const folder = await temporaryFolder();
  const dir = join(folder, "bundle");
  mkdirSync(join(dir, "run/transcripts"), { recursive: true });
  const long = `${"a-long-name-".repeat(12)}.jsonl`;
  writeFileSync(join(dir, `run/transcripts/${long}`), "x".repeat(70_000));
  writeFileSync(join(dir, "bundle.json"), "{}");
  writeFileSync(join(dir, "empty"), "");
  await packBundle(dir, join(folder, "first.tar.gz"));
  writeFileSync(join(dir, "empty"), "");
  await packBundle(dir, join(folder, "second.tar.gz"));
  const bytes = readFileSync(join(folder, "first.tar.gz"));
  expect(readFileSync(join(folder, "second.tar.gz")).equals(bytes)).toBe(true);
  const { into, message } = await unpacked(bytes);
  expect(message).toBeNull();
  expect(readdirSync(into, { recursive: true }).sort()).toEqual(
    ["bundle.json", "empty", "run", "run/transcripts", `run/transcripts/${long}`].sort(),
  );
  expect(readFileSync(join(into, `run/transcripts/${long}`), "utf8")).toBe("x".repeat(70_000));
  await expect(packBundle(dir, join(folder, "first.tar.gz"))).rejects.toThrow("exists already");
});

test.each<[string, Entry[], string]>([
  ["a path that climbs out", [{ path: "../escaped", content: "x" }], 'it holds "../escaped": expected plain'],
  ["a path that climbs out midway", [{ path: "run/../../escaped" }], "expected plain relative paths"],
  ["an absolute path", [{ path: "/tmp/escaped" }], 'it holds "/tmp/escaped"'],
  ["a backslash", [{ path: "..\\escaped" }], "expected plain relative paths"],
  ["a hidden name", [{ path: ".ssh/config" }], "expected plain relative paths"],
  ["a symbolic link", [{ path: "run", type: "SymbolicLink", linkpath: "/etc" }], '"run" is a SymbolicLink'],
  ["a hard link", [{ path: "a", type: "Link", linkpath: "/etc/passwd" }], '"a" is a Link'],
  ["a device", [{ path: "a", type: "CharacterDevice" }], '"a" is a CharacterDevice'],
  ["a pipe", [{ path: "a", type: "FIFO" }], '"a" is a FIFO'],
  ["a file twice", [{ path: "a" }, { path: "a", content: "other" }], 'it holds "a" twice'],
  ["a file in two cases", [{ path: "bundle.json" }, { path: "BUNDLE.json" }], "or in two cases"],
  ["a file that is a folder too", [{ path: "a" }, { path: "a/b" }], "cannot unpack"],
])("%s is refused, and nothing is written outside", async (_what, entries, said) => {
  const { folder, message } = await unpacked(gzipSync(tarOf(entries)));
  expect(message).toContain(said);
  expect(readdirSync(folder).sort()).toEqual(["bundle.tar.gz", "deep"]);
  expect(existsSync("/tmp/escaped")).toBe(false);
});

test("a truncated, damaged, empty or other file is said to be one", async () => {
  const whole = gzipSync(tarOf([{ path: "a", content: randomBytes(9_000) }]));
  const cases: [Buffer, string][] = [
    [whole.subarray(0, -400), "it is truncated"],
    [gzipSync(tarOf([{ path: "a", content: "x", size: 5_000 }], { end: false })), "its tar is damaged"],
    [gzipSync(tarOf([{ path: "a" }]).fill(0x41, 100, 140)), "its tar is damaged"],
    [
      Buffer.concat([whole.subarray(0, 4_000), Buffer.alloc(500), whole.subarray(4_500)]),
      "it is no gzip, or damaged",
    ],
    [Buffer.from("not an archive at all"), "it is no gzip, or damaged"],
    [Buffer.alloc(0), "it is truncated"],
    [gzipSync("no tar in here, but enough of it ".repeat(40)), "what is packed in it is no tar"],
    // tar would unfold the inner one by itself.
    [gzipSync(whole), "what is packed in it is no tar"],
  ];
  for (const [archive, said] of cases) expect((await unpacked(archive)).message).toContain(said);
});

test("an archive that unfolds beyond all measure is stopped on the way", async () => {
  const zeros = Buffer.alloc(96 << 20);
  const bomb = gzipSync(tarOf([{ path: "bundle.json", content: zeros }]));
  expect(bomb.length).toBeLessThan(200_000);
  const stopped = await unpacked(bomb);
  expect(stopped.message).toBe(`it unfolds to more than ${64 << 20} bytes from ${bomb.length}`);
  const bounds = { ...unpackBounds, mostBytes: 1_000_000 };
  expect((await unpacked(bomb, bounds)).message).toContain("more than 1000000 bytes");
  const many = gzipSync(tarOf(Array.from({ length: 50 }, (_, at) => ({ path: `f${at}` }))));
  expect((await unpacked(many, { ...unpackBounds, mostFiles: 20 })).message).toBe(
    "it holds more than 20 files",
  );
});

test("a refused archive is what verifying finds, and its temporary folder is gone", async () => {
  const { file } = await unpacked(gzipSync(tarOf([{ path: "../escaped" }])));
  let step = "";
  const found = await verifyBundle(file, { version: "0.1.0", onStep: (what) => (step = what) });
  expect(step).toBe("Unpacking ...");
  expect(found).toMatchObject({ holds: false, checks: [{ name: "archive", status: "differs" }] });
  expect(found.firstDifference?.message).toContain("expected plain relative paths");
});
