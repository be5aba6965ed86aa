import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRun, openRun } from "../../src/store/run-writer.ts";
import { runMain } from "../cli/run-main.ts";
import { manifestFor, temporaryFolder } from "./run-fixture.ts";

test("a redacted run takes no more samples and is united with nothing, in one line", async () => {
  const folder = await temporaryFolder();
  const dir = join(folder, "published");
  await (await createRun(dir, manifestFor(["ref"]))).close();
  const file = join(dir, "manifest.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  const redaction = { version: 1, statisticVersion: "2", claimsOf: null, claimsLab: null };
  const rest = { targets: [], features: {}, canaries: [] };
  await writeFile(file, JSON.stringify({ ...manifest, redaction: { ...redaction, ...rest } }));
  await expect(openRun(dir)).rejects.toMatchObject({ code: "store.redacted" });
  const { code, stdout, stderr } = await runMain(["merge", "published", "--run", "united"], { cwd: folder });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe(
    "congener: published is a redacted run, published without its answers: expected a run with them; use the run it was published from\n",
  );
});
