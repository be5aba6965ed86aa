import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { suiteHash, targetHash } from "../../src/schema/identity.ts";
import type { Manifest } from "../../src/schema/manifest.ts";
import { probeSchema } from "../../src/schema/probe.ts";
import { targetSchema } from "../../src/schema/target.ts";
import type { SampleRecord } from "../../src/schema/transcript.ts";

/** A new folder that goes away with the test. */
export async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "congener-test-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

const moment = "2026-11-21T09:00:00.000Z";

/** A manifest with the named targets and `probeCount` probes `p0`, `p1`, ... in one suite `core`. */
export function manifestFor(targetNames: readonly string[], probeCount = 3): Manifest {
  const probes = Array.from({ length: probeCount }, (_, i) =>
    probeSchema.parse({
      id: `p${i}`,
      family: "naming",
      messages: [{ role: "user", content: `Question ${i}?` }],
    }),
  );
  const targets = targetNames.map((name) => {
    const target = targetSchema.parse({
      name,
      api: "openai",
      baseURL: `http://127.0.0.1:1/${encodeURIComponent(name)}`,
      model: name,
      lab: null,
      params: {},
    });
    return { ...target, hash: targetHash(target) };
  });
  return {
    schemaVersion: 1,
    congenerVersion: "0.1.0",
    name: "test",
    createdAt: moment,
    updatedAt: moment,
    status: "started",
    origin: "asked",
    samples: 2,
    seed: 1,
    roles: { reference: targetNames[0] ?? null, suspects: [], controls: [], baselines: {} },
    suites: [{ name: "core", version: "1", description: "", hash: suiteHash(probes), probes }],
    targets,
    labels: null,
    sources: [],
  };
}

/** A sample as a provider would hand it over; change what the test is about. */
export function sampleOf(target: string, changes: Partial<SampleRecord> = {}): SampleRecord {
  return {
    suite: "core",
    probe: "p0",
    wording: 0,
    target,
    index: 0,
    request: { url: "http://127.0.0.1:1/chat/completions", headers: {}, body: { model: target } },
    attempts: [
      {
        startedAt: moment,
        latencyMs: 3,
        status: 200,
        errorClass: null,
        message: null,
        retryAfterMs: null,
        requestId: null,
      },
    ],
    response: { status: 200, headers: {}, body: "{}" },
    text: "Elias.",
    reasoning: null,
    outcome: "ok",
    latencyMs: 3,
    servedModel: target,
    provider: null,
    systemFingerprint: null,
    finishReason: "stop",
    usage: { inputTokens: 4, outputTokens: 2, reasoningTokens: null },
    startedAt: moment,
    ...changes,
  };
}
