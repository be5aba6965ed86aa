import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRun } from "../../src/store/run-writer.ts";
import { manifestFor, temporaryFolder } from "../store/run-fixture.ts";
import { runMain } from "./run-main.ts";

test("a run whose name holds half a character is refused by its folder, before anything is made", async () => {
  const folder = await temporaryFolder();
  await (await createRun(join(folder, "acme"), manifestFor(["ref"]))).close();
  const file = join(folder, "acme", "manifest.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...manifest, name: "ac\ud800me" }));
  const { code, stderr } = await runMain(["publish", "acme", "-o", "site"], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toBe(
    "congener: the name of the run acme holds half a character (a lone surrogate): expected whole ones; change name in its configuration and run it again into another folder\n",
  );
});
