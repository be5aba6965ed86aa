import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../../src/cli/plan/plan-record.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { runBin } from "./run-bin.ts";
import { runMain } from "./run-main.ts";
import { toyModels, writeToyConfig } from "./toy-config.ts";

let folder: string;
const congener = (...words: string[]) => runBin(words, { cwd: folder });

const models = ["teacher", ...Array.from({ length: 10 }, (_, i) => `control-${i}`)];

/** Recorded answers: every model has words of its own at each prompt, and half of them come again in its next answer. */
function rows(): object[] {
  const random = seededRandom(7);
  const word = () => `w${Math.floor(400 * random())}`;
  return models.flatMap((model) =>
    Array.from({ length: 32 }, (_, p) => {
      const words = Array.from({ length: 14 }, word);
      return [0, 1].map((sample) => ({
        model,
        prompt_id: `f${p % 8}/${p}`,
        prompt: `Say something about thing ${p}.`,
        sample,
        response: words.map((own) => (random() < 0.5 ? own : word())).join(" "),
      }));
    }).flat(),
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "congener-plan-"));
  await writeFile(
    join(folder, "answers.jsonl"),
    rows()
      .map((row) => JSON.stringify(row))
      .join("\n"),
  );
  const families = Object.fromEntries(models.map((model) => [model, `lab of ${model}`]));
  await writeFile(join(folder, "labels.json"), JSON.stringify({ families }));
  const { code, stderr } = await congener(
    ..."import answers.jsonl --run results/pilot --labels labels.json".split(" "),
  );
  expect(code, stderr).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

const pilot = ["--pilot", "results/pilot", "--reference", "teacher"];

describe("plan, from an imported run", () => {
  test("gives probes and samples with their power, requests and tokens, and no cost where no price is known", async () => {
    const { code, stdout, stderr } = await congener("plan", ...pilot, "--json");
    expect(code, stderr).toBe(0);
    const plan = JSON.parse(stdout) as Plan;
    expect(plan.pilot).toMatchObject({
      reference: "teacher",
      controls: 10,
      controlLabs: 10,
      probes: 32,
      samples: 2,
    });
    expect(plan.designs.map(({ samples }) => samples)).toEqual([1, 2]);
    const found = plan.designs.find(({ samples }) => samples === plan.leastSamples);
    expect(found?.probes).toBeGreaterThanOrEqual(10);
    expect(found?.probes).toBeLessThanOrEqual(32);
    expect(found?.power.estimate).toBeGreaterThanOrEqual(0.8);
    expect(found?.power.standardError).toBeGreaterThan(0);
    // Eleven recorded models and a suspect.
    expect(found?.amounts).toMatchObject({
      requests: 12 * (found?.probes ?? 0) * (found?.samples ?? 0),
      costUSD: null,
    });
    expect(plan.asked.unpriced).toHaveLength(12);
    // Answers of 14 words of three or four letters: about 60 bytes, so 10 to 35 tokens.
    const [low, high] = plan.asked.outputTokens;
    expect(low / plan.asked.requests).toBeGreaterThan(8);
    expect((high ?? 0) / plan.asked.requests).toBeLessThan(36);
    expect(stdout).not.toMatch(/NaN|Infinity/);
  });

  test("prints tables that fit eighty columns, with an error beside each probability", async () => {
    const { code, stdout, stderr } = await congener("plan", ...pilot, "--fraction", "0.4");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^Samples +Probes +Detected +Power/m);
    expect(stdout).toMatch(/^[12] \* +\d+ +by score +(> )?0\.\d\d ± 0\.\d\d/m);
    expect(stdout.replaceAll("\n", " ")).toMatch(
      /% of the calibration's unrelated pairs have a likelihood ratio above 10/,
    );
    expect(stdout).toContain("Price unknown, which is not 0: teacher");
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stderr).toContain("Simulating suspects at 2 samples a probe");
  });

  test("an effect that the pilot cannot show gets no number of probes but an extrapolated range", async () => {
    const { code, stdout } = await congener("plan", ...pilot, "--fraction", "0.02", "--json");
    expect(code).toBe(0);
    const plan = JSON.parse(stdout) as Plan;
    expect(plan.leastSamples).toBeNull();
    for (const design of plan.designs) {
      expect(design).toMatchObject({ probes: null, amounts: null });
      expect(design.smallestDetectable ?? 1).toBeGreaterThan(0.02);
      expect(design.extrapolatedProbes).toHaveLength(2);
    }
  });
});

describe("plan, with a configuration", () => {
  test("counts what the configured run asks, with the prices that are known and the names of those that are not", async () => {
    writeToyConfig(folder, "http://127.0.0.1:9/v1", (text) =>
      text.replace("samples: 2", "samples: 2\nprices: prices.yaml\nlimits: { requestsPerMinute: 10 }"),
    );
    await writeFile(
      join(folder, "prices.yaml"),
      "checked: 2026-11-01\nprices:\n  - { host: '127.0.0.1:9', model: reference, input: 100, output: 0 }\n",
    );
    const json = await congener("plan", ...pilot, "--json");
    expect(json.code, json.stderr).toBe(0);
    const { asked } = JSON.parse(json.stdout) as Plan;
    expect(asked).toMatchObject({
      from: "configuration",
      name: "toy",
      probes: 3,
      samples: 2,
      requests: 2 * 3 * toyModels.length,
      recorded: 0,
      minutesAtLeast: 7.2,
    });
    // No limit of tokens is named, and the pilot has other prompts: there is no upper end.
    expect(asked.outputTokens).toEqual([72, null]);
    expect(asked.unpriced).toEqual(toyModels.slice(1));
    const [first] = asked.targets;
    expect(first?.price).toMatchObject({ input: 100, checked: "2026-11-01", file: "prices.yaml" });
    expect(first?.costUSD?.[0]).toBeCloseTo((first?.inputTokens[0] ?? 0) / 1e4, 12);
    const text = await congener("plan", ...pilot);
    expect(text.stdout).toContain("$100 / $0, 2026-11-01");
    expect(text.stdout).toContain("Time: at least 8 minutes.");
    expect(text.stdout.replaceAll("\n", " ")).toMatch(
      /toy has 3: add a suite|Not reached with the probes of toy/,
    );
    await rm(join(folder, "congener.yaml"));
  });

  test("--batch plans at half price where the host's batch API says so, and names who is asked otherwise", async () => {
    writeToyConfig(folder, "https://api.openai.com/v1", (text) =>
      text
        .replace("samples: 2", "samples: 2\nprices: prices.yaml")
        .replace("suspect: { api: openai,", "suspect: { api: openai, batch: false,"),
    );
    await writeFile(
      join(folder, "prices.yaml"),
      "prices:\n  - { model: reference, input: 100, output: 200 }\n  - { model: suspect, input: 100, output: 200 }\n",
    );
    const planned = async (...flags: string[]) => {
      const { code, stdout, stderr } = await runMain(["plan", ...pilot, "--json", ...flags], { cwd: folder });
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout) as Plan;
    };
    const [ordinary, batched] = [await planned(), await planned("--batch")];
    const [reference, suspect] = batched.asked.targets;
    expect(reference?.price).toMatchObject({ input: 50, output: 100 });
    expect(suspect?.price).toMatchObject({ input: 100, output: 200 });
    const low = (plan: Plan, place: number) => plan.asked.targets[place]?.costUSD?.[0] ?? 0;
    expect(low(batched, 0)).toBeCloseTo(low(ordinary, 0) / 2, 12);
    expect(low(batched, 1)).toBe(low(ordinary, 1));
    expect(batched.notes.join(" ")).toMatch(
      /In batches, within a day.*: reference, control-0.* Request by request: suspect\./,
    );
    await rm(join(folder, "congener.yaml"));
  });
});

test.each([
  [
    "a share above 1",
    ["--fraction", "1.5"],
    2,
    /--fraction expects a number above 0 and at most 1.*got 1\.5/,
  ],
  ["a share of 0", ["--fraction", "0"], 2, /--fraction/],
  ["a power of 1", ["--power", "1"], 2, /--power expects a number above 0 and below 1/],
  ["no number", ["--false-alarms", "few"], 2, /--false-alarms/],
  [
    "less power than false alarms",
    ["--power", "0.01", "--false-alarms", "0.05"],
    2,
    /larger than --false-alarms/,
  ],
  ["half a sample", ["--samples", "0.5"], 2, /--samples expects a whole number/],
  ["roles without a pilot", ["--reference", "teacher"], 2, /--reference expects --pilot/],
  ["no run", ["--pilot", "nowhere"], 2, /no run in .*nowhere/],
  ["no reference", ["--pilot", "results/pilot"], 2, /names no reference.*--reference/],
  [
    "an unknown target",
    ["--pilot", "results/pilot", "--reference", "nobody"],
    2,
    /no target nobody in the run/,
  ],
  [
    "an unknown control",
    [...pilot, "--control", "nobody"],
    2,
    /no target nobody in the run \(named as control\)/,
  ],
  [
    "two controls",
    [...pilot, "--control", "control-1,control-2"],
    3,
    /has answers of 2 control labs.*expected 3/,
  ],
  ["an unknown suite", [...pilot, "--suite", "no-such"], 2, /no suite named "no-such"/],
  ["no prices", [...pilot, "--prices", "none.yaml"], 2, /cannot read the prices/],
  ["a missing configuration", ["--config", "none.yaml"], 2, /no configuration at/],
])("%s gets one line and its exit code", async (_what, words, code, message) => {
  const result = await congener("plan", ...words);
  expect(result, result.stderr).toMatchObject({ code, stdout: "" });
  const lines = result.stderr.trim().split("\n");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(message);
});

test("a calibration that was named and cannot reach a likelihood ratio above 10 is refused", async () => {
  const shipped = join(import.meta.dirname, "../../calibrations/zoo-miniature.json");
  const calibration = JSON.parse(await readFile(shipped, "utf8")) as { bounds: { log10LR: number[] } };
  calibration.bounds.log10LR = [-0.9, 0.9];
  await writeFile(join(folder, "weak.json"), JSON.stringify(calibration));
  const result = await congener("plan", ...pilot, "--calibration", "weak.json");
  expect(result).toMatchObject({ code: 2, stdout: "" });
  expect(result.stderr).toMatch(/weak\.json reports no likelihood ratio above 7\.9.*--calibration none/);
});

test("without configuration and pilot it plans from a miniature, and says so", async () => {
  const { code, stdout, stderr } = await congener("plan", "--json");
  expect(code, stderr).toBe(0);
  const plan = JSON.parse(stdout) as Plan;
  expect(plan.pilot).toMatchObject({
    source: "zoo",
    miniature: true,
    controlLabs: 12,
    probes: 64,
    samples: 8,
  });
  expect(plan.leastSamples).not.toBeNull();
  expect(plan.asked.costUSD).toBeNull();
  expect(plan.notes.join(" ")).toContain("say nothing about how much real models differ");
}, 120_000);
