import { existsSync } from "node:fs";
import { mkdtemp, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "../../src/store/make-folder.ts";

test("a folder is made with its missing parents, again and by two at once", async () => {
  const root = await mkdtemp(join(tmpdir(), "congener-folder-"));
  const deep = join(root, "a", "b", "c");
  await Promise.all([makeFolder(deep), makeFolder(deep)]);
  await makeFolder(deep);
  expect((await stat(deep)).isDirectory()).toBe(true);
});

test("a file in the way is named", async () => {
  const root = await mkdtemp(join(tmpdir(), "congener-folder-"));
  await writeFile(join(root, "file"), "");
  await expect(makeFolder(join(root, "file"))).rejects.toMatchObject({ code: "store.path" });
  await expect(makeFolder(join(root, "file", "below"))).rejects.toThrow(/ENOTDIR/);
});

test.skipIf(!existsSync("/proc/self"))("a folder that no one can make is an error, not a wait", async () => {
  await expect(makeFolder("/proc/congener-test/run")).rejects.toThrow(/create the folder/);
});
