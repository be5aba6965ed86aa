import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadCommands } from "../../src/cli/command-table.ts";
import { createInterrupts } from "../../src/cli/interrupts.ts";
import { buildParser } from "../../src/cli/parser.ts";
import { createProcessContext } from "../../src/cli/process-context.ts";
import { writeAnalysis } from "../../src/store/analysis-file.ts";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "congener-report-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs `congener report` in this process and returns what it printed. */
async function report(...words: string[]): Promise<string[]> {
  const printed: string[] = [];
  const context = {
    ...createProcessContext(process, {
      flags: {},
      version: "9.9.9",
      interrupts: createInterrupts(process),
      setExitCode: () => {},
    }),
    cwd: folder,
    print: (text: string) => void printed.push(text),
  };
  const parser = buildParser(await loadCommands(["report"]), { version: "9.9.9", contextOf: () => context });
  await parser.parseAsync(["report", ...words], { context });
  return printed;
}

describe("congener report", () => {
  it("writes every format into the run folder and prints the paths", async () => {
    await writeAnalysis(join(folder, "run"), sampleAnalysis());
    const printed = await report("run");
    const files = (await readdir(join(folder, "run"))).filter((name) => name.startsWith("report."));
    expect(printed.map((path) => path.slice(join(folder, "run").length + 1)).sort()).toEqual(files.sort());
    expect(files).toEqual(
      expect.arrayContaining(["report.html", "report.md", "report.json", "report.findings.csv"]),
    );
    expect(await readFile(join(folder, "run", "report.html"), "utf8")).toContain("<!doctype html>");
  });

  it("writes the formats asked for into another folder", async () => {
    await writeAnalysis(join(folder, "run"), sampleAnalysis());
    await report("run", "--format", "md,json", "-o", "out/deep");
    expect((await readdir(join(folder, "out/deep"))).sort()).toEqual(["report.json", "report.md"]);
    expect(JSON.parse(await readFile(join(folder, "out/deep/report.json"), "utf8"))).toEqual(
      sampleAnalysis(),
    );
  });

  it("refuses an unknown format, a run without analysis and another schema version, and writes nothing", async () => {
    await expect(report("run", "--format", "pdf")).rejects.toThrow(/pdf/);
    await expect(report("run")).rejects.toThrow(/no analysis in .*congener compare/);
    await writeAnalysis(join(folder, "run"), sampleAnalysis());
    const path = join(folder, "run", "analysis.json");
    await writeFile(path, (await readFile(path, "utf8")).replace('"schemaVersion": 1', '"schemaVersion": 2'));
    await expect(report("run")).rejects.toThrow(/schema version 2: expected 1/);
    expect(await readdir(join(folder, "run"))).toEqual(["analysis.json"]);
  });
});
