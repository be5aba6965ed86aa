import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { type AccessAnalysis, accessAnalysisSchema } from "../../src/schema/access.ts";
import {
  accessLimitsSchema,
  accessMappingSchema,
  accessSettingsSchema,
  columnNames,
} from "../../src/schema/access-settings.ts";
import { runMain } from "./run-main.ts";
import { ended, startCongener } from "./start-congener.ts";

function emptyFolder(): string {
  const made = mkdtempSync(join(tmpdir(), "congener-access-cli-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A folder with a log of a chatter and of an account with 30 requests on its busiest day, and a mapping. */
function folderWithLog(): string {
  const folder = emptyFolder();
  const row = (a: string, day: number, minute: number) =>
    JSON.stringify({
      ts: new Date(Date.UTC(2026, 4, day, 10, minute)).toISOString(),
      account: a,
      q: `Ask ${minute}`,
    });
  const rows = [
    ...Array.from({ length: 30 }, (_, index) => row('=cmd()|busy, "one"', 1, index)),
    ...Array.from({ length: 6 }, (_, index) => row("calm", 1 + (index % 3), index)),
  ];
  writeFileSync(join(folder, "log.jsonl"), `${rows.join("\n")}\n`);
  writeFileSync(join(folder, "mapping.yaml"), "columns:\n  time: ts\n  account: account\n  prompt: q\n");
  return folder;
}

test("init writes files that say every default and that scan takes as they are, and overwrites nothing", async () => {
  const folder = emptyFolder();
  const first = await runMain(["access", "init", "new"], { cwd: folder });
  expect(first).toMatchObject({ code: 0 });
  expect(readdirSync(join(folder, "new")).sort()).toEqual(["access.yaml", "limits.yaml", "mapping.yaml"]);
  const read = (name: string) => readFileSync(join(folder, "new", name), "utf8");
  expect(accessSettingsSchema.parse(parse(read("access.yaml")))).toEqual(accessSettingsSchema.parse({}));
  expect(parse(read("access.yaml"))).toEqual(accessSettingsSchema.parse({}));
  expect(parse(read("limits.yaml"))).toEqual(accessLimitsSchema.parse({}));
  expect(parse(read("access.yaml"))).toMatchObject({
    thresholds: {
      queriesPerDay: 10_000,
      topicDiversity: 0.8,
      systematicCoverage: 0.7,
      chainOfThoughtShare: 0.9,
      competitorCorrelation: 0.6,
    },
    riskThreshold: 0.7,
  });
  // Each field has its comment.
  for (const name of ["access.yaml", "limits.yaml"]) {
    const lines = read(name).split("\n");
    const bare = lines.filter(
      (line, index) => /^ *[a-zA-Z]+:/.test(line) && !/^ *# /.test(lines[index - 1] ?? ""),
    );
    expect(bare, name).toEqual([]);
  }
  const all = read("mapping.yaml").replaceAll(/^ {2}# (\w+: )/gm, "  $1");
  expect(Object.keys(accessMappingSchema.parse(parse(all)).columns)).toEqual(columnNames);
  const again = await runMain(["access", "init", "new"], { cwd: folder });
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("mapping.yaml is there already") });
});

test("scan measures, tells a summary on stdout and progress on stderr, and writes what its schema says", async () => {
  const folder = folderWithLog();
  const done = await runMain(["access", "scan", "log.jsonl", "-o", "out"], { cwd: folder });
  expect(done, done.stderr).toMatchObject({ code: 0 });
  expect(done.stdout).toContain("36 requests of 2 accounts, 2026-05-01 10:00 to 2026-05-03 10:05 UTC");
  expect(done.stderr).toContain("reading log.jsonl (1 of 1)");
  expect(readdirSync(join(folder, "out")).sort()).toEqual([
    "access.duckdb",
    "access.json",
    "accounts.csv",
    "excerpts.json",
    "pseudonym.key",
  ]);
  const analysis = accessAnalysisSchema.parse(
    JSON.parse(readFileSync(join(folder, "out", "access.json"), "utf8")),
  );
  expect(queries(analysis)).toEqual([30, 2]);
  expect(JSON.stringify(analysis)).not.toContain("busy");
  const [head, busy] = readFileSync(join(folder, "out", "accounts.csv"), "utf8").split("\r\n");
  expect(head).toMatch(/^account,pseudonym,kind,requests,first_time/);
  expect(busy?.startsWith(`"'=cmd()|busy, ""one""",${analysis.accounts[0]?.account},`)).toBe(true);
  const exact = /"""(\S[^"]*)"""$/.exec(busy ?? "")?.[1];
  expect(head).toMatch(/,account_json$/);
  expect(JSON.parse(`"${exact}"`)).toBe('=cmd()|busy, "one"');
});

const queries = (analysis: AccessAnalysis) =>
  analysis.accounts.map(({ indicators }) => indicators.find(({ name }) => name === "queriesPerDay")?.value);

test("--json prints only JSON, and a second scan gives the same figures and pseudonyms", async () => {
  const folder = folderWithLog();
  const scan = () =>
    runMain(["access", "scan", "log.jsonl", "-o", "out", "--json", "--quiet"], { cwd: folder });
  const first = await scan();
  expect(first).toMatchObject({ code: 0, stderr: "" });
  const summary = JSON.parse(first.stdout);
  expect(summary).toMatchObject({
    schemaVersion: 1,
    log: { usedRows: 36 },
    flaggedAccounts: 0,
    clusterCount: 0,
  });
  expect((await scan()).stdout).toBe(first.stdout);
});

test.each<[string, string[], string, RegExp]>([
  ["no output folder", ["access", "scan", "log.jsonl"], "", /out/],
  [
    "an unknown key in the mapping",
    [],
    "colums:\n  time: ts\n",
    /mapping\.yaml:1:1: unknown key "colums" \(did you mean columns\?\)/,
  ],
  [
    "an unknown column in the mapping",
    [],
    "columns:\n  time: ts\n  acount: account\n",
    /mapping\.yaml:3:3: unknown key "acount" in columns \(did you mean account\?\)/,
  ],
  [
    "a mapping without an account",
    [],
    "columns:\n  time: ts\n",
    /mapping\.yaml:1:1: columns\.account is missing/,
  ],
  ["a mapping that is no YAML", [], "columns: [", /mapping\.yaml:1:\d+: /],
  [
    "a mapping with a column that is not there",
    [],
    "columns:\n  time: tz\n  account: account\n",
    /mapping\.yaml:2:9: columns\.time: no line at the start of the log has "tz" \(did you mean ts\?\)/,
  ],
  [
    "no mapping",
    ["access", "scan", "log.jsonl", "--map", "none.yaml", "-o", "out"],
    "",
    /cannot read the mapping .*none\.yaml.*congener access init writes one/,
  ],
  [
    "a share of bad rows that is none",
    ["access", "scan", "log.jsonl", "-o", "out", "--bad-rows", "many"],
    "",
    /--bad-rows many: expected a share as 1%, or a number of rows/,
  ],
  [
    "a memory that is none",
    ["access", "scan", "log.jsonl", "-o", "out", "--memory", "much"],
    "",
    /--memory much: expected a size as 3GB/,
  ],
  [
    "too many threads",
    ["access", "scan", "log.jsonl", "-o", "out", "--threads", "0"],
    "",
    /--threads 0: expected/,
  ],
])("%s is exit 2 in one line", async (_, words, mapping, message) => {
  const folder = folderWithLog();
  if (mapping !== "") writeFileSync(join(folder, "mapping.yaml"), mapping);
  const failed = await runMain(words.length > 0 ? words : ["access", "scan", "log.jsonl", "-o", "out"], {
    cwd: folder,
  });
  expect(failed.code).toBe(2);
  expect(failed.stderr).toMatch(message);
  expect(failed.stdout).toBe("");
});

test("a wrong setting is told with line, column and a guess; a log without a usable row is exit 3", async () => {
  const folder = folderWithLog();
  writeFileSync(join(folder, "access.yaml"), "seed: 2\nthresholds:\n  queriesPerDy: 5\n");
  const scan = (...words: string[]) =>
    runMain(["access", "scan", "log.jsonl", "-o", "out", ...words], { cwd: folder });
  const wrong = await scan("--settings", "access.yaml");
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain(
    'access.yaml:3:3: unknown key "queriesPerDy" in thresholds (did you mean queriesPerDay?)',
  );
  writeFileSync(join(folder, "access.yaml"), "period: { from: 2027-01-01 }\n");
  expect(await scan("--settings", "access.yaml")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("no row is left"),
  });
  writeFileSync(join(folder, "log.jsonl"), "");
  expect(await scan()).toMatchObject({ code: 3, stderr: expect.stringContaining("the log is empty") });
});

test("Ctrl-C leaves no half output and is exit 130", async () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, "log"));
  const lines = Array.from({ length: 20_000 }, (_, index) =>
    JSON.stringify({
      ts: new Date(Date.UTC(2026, 4, 1) + index * 1000).toISOString(),
      account: `a${index % 50}`,
      q: "word ".repeat(60),
    }),
  );
  for (let file = 0; file < 8; file++) writeFileSync(join(folder, "log", `${file}.jsonl`), lines.join("\n"));
  writeFileSync(join(folder, "mapping.yaml"), "columns: { time: ts, account: account, prompt: q }\n");
  const child = startCongener(folder, ["access", "scan", "log", "-o", "out"]);
  child.stderr?.on("data", (text: Buffer) => {
    if (String(text).includes("reading 1.jsonl")) child.kill("SIGINT");
  });
  const { code, err } = await ended(child);
  expect(code, err).toBe(130);
  expect(err).toContain("interrupted: nothing was written");
  expect(existsSync(join(folder, "out"))).toBe(false);
}, 60_000);
