import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startBatchServer } from "../sampling/batch/batch-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";
import { runBin } from "./run-bin.ts";
import { runMain } from "./run-main.ts";
import { toyModels, writeToyConfig } from "./toy-config.ts";

const env = { TOY_KEY: "toy-key-0123456789" };

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
