import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { accessPolicySchema, policyDryRunSchema } from "../../src/schema/access-policy.ts";
import { expectStix } from "../access/policy/expect-stix.ts";
import { runMain } from "./run-main.ts";

const folder = mkdtempSync(join(tmpdir(), "congener-policy-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const json = (name: string) => JSON.parse(readFileSync(at(name), "utf8"));
const run = (...words: string[]) => runMain(["access", ...words], { cwd: folder });

beforeAll(async () => {
  const simulated = await run(
    ..."simulate -o sim --rows 12000 --days 21 --campaign spread --share 0.4 --seed 2".split(" "),
  );
  expect(simulated.code, simulated.stderr).toBe(0);
  const scanned = await run(
    ..."scan sim/log.jsonl --map sim/mapping.yaml --settings sim/access.yaml -o scan".split(" "),
  );
  expect(scanned.code, scanned.stderr).toBe(0);
}, 120_000);

test("simulate says what comes next, keeps to a new folder, and names its campaigns", async () => {
  expect((await run("simulate", "-o", "sim")).stderr).toContain("expected an empty or new folder");
  expect((await run("simulate", "-o", "x", "--campaign", "quick")).stderr).toContain(
    "--campaign quick: expected naive, spread, slow, paraphrasing, mimicking, mixed or none",
  );
  expect((await run("simulate", "-o", "x", "--days", "3")).stderr).toContain(
    "--days 3: expected a whole number from 14 to 366",
  );
});

test("every account and cluster is decided on, for the provider's eyes, and nothing is overwritten", async () => {
  const { code, stdout, stderr } = await run("policy", "scan");
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(/allow +watch +slow +verify +stop/);
  const policy = accessPolicySchema.parse(json("scan/policy.json"));
  const total = policy.counts
    .filter(({ subject }) => subject === "account")
    .reduce((sum, { count }) => sum + count, 0);
  const truth = readFileSync(at("sim/truth.csv"), "utf8").trim().split("\n").slice(1);
  expect(total).toBe(json("scan/access.json").log.accounts);
  expect(total).toBeLessThanOrEqual(truth.length);
  expect(readFileSync(at("scan/policy.csv"), "utf8").trim().split("\r\n")).toHaveLength(
    1 + total + json("scan/access.json").clusterCount,
  );
  for (const name of ["scan/policy.json", "scan/policy.csv"])
    expect(statSync(at(name)).mode & 0o777).toBe(0o600);
  const harvesters = new Set(
    truth.filter((line) => line.endsWith(",spread")).map((line) => line.split(",")[0]),
  );
  const acted = policy.decisions.filter(({ subject, action }) => subject === "account" && action !== "watch");
  expect(acted.length).toBeGreaterThan(0);
  expect(acted.filter(({ id }) => !harvesters.has(id))).toEqual([]);
  const again = await run("policy", "scan");
  expect(again).toMatchObject({ code: 2 });
  expect(again.stderr).toContain("policy.json is there already: expected a new file");
  expect(await run("policy", "scan", "--overwrite")).toMatchObject({ code: 0 });
}, 60_000);

test("a dry run counts by kind what limits would have refused, and writes nothing", async () => {
  writeFileSync(at("tight.yaml"), "requestsPerHour: 3\n");
  const words = ["policy", "scan", "--limits", "tight.yaml", "--dry-run", "--labels", "sim/truth.csv"];
  const { code, stdout, stderr } = await run(...words, "--json");
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const { groups } = policyDryRunSchema.parse(JSON.parse(stdout));
  const log = readFileSync(at("sim/log.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const hourly = new Map<string, number>();
  for (const { account_id, timestamp } of log) {
    const key = `${account_id} ${timestamp.slice(0, 13)}`;
    hourly.set(key, (hourly.get(key) ?? 0) + 1);
  }
  const expected = [...hourly.values()].reduce((sum, requests) => sum + Math.max(0, requests - 3), 0);
  const sum = (name: "overLimitRequests" | "requests") => groups.reduce((all, group) => all + group[name], 0);
  expect(sum("requests")).toBe(log.length);
  expect(sum("overLimitRequests")).toBe(expected);
  for (const group of groups) expect(group.refusedRequests).toBeGreaterThanOrEqual(group.overLimitRequests);
  expect(groups.find(({ campaign }) => campaign === "spread")).toBeDefined();
  const told = await run(...words);
  expect(told.stdout).toMatch(
    /Over the hourly limit without a ground that\s+counts[\s\S]*:[\s\S]*rag-backend/,
  );
}, 60_000);

test("a STIX bundle is valid, finds the campaign, and holds no value of the log", async () => {
  const { code, stderr } = await run(..."policy scan -o p.json --stix shared.json --tlp green".split(" "));
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const bundle = json("shared.json");
  expectStix(bundle);
  expect(bundle.objects.filter(({ type }: { type: string }) => type === "campaign").length).toBeGreaterThan(
    0,
  );
  const text = readFileSync(at("shared.json"), "utf8");
  const raw = new Set<string>();
  for (const line of readFileSync(at("sim/log.jsonl"), "utf8").trim().split("\n"))
    for (const [name, value] of Object.entries(JSON.parse(line)))
      if (typeof value === "string" && !["country", "finish_reason"].includes(name)) raw.add(value);
  expect(raw.size).toBeGreaterThan(1000);
  expect([...raw].filter((value) => text.includes(value))).toEqual([]);
  const key = readFileSync(at("scan/pseudonym.key"), "utf8").trim();
  const pseudonyms = json("scan/access.json").accounts.map(({ account }: { account: string }) => account);
  expect([key, ...pseudonyms].filter((value) => text.includes(value))).toEqual([]);
  expect(await run(..."policy scan -o q.json --stix again.json --tlp green".split(" "))).toMatchObject({
    code: 0,
  });
  expect(readFileSync(at("again.json"), "utf8")).toBe(text);
}, 60_000);

test("what is no scan, another version's, or wrong limits is said with its place", async () => {
  const copy = at("copy");
  cpSync(at("scan"), copy, { recursive: true });
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  const said = async (...words: string[]) => {
    const { code, stderr } = await run("policy", ...words);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await said("nowhere")).toMatch(/nowhere holds no scan: expected .*access\.json; make one with/);
  writeFileSync(at("bad.yaml"), "requestsPerHour: 10\nsystematicCoverage: much\n");
  expect(await said("scan", "-o", "n.json", "--limits", "bad.yaml")).toContain("bad.yaml:2:21");
  writeFileSync(at("typo.yaml"), "requestPerHour: 10\n");
  expect(await said("scan", "-o", "n.json", "--limits", "typo.yaml")).toContain(
    "did you mean requestsPerHour?",
  );
  expect(await said("scan", "-o", "n.json", "--labels", "sim/truth.csv")).toContain(
    "--labels goes with --dry-run",
  );
  chmodSync(join(copy, "access.json"), 0o600);
  writeFileSync(join(copy, "access.json"), JSON.stringify({ ...json("scan/access.json"), schemaVersion: 9 }));
  expect(await said("copy", "-o", "n.json")).toContain("has schema version 9: expected 1; scan again");
  rmSync(join(copy, "access.duckdb"));
  cpSync(at("scan/access.json"), join(copy, "access.json"));
  expect(await said("copy", "-o", "n.json")).toContain("no access.duckdb");
}, 60_000);
