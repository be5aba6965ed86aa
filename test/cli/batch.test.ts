import { readdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { openSpending, runOutlook } from "../../src/cli/money/run-outlook.ts";
import { runRequest } from "../../src/cli/run-request.ts";
import type { RunState } from "../../src/cli/run-state/read-run-state.ts";
import { loadConfig } from "../../src/config/config.ts";
import { loadPrices } from "../../src/config/prices.ts";
import { plannedManifest } from "../../src/sampling/sample-run.ts";
import { createRun } from "../../src/store/run-writer.ts";
import { startBatchServer } from "../sampling/batch/batch-server.ts";
import { sampleOf, temporaryFolder } from "../store/run-fixture.ts";
import { runBin } from "./run-bin.ts";
import { runMain } from "./run-main.ts";
import { toyModels, writeToyConfig } from "./toy-config.ts";

const env = { TOY_KEY: "toy-key-0123456789" };

async function stateOf(cwd: string, ...words: string[]): Promise<RunState> {
  return JSON.parse((await runMain(["status", ...words, "--json"], { cwd, env })).stdout) as RunState;
}

/** Every second target of a toy study is asked in batches. */
async function study(origin: string): Promise<string> {
  const cwd = await temporaryFolder();
  writeToyConfig(cwd, `${origin}/v1`, (text) =>
    text.replaceAll(
      /(reference|suspect|control-[02468]): \{ api: openai,/g,
      "$1: { api: openai, batch: true,",
    ),
  );
  return cwd;
}

test("a run in batches is compared with the same result as an ordinary one", {
  timeout: 60_000,
}, async () => {
  const server = await startBatchServer({ polls: 1 });
  const cwd = await study(server.origin);
  const found: unknown[] = [];
  for (const flags of [["--batch"], []]) {
    server.forget();
    const dir = `results/run${flags.length}`;
    const run = await runMain(["run", "--run", dir, "-j", "1", ...flags], { cwd, env });
    expect(run.stderr).toContain("next: congener compare");
    expect(run.code).toBe(0);
    expect(run.stdout).toContain(`${toyModels.length * 6} of ${toyModels.length * 6} samples recorded`);
    if (flags.length > 0) {
      expect(server.batches.map(({ requests }) => requests.length)).toEqual(Array(7).fill(6));
      expect(run.stderr).toContain("control-1: is asked request by request, not in batches: 127.0.0.1:");
      expect(server.asked).toHaveLength(5 * 6);
      const told = await stateOf(cwd, dir);
      expect(told).toMatchObject({ inBatches: 42, openBatches: [] });
      expect(told.targets.slice(0, 4).map(({ inBatches }) => inBatches)).toEqual([6, 6, 6, 0]);
      await rm(join(cwd, dir, "progress.json"));
      expect(await stateOf(cwd, dir)).toMatchObject({ inBatches: 42, recorded: told.recorded });
      const { stdout } = await runMain(["status", dir], { cwd, env });
      expect(stdout).toContain("72 of 72 samples recorded (42 in batches)");
    } else expect(server.asked).toHaveLength((5 + toyModels.length) * 6);
    const compared = await runBin(["compare", dir, "--calibration", "none", "--json"], { cwd });
    expect(compared.stderr).not.toContain("damaged");
    const { run: _run, createdAt: _createdAt, ...result } = JSON.parse(compared.stdout);
    found.push(result);
  }
  expect(found[0]).toEqual(found[1]);
});

test("run refuses to go past an open batch, and says how to go on", async () => {
  const server = await startBatchServer({ polls: 1_000 });
  const cwd = await study(server.origin);
  const stopped = await runMain(["run", "--batch", "--only", "suspect", "--max-minutes", "0.01"], {
    cwd,
    env,
  });
  expect(stopped.code).toBe(0);
  expect(stopped.stderr).toContain("stopped at --max-minutes; to go on: congener run --only suspect --batch");
  const refused = await runMain(["run"], { cwd, env });
  expect(refused.code).toBe(2);
  expect(refused.stderr.trim().split("\n").at(-1)).toMatch(
    /batch batch_1 of suspect \(6 requests\) is open: .* go on waiting with --batch, or give up with --abandon-batches/,
  );
  expect(server.asked).toEqual([]);
  const { openBatches } = await stateOf(cwd, "results/toy");
  expect(openBatches).toMatchObject([{ target: "suspect", batchId: "batch_1", requests: 6 }]);
  const { stdout } = await runMain(["status", "results/toy"], { cwd, env });
  expect(stdout).toMatch(/^Batch batch_1 is open: 6 requests to suspect, since 2/m);
  const merged = await runMain(["merge", "results/toy", "--run", "results/all", "--allow-gaps"], {
    cwd,
    env,
  });
  expect(merged.code).toBe(2);
  expect(merged.stderr).toMatch(/^congener: results\/toy: batch batch_1 of suspect \(6 requests\) is open: /);
  expect(await readdir(join(cwd, "results"))).toEqual(["toy"]);
  const until = await runMain(["run", "--batch", "--until", "decided"], { cwd, env });
  expect(until.code).toBe(2);
  expect(until.stderr).toContain("it does not go with --batch");
  const abandoned = await runMain(["run", "--only", "suspect", "--abandon-batches"], { cwd, env });
  expect(abandoned.stderr).toContain("batch batch_1 is given up and cancelled");
  expect(server.asked).toHaveLength(6);
});

test("batches cost half of it where the provider says so", async () => {
  const cwd = await temporaryFolder();
  writeToyConfig(cwd, "https://api.openai.com/v1");
  await writeFile(
    join(cwd, "prices.yaml"),
    `prices:\n${toyModels.map((model) => `  - { model: ${model}, input: 90000, output: 90000 }`).join("\n")}\n`,
  );
  const cost = async (flags: readonly string[]) => {
    const { stdout } = await runMain(["run", "--dry-run", "--prices", "prices.yaml", ...flags], { cwd, env });
    const [, amount = ""] = /reference .*cost .*?([\d.]+) /.exec(stdout) ?? [];
    expect(stdout).toContain("6 to ask");
    return Number(amount);
  };
  const whole = await cost([]);
  expect(whole).toBeGreaterThan(0);
  // Amounts are shown rounded.
  expect(Math.abs(2 * (await cost(["--batch"])) - whole)).toBeLessThan(0.02 * whole);
});

test("what was answered in batches is counted at their price, all else at the ordinary one, whatever is asked next", async () => {
  const cwd = await temporaryFolder();
  writeToyConfig(cwd, "https://api.openai.com/v1");
  const pricesFile = join(cwd, "prices.yaml");
  await writeFile(
    pricesFile,
    `prices:\n${toyModels.map((model) => `  - { model: ${model}, input: 10000, output: 10000 }`).join("\n")}\n`,
  );
  const context = { cwd, version: "0.0.0", note: () => {} };
  const config = await loadConfig(resolve(cwd, "congener.yaml"), { env });
  const request = await runRequest(config, {}, context);
  const dir = join(cwd, "results/toy");
  const { manifest } = await plannedManifest(dir, request, new Date());
  const writer = await createRun(dir, manifest);
  // Two dollars each: 100 tokens in, 100 out. Four of the six in a batch, at one.
  for (const [place, id] of ["toy.sea", "toy.fog", "toy.tea"].entries())
    for (const index of [0, 1])
      await writer.append(
        sampleOf("reference", {
          suite: "toy",
          probe: id,
          index,
          usage: { inputTokens: 100, outputTokens: 100, reasoningTokens: null },
          ...(place === 0 ? {} : { batchId: "batch_1" }),
        }),
      );
  await writer.setManifest({ ...manifest, status: "stopped" });
  await writer.close();

  const state = await stateOf(cwd, "results/toy", "--prices", "prices.yaml");
  expect(state.targets[0]).toMatchObject({ recorded: 6, inBatches: 4 });
  expect(state.costUSD).toBeCloseTo(8, 9);
  const prices = [await loadPrices(pricesFile)];
  for (const batch of [false, true]) {
    const outlook = await runOutlook(dir, request, { only: undefined, prices, batch, date: new Date() });
    expect(outlook.targets[1]?.left.price?.input).toBe(batch ? 5_000 : 10_000);
    for (const recorded of [6, 5])
      expect((await openSpending(outlook, 20, recorded)).totalUSD()).toBeCloseTo(8, 9);
    const { stdout } = await runMain(
      ["run", "--dry-run", "--prices", "prices.yaml", ...(batch ? ["--batch"] : [])],
      { cwd, env },
    );
    expect(stdout).toContain("spent so far: $8.00");
  }
});
