import { ProviderError, type ProviderErrorClass } from "../../src/errors.ts";
import type { Provider, Reply } from "../../src/providers/provider.ts";
import { runSamples, type SamplingLimits } from "../../src/sampling/run-samples.ts";
import type { SamplingEvent, SamplingResult } from "../../src/sampling/sampling-events.ts";
import { sampleId } from "../../src/schema/identity.ts";
import { probeSchema } from "../../src/schema/probe.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import type { Attempt, SampleRecord } from "../../src/schema/transcript.ts";
import type { RunWriter, SampleFailure } from "../../src/store/run-writer.ts";
import { ordinaryAnswer } from "../providers/ordinary-answer.ts";
import { manifestFor } from "../store/run-fixture.ts";
import { createVirtualClock } from "./virtual-clock.ts";

/** How an endpoint answers one request. */
export interface Scripted {
  readonly latencyMs: number;
  readonly errorClass: ProviderErrorClass | null;
  readonly retryAfterMs?: number | null;
}

/** One request as the endpoint saw it; moments are virtual milliseconds. */
export interface SeenRequest {
  readonly target: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly reply: Scripted;
}

export interface VirtualRun {
  readonly result: SamplingResult;
  readonly requests: readonly SeenRequest[];
  readonly mostAtOnce: number;
  readonly recorded: readonly SampleRecord[];
  readonly failures: readonly SampleFailure[];
  readonly events: readonly (SamplingEvent & { readonly at: number })[];
  /** When sampling was over. */
  readonly endedAt: number;
}

export interface VirtualRunOptions {
  /** Target -> how it answers its first, second, ... request; after the last one it begins anew. */
  readonly scripts: Readonly<Record<string, readonly Scripted[]>>;
  readonly probes: number;
  readonly samples: number;
  readonly limits: Omit<SamplingLimits, "timeoutMs">;
  /** How long the disk takes. */
  readonly writeMs?: number;
  readonly stopAtMs?: number;
  readonly random?: Random;
}

/** Samples scripted endpoints of one origin and key by a virtual clock, into memory. */
export async function virtualRun(options: VirtualRunOptions): Promise<VirtualRun> {
  const clock = createVirtualClock();
  const requests: SeenRequest[] = [];
  const events: (SamplingEvent & { at: number })[] = [];
  let out = 0;
  let mostAtOnce = 0;

  const providerOf = (target: string, script: readonly Scripted[]): Provider => {
    let asked = 0;
    return {
      sample: () =>
        new Promise<Reply>((resolve) => {
          const scripted = script[asked++ % script.length] as Scripted;
          const { latencyMs, errorClass, retryAfterMs = null } = scripted;
          const startedAt = clock.now();
          mostAtOnce = Math.max(mostAtOnce, ++out);
          clock.after(latencyMs, () => {
            out--;
            requests.push({ target, startedAt, endedAt: clock.now(), reply: scripted });
            const attempt: Attempt = {
              startedAt: new Date(startedAt).toISOString(),
              latencyMs,
              status: null,
              errorClass,
              message: errorClass,
              retryAfterMs,
              requestId: `${target}-${requests.length}`,
            };
            const exchange = { request: { url: null, headers: {}, body: null }, response: null, attempt };
            if (errorClass === null) resolve({ exchange, answer: ordinaryAnswer });
            else resolve({ exchange, error: new ProviderError(errorClass, errorClass, { retryAfterMs }) });
          });
        }),
    };
  };

  const names = Object.keys(options.scripts);
  const base = manifestFor(names);
  const probes = Array.from({ length: options.probes }, (_, i) =>
    probeSchema.parse({ id: `p${i}`, family: "naming", prefix: "Say one.", params: { max_tokens: 98 } }),
  );
  const suites = base.suites.map((suite) => ({ ...suite, probes }));
  const targets = base.targets.map((target) => ({ ...target, baseURL: "http://127.0.0.1:1/v1" }));
  const manifest = { ...base, suites, targets, samples: options.samples };
  const writer = memoryWriter(manifest, (callback) => void clock.after(options.writeMs ?? 3, callback));
  const stop = new AbortController();
  if (options.stopAtMs !== undefined) clock.after(options.stopAtMs, () => stop.abort());
  const result = await clock.runUntil(
    runSamples({
      writer,
      endpoints: targets.map((target) => ({ target, apiKey: null, headers: {} })),
      limits: { ...options.limits, timeoutMs: 60_000 },
      clock,
      random: options.random ?? seededRandom(1),
      stopSignal: stop.signal,
      createProvider: ({ target }) => providerOf(target.name, options.scripts[target.name] ?? []),
      onEvent: (event) => events.push({ ...event, at: clock.now() }),
    }),
  );
  const { recorded, failures } = writer;
  return { result, requests, mostAtOnce, recorded, failures, events, endedAt: clock.now() };
}

/** A run folder in memory, which takes its time to write. */
function memoryWriter(
  manifest: ReturnType<RunWriter["manifest"]>,
  later: (callback: () => void) => void,
): RunWriter & { recorded: SampleRecord[]; failures: SampleFailure[] } {
  const recorded: SampleRecord[] = [];
  const failures: SampleFailure[] = [];
  const ids = new Set<string>();
  const written = () => new Promise<void>((resolve) => later(resolve));
  const idOf: RunWriter["sampleIdOf"] = ({ target, probe, wording, index }) =>
    sampleId({ probeHash: probe, targetHash: target, wording, index });
  return {
    recorded,
    failures,
    dir: "",
    manifest: () => manifest,
    setManifest: async () => {},
    sampleIdOf: idOf,
    has: (id) => ids.has(id),
    size: () => ids.size,
    append(record) {
      if (ids.has(idOf(record))) throw new Error(`recorded twice: ${JSON.stringify(record)}`);
      ids.add(idOf(record));
      recorded.push(record);
      return written();
    },
    appendMany: () => Promise.reject(new Error("not used here")),
    recordFailure(failure) {
      failures.push({ ...failure, attempts: [...failure.attempts] });
      return written();
    },
    scrub: (text) => text,
    close: async () => {},
  };
}
