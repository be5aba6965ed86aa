import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandTable } from "../../src/cli/command-table.ts";
import { binFile, runBin } from "./run-bin.ts";

const packageFile = join(import.meta.dirname, "../../package.json");
const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };

test("the built bin is executable", () => {
  expect(statSync(binFile).mode & 0o111).toBe(0o111);
});

test("--help lists every command with its summary, and nothing that does not exist yet", async () => {
  const { code, stdout, stderr } = await runBin(["--help"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const section = /^Commands:\n([\s\S]*?)\n\n/m.exec(stdout)?.[1] ?? "";
  const listed = [...section.matchAll(/^ {2}congener (\S+)/gm)].map((match) => match[1]);
  expect(listed).toEqual([...commandTable.map(({ name }) => name), "completion"]);
  expect(stdout).toContain("Exit codes: 0 done");
});

test("--version prints the package's version alone", async () => {
  expect(await runBin(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test.each([
  [[], "congener: no command given"],
  [["frobnicate"], "congener: unknown command frobnicate"],
])("wrong usage %j is exit 2, one line on stderr, nothing on stdout", async (args, message) => {
  const { code, stdout, stderr } = await runBin(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr.startsWith(message)).toBe(true);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});

test("completion prints a script, and completes commands", async () => {
  expect((await runBin(["completion"])).stdout).toContain("###-begin-congener-completions-###");
  const { stdout } = await runBin(["--get-yargs-completions", "congener", ""]);
  for (const { name } of commandTable) expect(stdout).toContain(name);
});

test("a reader that leaves early is not an error", async () => {
  const child = spawn(process.execPath, [binFile, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});
