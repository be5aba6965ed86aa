/**
 * Sampling's speed and memory, side by side with a bare loop over the SDK that stores nothing and, where it is
 * installed, with promptfoo. Server and clients are processes of their own, clients take turns.
 * Run: npm run bench:throughput -- [--requests 10000] [--concurrency 64] [--latency 50] [--repeats 5]
 *      [--bin dist/cli/bin.js] [--skip-loop] [--promptfoo DIR] [--large 200000]
 *
 * Requests a second are the server's count, from the first request to the last answer, so they leave out how long a
 * process takes to start; seconds are of the whole process. `--promptfoo DIR` (a folder with
 * `npm i promptfoo@0.119`) compares whole processes on 2,000 requests. `--large N` makes one run of N samples and
 * resumes it: its peak resident set, and the time from starting the process to its first request.
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { ServerStats } from "./throughput/stats.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "10000" },
    concurrency: { type: "string", default: "64" },
    latency: { type: "string", default: "50" },
    repeats: { type: "string", default: "5" },
    bin: { type: "string", default: "dist/cli/bin.js" },
    promptfoo: { type: "string" },
    large: { type: "string" },
    "skip-loop": { type: "boolean", default: false },
  },
});
const { concurrency } = values;
const bin = resolve(values.bin);
const here = import.meta.dirname;

/** How one client went. */
interface Measured {
  readonly requests: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly peakMB: number;
  /** From the start of the process to the first request. */
  readonly firstAfterSeconds: number;
}

/** Has a process tell its peak memory and processor time when it ends. */
const tellUsage = (file: string) =>
  `data:text/javascript,${encodeURIComponent(
    `import { writeFileSync } from "node:fs";
     process.on("exit", () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.resourceUsage())));`,
  )}`;

async function runClient(
  origin: string,
  scratch: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Measured> {
  await takeStats(origin);
  const usageFile = join(scratch, "usage.json");
  await rm(usageFile, { force: true });
  const startedAt = Date.now();
  const child = spawn(process.execPath, ["--import", tellUsage(usageFile), ...args], {
    cwd: scratch,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  const code = await new Promise<number | null>((done) => child.once("close", done));
  const seconds = (Date.now() - startedAt) / 1000;
  const stats = await takeStats(origin);
  if (stats.firstAt === null || stats.lastAt === null)
    throw new Error(`${args.join(" ")} asked nothing and ended with ${code}: ${said}`);
  const usage = JSON.parse(await readFile(usageFile, "utf8")) as NodeJS.ResourceUsage;
  return {
    requests: stats.requests,
    perSecond: (stats.requests / Math.max(1, stats.lastAt - stats.firstAt)) * 1000,
    seconds,
    processorSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    peakMB: usage.maxRSS / 1024,
    firstAfterSeconds: (stats.firstAt - startedAt) / 1000,
  };
}

async function takeStats(origin: string): Promise<ServerStats> {
  return (await (await fetch(`${origin}/stats`)).json()) as ServerStats;
}

const targets = ["reference", "suspect", "control-1", "control-2", "control-3"];
const probeCount = 200;

/** A configuration of five targets on the server, and how many samples of each probe make so many requests. */
async function configure(scratch: string, origin: string): Promise<void> {
  const target = (name: string, lab: number) =>
    `  ${name}: { api: openai, baseURL: "${origin}/v1", model: ${name}, family: lab-${lab} }`;
  const probes = Array.from(
    { length: probeCount },
    (_, i) =>
      `  - { id: bench.q${i}, family: naming, language: en, messages: [{ role: user, content: "Question ${i}: name a lighthouse keeper in a novel." }], params: { max_tokens: 60 }, why: bench }`,
  );
  await writeFile(
    join(scratch, "congener.yaml"),
    [
      "name: bench",
      "reference: reference",
      "suspects: [suspect]",
      "controls: [control-1, control-2, control-3]",
      "suites: [./bench-suite.yaml]",
      "targets:",
      ...targets.map(target),
      `limits: { concurrency: ${concurrency} }`,
    ].join("\n"),
  );
  await writeFile(
    join(scratch, "bench-suite.yaml"),
    ["name: bench", 'version: "1"', "description: bench", "probes:", ...probes].join("\n"),
  );
  await writeFile(
    join(scratch, "promptfooconfig.yaml"),
    [
      'prompts: ["Question {{n}}: name a lighthouse keeper in a novel."]',
      "providers:",
      `  - { id: "openai:chat:bench", config: { apiBaseUrl: "${origin}/v1", apiKey: none, max_tokens: 60 } }`,
      "tests:",
      ...Array.from({ length: probeCount }, (_, i) => `  - { vars: { n: ${i} } }`),
    ].join("\n"),
  );
}

const samplesFor = (requests: number) => Math.max(1, Math.round(requests / (targets.length * probeCount)));

const congener = (samples: number, more: readonly string[] = []) => [
  bin,
  ...["run", "--quiet", "--run", "run", "--samples", String(samples), ...more],
];
const bareLoop = (origin: string, requests: number) => [
  ...["--import", "tsx", join(here, "throughput/bare-loop.ts")],
  ...[origin, String(requests), concurrency],
];
const promptfoo = (dir: string, requests: number) => [
  join(resolve(dir), "node_modules/promptfoo/dist/src/main.js"),
  ...["eval", "--no-cache", "--no-progress-bar", "--no-table", "-j", concurrency],
  ...["--repeat", String(Math.round(requests / probeCount)), "-o", "out.jsonl"],
];

const median = (list: readonly number[]) => {
  const sorted = list.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
};

function tell(name: string, list: readonly Measured[]): void {
  const of = (field: keyof Measured) => median(list.map((measured) => measured[field]));
  console.log(
    `${name.padEnd(14)} ${of("perSecond").toFixed(0).padStart(6)} requests/s  ${of("seconds").toFixed(1).padStart(6)} s as a process  ` +
      `${of("processorSeconds").toFixed(1).padStart(6)} s processor  ${of("peakMB").toFixed(0).padStart(5)} MB peak   ` +
      `[${list.map(({ perSecond }) => perSecond.toFixed(0)).join(" ")}]`,
  );
}

async function sideBySide(origin: string, scratch: string): Promise<void> {
  const requests = samplesFor(Number(values.requests)) * targets.length * probeCount;
  const bare: Measured[] = [];
  const own: Measured[] = [];
  console.log(
    `${requests} requests, ${concurrency} at once, ${values.latency} ms latency; medians, then all repeats`,
  );
  for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
    bare.push(await runClient(origin, scratch, bareLoop(origin, requests)));
    await rm(join(scratch, "run"), { recursive: true, force: true });
    own.push(await runClient(origin, scratch, congener(samplesFor(requests))));
  }
  tell("bare SDK loop", bare);
  tell("congener run", own);
  const ratio = median(own.map((mine) => mine.perSecond)) / median(bare.map((other) => other.perSecond));
  console.log(`ratio of medians: ${(100 * ratio).toFixed(0)} % of the bare loop's requests a second`);
}

async function besidePromptfoo(origin: string, scratch: string, dir: string): Promise<void> {
  const requests = 2_000;
  const own: Measured[] = [];
  const other: Measured[] = [];
  const env = {
    PROMPTFOO_CONFIG_DIR: join(scratch, "promptfoo"),
    PROMPTFOO_DISABLE_TELEMETRY: "1",
    PROMPTFOO_DISABLE_UPDATE: "1",
    PROMPTFOO_DISABLE_REMOTE_GENERATION: "1",
  };
  console.log(`\n${requests} requests as a process, results stored`);
  for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
    other.push(await runClient(origin, scratch, promptfoo(dir, requests), env));
    await rm(join(scratch, "run"), { recursive: true, force: true });
    own.push(await runClient(origin, scratch, congener(samplesFor(requests))));
  }
  tell("promptfoo", other);
  tell("congener run", own);
  const ratio = median(other.map(({ seconds }) => seconds)) / median(own.map(({ seconds }) => seconds));
  console.log(`ratio of medians: ${ratio.toFixed(1)} times as fast as promptfoo`);
}

async function largeRun(origin: string, scratch: string, requests: number): Promise<void> {
  const samples = samplesFor(requests);
  console.log(`\none run of ${samples * targets.length * probeCount} samples`);
  await rm(join(scratch, "run"), { recursive: true, force: true });
  tell("congener run", [await runClient(origin, scratch, congener(samples))]);
  const resumed: Measured[] = [];
  for (let repeat = 1; repeat <= 3; repeat++)
    resumed.push(await runClient(origin, scratch, congener(samples + repeat, ["--max-requests", "1"])));
  console.log(
    `resumed and extended: first request after ${median(resumed.map((one) => one.firstAfterSeconds)).toFixed(2)} s ` +
      `[${resumed.map((one) => one.firstAfterSeconds.toFixed(2)).join(" ")}], ${median(resumed.map((one) => one.peakMB)).toFixed(0)} MB peak`,
  );
}

const scratch = await mkdtemp(join(tmpdir(), "congener-throughput-"));
await mkdir(join(scratch, "promptfoo"));
const server = spawn(
  process.execPath,
  ["--import", "tsx", join(here, "throughput/server.ts"), values.latency],
  { stdio: ["ignore", "pipe", "inherit"] },
);
try {
  const origin = await new Promise<string>((done) =>
    server.stdout.once("data", (chunk: Buffer) => done(chunk.toString().trim())),
  );
  await configure(scratch, origin);
  if (!values["skip-loop"]) await sideBySide(origin, scratch);
  if (values.promptfoo !== undefined) await besidePromptfoo(origin, scratch, values.promptfoo);
  if (values.large !== undefined) await largeRun(origin, scratch, Number(values.large));
} finally {
  server.kill();
  await rm(scratch, { recursive: true, force: true });
}
