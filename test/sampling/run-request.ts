import type { Endpoint, SamplingLimits } from "../../src/sampling/run-samples.ts";
import type { RunRequest } from "../../src/sampling/sample-run.ts";
import { suiteHash } from "../../src/schema/identity.ts";
import { type Probe, probeSchema } from "../../src/schema/probe.ts";
import { type Target, targetSchema } from "../../src/schema/target.ts";

export const limits: SamplingLimits = { concurrency: 4, retryMinutes: 1, timeoutMs: 2_000 };

export function probesOf(count: number): Probe[] {
  return Array.from({ length: count }, (_, i) =>
    probeSchema.parse({
      id: `p${i}`,
      family: "naming",
      messages: [{ role: "user", content: `Question ${i}?` }],
    }),
  );
}

/** An endpoint whose model has the target's name. */
export function endpointAt(
  origin: string,
  name: string,
  changes: Partial<Target> & { apiKey?: string } = {},
): Endpoint {
  const { apiKey, ...rest } = changes;
  const target = targetSchema.parse({
    name,
    api: "openai",
    baseURL: `${origin}/v1`,
    model: name,
    lab: null,
    params: {},
    ...rest,
  });
  return { target, apiKey: apiKey ?? null, headers: {} };
}

export function requestFor(
  endpoints: readonly Endpoint[],
  changes: Partial<RunRequest> & { probes?: Probe[] } = {},
): RunRequest {
  const { probes = probesOf(4), ...rest } = changes;
  return {
    name: "test",
    congenerVersion: "0.1.0",
    origin: "asked",
    roles: { reference: endpoints[0]?.target.name ?? null, suspects: [], controls: [], baselines: {} },
    suites: [{ name: "core", version: "1", description: "", hash: suiteHash(probes), probes }],
    endpoints,
    samples: 3,
    seed: 7,
    ...rest,
  };
}

export const date = () => new Date("2026-11-21T09:00:00Z");
