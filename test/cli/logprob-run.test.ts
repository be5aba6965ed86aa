import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareRun } from "../../src/cli/compare-run.ts";
import { loadSuite } from "../../src/probes/load-suite.ts";
import { sampleRun } from "../../src/sampling/sample-run.ts";
import { type Analysis, analysisSchema, type Evidence } from "../../src/schema/analysis.ts";
import { suiteHash } from "../../src/schema/identity.ts";
import type { Target } from "../../src/schema/target.ts";
import { drawLab } from "../../src/zoo/lab.ts";
import { startModelServer } from "../../src/zoo/model-server.ts";
import { layCommonGround, trainLab } from "../../src/zoo/population.ts";

const withoutLogprobs = "silent";
const controls = ["control-1", "control-2", "control-3", "control-4"];
let dir: string;
let analysis: Analysis;

/** Small embedded models behind their HTTP server, asked for token log-probabilities; one suspect is not asked for them. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "congener-test-"));
  const ground = layCommonGround();
  const train = (seed: number) => trainLab(ground, drawLab({ seed }), seed);
  const server = await startModelServer({ seed: 1, vocabulary: ground.vocabulary });
  const reference = train(1);
  const stranger = train(2);
  const models = { reference, "re-served": reference, stranger, [withoutLogprobs]: stranger };
  for (const [name, model] of Object.entries(models)) server.serve(name, model);
  for (const [i, name] of controls.entries()) server.serve(name, train(10 + i));
  const whole = await loadSuite("demo", join(import.meta.dirname, "../../probes"));
  const closed = whole.probes.filter(({ answer }) => answer.kind !== "free").slice(0, 5);
  const probes = [...closed, ...whole.probes.filter(({ answer }) => answer.kind === "free").slice(0, 4)];
  try {
    await sampleRun(
      join(dir, "run"),
      {
        origin: "demo",
        roles: {
          reference: "reference",
          suspects: ["re-served", "stranger", withoutLogprobs],
          controls,
          baselines: {},
        },
        endpoints: [...Object.keys(models), ...controls].map((name) => {
          const params: Target["params"] =
            name === withoutLogprobs
              ? { temperature: 1 }
              : { temperature: 1, logprobs: true, top_logprobs: 5 };
          const target: Target = {
            name,
            api: "openai",
            baseURL: server.baseURL,
            model: name,
            lab: `lab of ${name}`,
            params,
            rename: {},
            drop: [],
            extraBody: {},
          };
          return { target, apiKey: null, headers: {} };
        }),
        name: "logprobs",
        congenerVersion: "0",
        suites: [{ ...whole, name: "short", probes, hash: suiteHash(probes) }],
        samples: 2,
        seed: 3,
      },
      {
        date: () => new Date(),
        limits: { concurrency: 8, timeoutMs: 60_000, retryMinutes: 1 },
        onEvent: () => undefined,
        stopSignal: new AbortController().signal,
      },
    );
  } finally {
    await server.close();
  }
  analysis = await compareRun(join(dir, "run"), {
    flags: {},
    labels: null,
    calibration: null,
    prior: null,
    seed: 1,
    version: "0",
    createdAt: "2026-01-01T00:00:00.000Z",
    commands: [],
  });
}, 120_000);
afterAll(() => rm(dir, { recursive: true, force: true }));

const lineOf = (suspect: string, line: string): Evidence => {
  const found = analysis.suspects
    .find(({ name }) => name === suspect)
    ?.evidence.find((one) => one.line === line);
  if (found === undefined) throw new Error(`no line ${line} of ${suspect}`);
  return found;
};

describe("a run with token log-probabilities", () => {
  it("has an analysis that fits its schema", () => {
    expect(analysisSchema.safeParse(analysis).success).toBe(true);
  });

  it("tells the reference served again from a stranger by next tokens, within bounds", () => {
    const again = lineOf("re-served", "logprob-agreement");
    const stranger = lineOf("stranger", "logprob-agreement");
    expect(again.statistic).toBeCloseTo(0, 6);
    expect(again.pValue).toBeCloseTo(1 / (controls.length + 1), 12);
    expect(again.interval?.[0]).toBeGreaterThan(0);
    expect(stranger.pValue).toBeGreaterThan(1 / (controls.length + 1));
    expect(stranger.interval?.[0]).toBeLessThan(0);
    for (const { reason, table } of [again, stranger]) {
      expect(reason).toBeNull();
      expect(table).toHaveLength(1 + controls.length);
      for (const { divergence, atLeast, atMost } of table as Record<string, number>[]) {
        expect(atLeast).toBeLessThanOrEqual(divergence as number);
        expect(divergence).toBeLessThanOrEqual(atMost as number);
      }
    }
  });

  it("says why the line does not apply to a suspect without them", () => {
    const line = lineOf(withoutLogprobs, "logprob-agreement");
    expect(line).toMatchObject({ statistic: null, pValue: null, n: 0 });
    expect(line.reason).toMatch(/silent hold no token log-probabilities.*top_logprobs/);
  });

  it("has the lines on closed answers, identity and outcomes", () => {
    expect(lineOf("re-served", "rare-shared-answers").reason).toBeNull();
    expect(lineOf("re-served", "rare-shared-answers").effect).toBeGreaterThan(0);
    expect(lineOf("stranger", "identity-claims").line).toBe("identity-claims");
    expect(lineOf("stranger", "outcome-sensitivity").reason).toBe("there is no likelihood ratio");
  });
});
