import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runBin } from "./run-bin.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "congener-cli-"));
});
afterEach(() => rm(folder, { recursive: true }));

const congener = (words: string[], env: Record<string, string> = {}) => runBin(words, { cwd: folder, env });
describe("probes", () => {
  test("list prints suites, and JSON alone with --json", async () => {
    const { code, stdout } = await congener([
      "probes",
      "list",
      "--suite",
      "demo,core",
      "--family",
      "riddles",
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^demo 1: \d+ probes in 1 family, [0-9a-f]{12}\n\S.+$/m);
    expect(stdout).toMatch(/^riddle\.surgeon +riddles +free +A surgeon/m);
    const json = JSON.parse((await congener(["probes", "list", "--suite", "demo", "--json"])).stdout);
    expect(json.suites[0]).toMatchObject({ name: "demo", version: "1" });
    expect(json.suites[0].probes.length).toBeGreaterThan(30);
    expect((await congener(["probes", "list", "--family", "riddle"])).stderr).toMatch(
      /no probe has family "riddle"; did you mean "riddles"/,
    );
  });

  test("show prints one probe with its reason and its suites", async () => {
    const { stdout } = await congener(["probes", "show", "taste.word"]);
    expect(stdout).toMatch(/^id: taste\.word\n/);
    expect(stdout).toMatch(/^why: /m);
    expect(stdout).toMatch(/suites:\n {2}- core\n {2}- full\n {2}- quick\n/);
    const wrong = await congener(["probes", "show", "taste.wort"]);
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toMatch(/did you mean "taste\.word"\?/);
  });

  test("lint passes the shipped suites and fails a broken one with exit 2", async () => {
    const shipped = await congener(["probes", "lint"]);
    expect(shipped).toMatchObject({ code: 0, stdout: "" });
    expect(shipped.stderr).toMatch(/^0 errors and 0 warnings in \d+ probes of \d+ files\n$/);
    await writeFile(
      join(folder, "mine.yaml"),
      "name: mine\nversion: '1'\nprobes:\n  - id: a\n    family: x\n    prefix: Once\n",
    );
    await writeFile(join(folder, "broken.yaml"), "name: [\n");
    const { code, stdout, stderr } = await congener(["probes", "lint", "mine.yaml", "broken.yaml"]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/broken\.yaml:2:1: not valid YAML/);
    expect(stdout).toMatch(/mine\.yaml:4: error no-why \[a\]: does not say why/);
    expect(stderr).toMatch(/2 errors and 0 warnings in 1 probe of 2 files/);
    await writeFile(
      join(folder, "typos.yaml"),
      "name: mine\nversion: 1\nprobes:\n  - id: a\n    famly: x\n    prefix: Once\n",
    );
    const typos = await congener(["probes", "lint", "typos.yaml"]);
    expect(typos.stdout.split("\n").map((line) => line.replace(folder, ""))).toEqual([
      "/typos.yaml:2:10: version: expected string, got 1; put it in quotes",
      "/typos.yaml:4:5: probes[0].family: expected string, got nothing",
      '/typos.yaml:5:5: unknown key "famly" in probes[0]; did you mean "family"?',
      "",
    ]);
    expect(typos.stderr).toMatch(/3 errors and 0 warnings in 0 probes of 1 file/);
    const json = JSON.parse((await congener(["probes", "lint", "mine.yaml", "--json"])).stdout);
    expect(json.findings).toMatchObject([{ rule: "no-why", probe: "a", line: 4 }]);
  });

  test("the shipped suites are read from the package, not from the working directory", async () => {
    await writeFile(
      join(folder, "core.yaml"),
      await readFile(join(import.meta.dirname, "../../probes/demo.yaml")),
    );
    expect((await congener(["probes", "list", "--suite", "core"])).stdout).toMatch(/^core 2: /);
  });
});
