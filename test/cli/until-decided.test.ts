import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { loadSuite } from "../../src/probes/load-suite.ts";
import { promptText } from "../../src/probes/prompt-text.ts";
import { readManifest } from "../../src/store/manifest-file.ts";
import { startZoo } from "../../src/zoo/start-zoo.ts";
import { type Behaviour, chatBody, sendJson, startFaultServer } from "../providers/fault-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const zooCalibration = join(root, "calibrations/zoo-miniature.json");

function start(cwd: string, words: readonly string[]): ChildProcess {
  return spawn(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), join(root, "src/cli/bin.ts"), ...words],
    { cwd, env: { PATH: process.env.PATH ?? "" }, stdio: ["ignore", "pipe", "pipe"] },
  );
}

async function outcome(child: ChildProcess) {
  const [out, err] = [child.stdout, child.stderr].map((stream) => stream?.toArray() ?? Promise.resolve([]));
  const [code] = (await once(child, "exit")) as [number | null];
  return {
    code,
    out: Buffer.concat((await out) ?? []).toString(),
    err: Buffer.concat((await err) ?? []).toString(),
  };
}

const run = (cwd: string, ...words: string[]) => outcome(start(cwd, words));

interface Study {
  readonly models: readonly { name: string; lab: string; baseURL: string; model: string }[];
  readonly reference: string;
  readonly suspects: readonly string[];
  readonly suite: string;
  readonly samples: number;
}

async function writeStudy({ models, reference, suspects, suite, samples }: Study): Promise<string> {
  const dir = await temporaryFolder();
  const controls = models
    .map(({ name }) => name)
    .filter((name) => name !== reference && !suspects.includes(name));
  const targets = models.map(({ name, lab, baseURL, model }) => [
    name,
    { api: "openai", baseURL, model, family: lab },
  ]);
  await writeFile(
    join(dir, "congener.yaml"),
    stringify({
      reference,
      suspects,
      controls,
      suites: [suite],
      samples,
      seed: 11,
      targets: Object.fromEntries(targets),
      limits: { concurrency: 12 },
    }),
  );
  return dir;
}

const words = "harbour lantern orchard violin glacier kettle meadow compass ribbon thimble river stone".split(
  " ",
);
/** Two words that a model gives to a prompt whenever it is asked, one that is drawn anew, and two that it always says. */
const taste: Behaviour = ({ body }, response, count) => {
  const draw = (key: string) => words[createHash("sha256").update(key).digest().readUInt8() % words.length];
  const prompt = body.messages[0].content;
  // The student has the reference's habits, and its taste at a third of the prompts.
  const taught = body.model === "student";
  const model =
    taught && createHash("sha256").update(prompt).digest().readUInt8() % 3 === 0 ? "ref" : body.model;
  const habits = [3, 4].map((key) => draw(`${taught ? "ref" : body.model} ${key}`)).join(" ");
  const said = `${draw(`${model} ${prompt} 1`)} ${draw(`${model} ${prompt} 2`)} ${draw(`${count}`)}, ${habits}`;
  sendJson(response, 200, chatBody(said));
};

async function tasteStudy(origin: string, probes: number) {
  const names = ["ref", "student", ...Array.from({ length: 10 }, (_, i) => `c${i}`)];
  const dir = await writeStudy({
    models: names.map((name) => ({ name, lab: `lab of ${name}`, baseURL: `${origin}/v1`, model: name })),
    reference: "ref",
    suspects: ["student"],
    suite: "./suite.yaml",
    samples: 2,
  });
  const list = Array.from({ length: probes }, (_, i) => ({
    id: `p${i}`,
    family: `family-${i % 12}`,
    why: "test",
    messages: [{ role: "user", content: `Question ${i}?` }],
  }));
  await writeFile(join(dir, "suite.yaml"), stringify({ name: "suite", version: "1", probes: list }));
  return { dir, folder: join(dir, "results", "congener") };
}

const until = ["--until", "decided", "--pilot", "12", "--calibration", zooCalibration];

test("interrupted and resumed, a run goes on with the same sequence, stops once decided, and compare says so", async () => {
  const server = await startFaultServer((request, response, count) => {
    if (count === 310) child.kill("SIGINT");
    setTimeout(() => taste(request, response, count), 2);
  });
  const { dir, folder } = await tasteStudy(server.origin, 60);
  const child = start(dir, ["run", ...until]);
  const interrupted = await outcome(child);
  expect(interrupted.code).toBe(130);
  expect(interrupted.err).toContain(`--until decided --pilot 12 --calibration ${zooCalibration}`);
  const before = (await readManifest(folder)).stopping;
  expect(before?.decidedAfter).toBeNull();
  expect((await readManifest(folder)).status).toBe("stopped");
  const asked = server.requests.length;
  const lines = async (name: string) => readFile(join(folder, "transcripts", `${name}.jsonl`), "utf8");
  const student = await lines("student");

  const resumed = await run(dir, "run", ...until);
  expect(resumed.code).toBe(0);
  expect(resumed.err).toMatch(/decided after \d+ of 60 probes: student above 10/);
  expect(resumed.err).toMatch(/\d+ of 1440 requests saved/);
  const { stopping, status } = await readManifest(folder);
  expect(status).toBe("stopped");
  expect(stopping).toMatchObject({ order: before?.order, pilot: 12, probes: 60, orderSeed: 11 });
  const decidedAfter = stopping?.decidedAfter ?? 0;
  expect(decidedAfter).toBeGreaterThan(12);
  expect(decidedAfter).toBeLessThan(60);
  // What was known before the interruption is the start of the same trajectory.
  const known = before?.trajectory ?? [];
  expect(stopping?.trajectory.slice(0, known.length)).toEqual(known);
  expect((await lines("student")).startsWith(student)).toBe(true);
  // Nothing is asked twice, and hardly more than the probes that decided it.
  const keys = server.requests.map(({ body }) => `${body.model} ${body.messages[0].content}`);
  for (const key of new Set(keys))
    expect(keys.filter((other) => other === key).length).toBeLessThanOrEqual(2);
  expect(new Set(keys).size).toBeLessThanOrEqual((decidedAfter + 8) * 12);

  const third = await run(dir, "run", ...until);
  expect([third.code, server.requests.length]).toEqual([0, keys.length]);
  expect((await readManifest(folder)).stopping).toEqual(stopping);
  expect(asked).toBeGreaterThanOrEqual(310);

  const compared = await run(dir, "compare", "results/congener", "--calibration", zooCalibration, "--json");
  expect(JSON.parse(compared.out).caveats.map(({ code }: { code: string }) => code)).toContain(
    "stopped-early",
  );

  const other = await run(dir, "run", "--until", "decided", "--pilot", "13", "--calibration", zooCalibration);
  expect([other.code, other.err]).toEqual([2, expect.stringContaining("pilot was 12, is 13")]);
  const rest = await run(dir, "run", "-q");
  expect([rest.code, rest.out]).toEqual([0, "1440 of 1440 samples recorded in results/congener\n"]);
  const complete = await run(dir, "compare", "results/congener", "--calibration", zooCalibration, "--json");
  expect(JSON.parse(complete.out).caveats).toEqual([]);
}, 120_000);

test("a calibration that cannot reach 10 is said at once, and so are flags that do not fit", async () => {
  const server = await startFaultServer(taste);
  const { dir } = await tasteStudy(server.origin, 14);
  const capped = join(dir, "capped.json");
  const calibration = JSON.parse(await readFile(zooCalibration, "utf8"));
  calibration.bounds.log10LR = [-0.5, 0.93];
  await writeFile(capped, JSON.stringify(calibration));
  const { code, out, err } = await run(dir, "run", "--until", "decided", "--calibration", capped);
  expect(code).toBe(0);
  expect(err).toContain("cannot report a likelihood ratio above");
  expect(err.indexOf("cannot report")).toBeLessThan(err.indexOf("recorded"));
  expect(err).toContain("the pilot takes 20 probes and there are 14: nothing can be saved");
  expect(out).toBe("336 of 336 samples recorded in results/congener\n");
  for (const words of [
    ["--until", "decided", "--only", "ref"],
    ["--pilot", "9"],
    ["--until", "bored"],
  ])
    expect((await run(dir, "run", ...words)).code).toBe(2);
}, 60_000);

test("against the zoo's servers a student is decided from a part of the probes", async () => {
  const suite = await loadSuite("demo", join(root, "probes"));
  const zoo = await startZoo({ seed: 3, controls: 10, suitePrompts: suite.probes.map(promptText) });
  try {
    const models = zoo.labs.filter(({ name }) => !["distilled-low", "re-served", "honest"].includes(name));
    const dir = await writeStudy({
      models,
      reference: "reference",
      suspects: ["distilled-high"],
      suite: "demo",
      samples: 4,
    });
    await mkdir(join(dir, "results"));
    const { code, out, err } = await run(
      dir,
      "run",
      "-q",
      "--until",
      "decided",
      "--calibration",
      zooCalibration,
    );
    expect([code, err]).toEqual([0, ""]);
    const { stopping, status } = await readManifest(join(dir, "results", "congener"));
    expect(status).toBe("stopped");
    expect(stopping?.trajectory.at(-1)?.suspects).toMatchObject([
      { suspect: "distilled-high", decision: "above-ten" },
    ]);
    expect(stopping?.decidedAfter).toBeLessThan(60);
    expect(out).toMatch(/^\d+ of 3072 samples recorded/);
  } finally {
    await zoo.close();
  }
}, 120_000);
