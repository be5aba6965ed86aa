import { join } from "node:path";

// A process of its own that runs in batches, to be killed: `batch-child.mjs DIST DIR ORIGIN API SAMPLES`. It writes a
// dot for every sample that is on disk, and the status at the end. Built code starts several times as fast as sources.
const [dist = "", dir = "", origin = "", api = "", samples = ""] = process.argv.slice(2);
const { sampleRun } = await import(join(dist, "sampling/sample-run.js"));
const { suiteHash } = await import(join(dist, "schema/identity.js"));
const { probeSchema } = await import(join(dist, "schema/probe.js"));
const { targetSchema } = await import(join(dist, "schema/target.js"));

const probes = [0, 1, 2, 3].map((i) =>
  probeSchema.parse({
    id: `p${i}`,
    family: "naming",
    messages: [{ role: "user", content: `Question ${i}?` }],
  }),
);
const target = targetSchema.parse({
  name: "model",
  api,
  baseURL: api === "anthropic" ? origin : `${origin}/v1`,
  model: "model",
  lab: null,
  params: { max_tokens: 50 },
});
const request = {
  name: "test",
  congenerVersion: "0.1.0",
  origin: "asked",
  roles: { reference: "model", suspects: [], controls: [], baselines: {} },
  suites: [{ name: "core", version: "1", description: "", hash: suiteHash(probes), probes }],
  endpoints: [{ target, apiKey: null, headers: {}, batch: true }],
  samples: Number(samples),
  seed: 7,
};
const result = await sampleRun(dir, request, {
  limits: { concurrency: 4, retryMinutes: 1, timeoutMs: 2_000 },
  date: () => new Date(),
  onEvent: ({ type }) => type === "recorded" && process.stdout.write("."),
  batch: { pollTimes: { firstMs: 5, longestMs: 20 }, settleMs: 200, mostBytes: 1_500 },
});
process.stdout.write(result.status);
