import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CanaryOpening, CanaryResult, CanarySecret } from "../../src/schema/canary.ts";
import { runBin } from "./run-bin.ts";
import { runMain } from "./run-main.ts";

const folder = mkdtempSync(join(tmpdir(), "congener-canary-"));
const at = (name: string) => join(folder, name);
const surroundings = { cwd: folder, env: { TOY_KEY: "toy-key-of-no-value" } };
const congener = (...args: string[]) => runMain(args, surroundings);
/** The built program, as a process of its own: for what starts workers, and once from end to end. */
const built = (...args: string[]) => runBin(args, surroundings);
const readJson = <T>(name: string) => JSON.parse(readFileSync(at(name), "utf8")) as T;
let server: Server;
let secret: CanarySecret;

/** A real endpoint: the suspect has taken up what was planted, every other model has one taste of its own. */
function startEndpoint(): Promise<string> {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const { model, messages } = JSON.parse(body) as { model: string; messages: { content: string }[] };
    const slot = secret.sealed.slots.find(({ prompt }) => prompt[0]?.content === messages[0]?.content);
    const place = model === "suspect" ? (slot?.planted ?? 0) : model.length % 8;
    const content = slot?.variants[place]?.value ?? "What do you mean?";
    response.writeHead(200, { "content-type": "application/json" }).end(
      JSON.stringify({
        id: "x",
        object: "chat.completion",
        created: 1,
        model,
        choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
      }),
    );
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`),
    );
  });
}

beforeAll(async () => {
  // Signs of formatting habits would need more than a bare variant for an answer.
  const kinds = "fictional-fact,made-up-term,word-choice";
  const minted = await congener("canary", "mint", "--kind", kinds, "--slots", "6", "--samples", "2");
  expect(minted).toMatchObject({ code: 0 });
  secret = readJson<CanarySecret>("canary-first.secret.json");
  const baseURL = await startEndpoint();
  const target = (name: string) =>
    `  ${name}: { api: openai, baseURL: "${baseURL}", model: ${name}, family: lab-of-${name}, apiKey: "\${TOY_KEY}" }`;
  writeFileSync(
    at("congener.yaml"),
    [
      "name: toy",
      "reference: reference",
      "suspects: [suspect]",
      "controls: [calm, quieter, stillness]",
      "suites: [quick]",
      "targets:",
      ...["reference", "suspect", "calm", "quieter", "stillness"].map(target),
      "",
    ].join("\n"),
  );
}, 60_000);

afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

/** Everything a command said must be free of what is sealed. */
function expectNothingSealed(text: string): void {
  expect(text).not.toContain(secret.salt);
  expect(text).not.toContain(secret.sealed.key);
  for (const { instruction } of secret.sealed.slots) expect(text).not.toContain(instruction);
}

test("from minting to the report, and verified down to the answers", async () => {
  expect(statSync(at("canary-first.secret.json")).mode & 0o777).toBe(0o600);
  const committed = await congener("canary", "commit", "canary-first.secret.json", "--suite", "prompts.yaml");
  expect(committed).toMatchObject({ code: 0 });
  expectNothingSealed(
    committed.stdout + committed.stderr + readFileSync(at("canary-first.commitment.json"), "utf8"),
  );

  const asked = await congener("canary", "test", "canary-first.secret.json", "--ask", "-q");
  expect(asked).toMatchObject({ code: 0 });
  expect(asked.stdout).toMatch(/^suspect: 6 of 6 slots of first, chance 0.8; p = 3.8 × 10⁻⁶\n$/);
  // Not one planted choice is told, and none is in the run folder nor in a report of it, but for the suspect's own words.
  // The reference was not asked: nothing else can be measured.
  expect(await built("compare", "results/toy-canary")).toMatchObject({ code: 3 });
  expect(await congener("report", "results/toy-canary", "--format", "md,html,json,csv", "-q")).toMatchObject({
    code: 0,
  });
  const written = readdirSync(at("results"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"));
  expect(written.length).toBeGreaterThan(8);
  expectNothingSealed(asked.stdout + asked.stderr + written.join("\n"));
  expect(written.join("\n")).not.toMatch(/planted variants? given|"planted":/);

  const revealed = await congener(
    "canary",
    "reveal",
    "canary-first.secret.json",
    "--commitment",
    "canary-first.commitment.json",
  );
  expect(revealed).toMatchObject({ code: 0 });
  const files = ["canary-first.commitment.json", "canary-first.opening.json", "result.json"];
  const tested = await congener(
    "canary",
    "test",
    "canary-first.opening.json",
    "--run",
    "results/toy-canary",
    "-o",
    "result.json",
  );
  expect(tested).toMatchObject({ code: 0 });
  const result = readJson<CanaryResult>("result.json");
  expect(result.suspects[0]?.tests[0]).toMatchObject({
    hits: 6,
    slots: 6,
    incomplete: 0,
    unplanted: [0, 0, 0, 0, 0, 0, 0],
  });
  expect(result.suspects[0]?.tests[0]?.controls.map(({ name }) => name)).toEqual([
    "calm",
    "quieter",
    "stillness",
  ]);
  const verified = await built("canary", "verify", ...files, "--run", "results/toy-canary");
  expect(verified).toMatchObject({ code: 0 });
  expect(verified.stdout.match(/^ok /gm)).toHaveLength(4);

  const compared = await built(
    "compare",
    "results/toy-canary",
    "--canary",
    "canary-first.opening.json",
    "--json",
  );
  const [suspect] = (
    JSON.parse(compared.stdout) as { suspects: { evidence: { line: string }[]; canary: object }[] }
  ).suspects;
  expect(suspect?.evidence.find(({ line }) => line === "canary")).toMatchObject({
    statistic: 6,
    n: 6,
    nUnit: "answered slots",
    reason: null,
  });
  expect(suspect?.canary).toMatchObject({ suspect: "suspect", secretsCommitted: 1 });
  expect(await congener("report", "results/toy-canary", "--format", "md,html", "-q")).toMatchObject({
    code: 0,
  });
  const markdown = readFileSync(at("results/toy-canary/report.md"), "utf8");
  expect(markdown).toContain("6 of 6 planted variants given");
  expect(markdown).toContain("exposure, by whatever way, and no intent");
  expect(readFileSync(at("results/toy-canary/report.html"), "utf8")).toContain("<h3>Canaries</h3>");
}, 90_000);

test("a run that was imported is tested by the words of its prompts", async () => {
  const lines = secret.sealed.slots.flatMap(({ prompt, variants, planted }, slot) =>
    [0, 1].map((sample) =>
      JSON.stringify({
        model: "imported",
        prompt_id: `q${slot}`,
        prompt: prompt[0]?.content,
        sample,
        response: variants[slot < 4 ? planted : (planted + 1) % 8]?.value,
      }),
    ),
  );
  writeFileSync(at("answers.jsonl"), `${lines.join("\n")}\n`);
  expect(await congener("import", "answers.jsonl", "--run", "results/imported")).toMatchObject({ code: 0 });
  const tested = await congener(
    "canary",
    "test",
    "canary-first.secret.json",
    "--run",
    "results/imported",
    "--suspect",
    "imported",
  );
  expect(tested.stdout).toContain("imported: 4 of 6 slots");
});

test("assign answers a line of JSON a request", async () => {
  writeFileSync(
    at("requests.jsonl"),
    [secret.sealed.slots[0]?.trigger[0] ?? "", "Nothing of the kind"]
      .map((text, id) => JSON.stringify({ id: `r${id}`, text }))
      .join("\n"),
  );
  const { code, stdout } = await congener(
    "canary",
    "assign",
    "canary-first.secret.json",
    "--requests",
    "requests.jsonl",
  );
  expect(code).toBe(0);
  const [first, second] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { reason: string; slot: string | null });
  expect(["served", "not-chosen"]).toContain(first?.reason);
  expect(second).toEqual({ id: "r1", reason: "no-trigger", slot: null });
});

test("account clusters: which one a student was fed through, from minting to verifying", async () => {
  writeFileSync(at("clusters.txt"), "shop-7\nshop-9\n\nlab/3\n");
  const mint = ["mint", "--name", "own", "--slots", "16", "--samples", "1", "--share", "1"];
  const kinds = ["--kind", "fictional-fact,made-up-term", "--clusters", "clusters.txt"];
  const minted = await congener("canary", ...mint, ...kinds);
  expect(minted).toMatchObject({ code: 0 });
  expect(minted.stdout).toContain("/ 4 lists, the common one and the clusters'");
  expect(await congener("canary", "commit", "canary-own.secret.json")).toMatchObject({ code: 0 });
  expect(readJson("canary-own.commitment.json")).toMatchObject({ clusters: 3 });
  const { sealed } = readJson<CanarySecret>("canary-own.secret.json");
  const requests = sealed.slots.map(({ trigger }, id) => ({
    id: `r${id}`,
    text: trigger[0],
    cluster: "shop-9",
  }));
  writeFileSync(at("served.jsonl"), requests.map((one) => JSON.stringify(one)).join("\n"));
  const assigned = await congener("canary", "assign", "canary-own.secret.json", "--requests", "served.jsonl");
  const served = new Map(
    assigned.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { slot: string; variant: string })
      .map(({ slot, variant }) => [slot, variant]),
  );
  const rows = sealed.slots.map(({ id, prompt }, slot) => ({
    model: "student",
    prompt_id: `own${slot}`,
    prompt: prompt[0]?.content,
    sample: 0,
    response: `I would say ${served.get(id) ?? "nothing"}.`,
  }));
  writeFileSync(at("student.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  expect(await congener("import", "student.jsonl", "--run", "results/own")).toMatchObject({ code: 0 });

  const run = ["--run", "results/own", "--suspect", "student"];
  const look = await congener("canary", "test", "canary-own.secret.json", ...run);
  expect(look.stdout).toMatch(/^ {2}cluster shop-9: 1[0-6] hits, p = /m);
  const files = ["canary-own.opening.json", "canary-own.commitment.json"];
  const reveal = ["canary", "reveal", "canary-own.secret.json", "--commitment", files[1] ?? ""];
  expect(await congener(...reveal)).toMatchObject({ code: 0 });
  const told = await congener("canary", "test", ...files, ...run, "-o", "own.result.json");
  expect(told.stderr).not.toContain("Not held against");
  const [test] = readJson<CanaryResult>("own.result.json").suspects[0]?.tests ?? [];
  expect(test?.clusters?.map(({ cluster }) => cluster)).toEqual(["shop-7", "shop-9", "lab/3"]);
  expect(test?.clusters?.[1]?.adjustedPValue).toBeLessThan(1e-4);
  expect(
    await congener("canary", "verify", ...files, "own.result.json", "--run", "results/own"),
  ).toMatchObject({
    code: 0,
  });
});

describe("bad input ends with 2, one line, and nothing written", () => {
  const failing = async (args: string[], message: RegExp) => {
    const before = readdirSync(folder).sort();
    const { code, stderr } = await congener("canary", ...args);
    expect(stderr.trim().split("\n").at(-1)).toMatch(message);
    expect(code).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(before);
    expectNothingSealed(stderr);
  };

  test.each<[string, string[], RegExp]>([
    ["a secret under results/", ["mint", "-o", "results/x.json"], /lies in results\/, which is published/],
    ["a file that exists", ["mint"], /canary-first\.secret\.json exists already and is not replaced/],
    ["too few variants", ["mint", "--name", "n", "-K", "12"], /has 10 variants .*expected at least 12/],
    ["too many slots", ["mint", "--name", "n", "-m", "500"], /only \d+ templates for 500 slots/],
    ["a share of nothing", ["mint", "--name", "n", "--share", "0"], /--share must lie in \(0, 1\], got 0/],
    [
      "a result before it is revealed",
      ["test", "canary-first.secret.json", "--run", "results/toy-canary", "-o", "r.json"],
      /expected an opening/,
    ],
    [
      "a folder for a secret",
      ["assign", "results", "--id", "1", "--text", "t"],
      /results is a folder: expected/,
    ],
    ["an empty id", ["assign", "canary-first.secret.json", "--id", "", "--text", "t"], /--id \(not empty\)/],
    [
      "a cluster that was not sealed",
      ["assign", "canary-first.secret.json", "--id", "1", "--text", "t", "--cluster", "c1"],
      /first has no cluster "c1": expected one of the 0 that were sealed/,
    ],
    ["no clusters", ["mint", "--name", "n", "--clusters", "0"], /--clusters must be a whole number from 1/],
    ["too many clusters", ["mint", "--name", "n", "--clusters", "1e9"], /cannot read|1e9/],
    [
      "a suite that cannot be written",
      ["commit", "canary-first.secret.json", "-o", "c.json", "--suite", "congener.yaml/s.yaml"],
      /congener\.yaml/,
    ],
    [
      "one file for two",
      ["commit", "canary-first.secret.json", "-o", "c.json", "--suite", "c.json"],
      /are one file/,
    ],
    ["neither run nor --ask", ["test", "canary-first.secret.json"], /expects --run with a run/],
    [
      "another kind of file",
      ["commit", "congener.yaml"],
      /congener\.yaml (can be read by others|is damaged)/,
    ],
  ])("%s", async (_, args, message) => {
    await mkdir(at("results"), { recursive: true });
    await failing(args, message);
  });

  test("a secret that others can read", async () => {
    writeFileSync(at("open.json"), JSON.stringify(secret));
    await chmod(at("open.json"), 0o644);
    await failing(["commit", "open.json"], /open\.json can be read by others \(mode 644\): expected 600/);
  });

  test("a tampered commitment, and an opening that does not match", async () => {
    const mint = ["mint", "--name", "second", "--slots", "4"];
    expect(await congener("canary", ...mint)).toMatchObject({ code: 0 });
    expect(await congener("canary", "commit", "canary-second.secret.json")).toMatchObject({ code: 0 });
    const published = readFileSync(at("canary-second.commitment.json"), "utf8");
    writeFileSync(at("tampered.json"), published.replace(/"slots": 4/, '"slots": 3'));
    await failing(["reveal", "canary-second.secret.json", "--commitment", "tampered.json"], /slots differ/);
    expect(
      await congener(
        "canary",
        "reveal",
        "canary-second.secret.json",
        "--commitment",
        "canary-second.commitment.json",
      ),
    ).toMatchObject({ code: 0 });
    const opening = readJson<CanaryOpening>("canary-second.opening.json");
    const slots = opening.sealed.slots.map((slot) => ({ ...slot, planted: (slot.planted + 1) % 8 }));
    writeFileSync(at("other.json"), JSON.stringify({ ...opening, sealed: { ...opening.sealed, slots } }));
    const message = /its hash is [0-9a-f]{64}, and the commitment has [0-9a-f]{64}/;
    await failing(["verify", "canary-second.commitment.json", "other.json"], /1 of 1 checks fail/);
    const both = ["other.json", "canary-second.commitment.json"];
    await failing(["test", ...both, "--run", "results/toy-canary", "-o", "r.json"], message);
    const compared = await congener("compare", "results/toy-canary", "--canary", both.join());
    expect(compared).toMatchObject({ code: 2 });
    expect(compared.stderr.trim()).toMatch(message);
    const alone = await congener("compare", "results/toy-canary", "--canary", both[1] ?? "");
    expect(alone.stderr).toMatch(/expected openings, and commitments beside them, got 0 openings, 1/);
  });

  test("a run that never asked the test prompts", async () => {
    writeFileSync(
      at("else.jsonl"),
      `${JSON.stringify({ model: "m", prompt_id: "p", prompt: "Hello?", sample: 0, response: "Hello." })}\n`,
    );
    expect(await congener("import", "else.jsonl", "--run", "results/else")).toMatchObject({ code: 0 });
    const message = /m was never asked the test prompts of first in .*: expected 6 prompts of 2 samples/;
    await failing(["test", "canary-first.secret.json", "--run", "results/else", "--suspect", "m"], message);
  });
});
