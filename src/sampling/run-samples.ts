import { createProvider as createProviderOf } from "../providers/create-provider.ts";
import type { Provider, ProviderOptions } from "../providers/provider.ts";
import { type Random, seededRandom } from "../schema/random.ts";
import type { Target } from "../schema/target.ts";
import type { RunWriter } from "../store/run-writer.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type LaneLimits, runLane } from "./lane.ts";
import { planTarget } from "./plan.ts";
import type { SamplingEvent, SamplingResult } from "./sampling-events.ts";
import { createSession } from "./session.ts";
import { createTargetQueue, type TargetQueue } from "./target-queue.ts";

/** A target with what it takes to reach it. */
export interface Endpoint {
  readonly target: Target;
  readonly apiKey: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SamplingLimits extends LaneLimits {
  /** Wall-clock limit of one attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** Requests of this session, retries included. */
  readonly maxRequests?: number | undefined;
  readonly maxMinutes?: number | undefined;
}

export interface SamplingOptions {
  /** A run whose manifest holds the targets and suites. */
  readonly writer: RunWriter;
  /** The targets to ask. */
  readonly endpoints: readonly Endpoint[];
  readonly limits: SamplingLimits;
  readonly onEvent?: (event: SamplingEvent) => void;
  /** Asked before every request; true lets those in flight end and starts no other. */
  readonly shouldStop?: () => boolean;
  /** The same from outside, at any moment: also ends all waiting. */
  readonly stopSignal?: AbortSignal;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly createProvider?: (options: ProviderOptions) => Provider;
}

/**
 * Asks what a run's plan lacks, and records every answer. Endpoints of one origin and key share their limits; a target
 * that cannot answer is ended and the others go on. The terminal is the caller's: progress comes as events.
 * @throws StoreError when answers cannot be kept; what was recorded before stays
 */
export async function runSamples(options: SamplingOptions): Promise<SamplingResult> {
  const { writer, limits } = options;
  const clock = options.clock ?? systemClock;
  const manifest = writer.manifest();
  const create = options.createProvider ?? createProviderOf;
  const session = createSession({
    writer,
    clock,
    random: options.random ?? seededRandom((manifest.seed ?? 0) + writer.size()),
    maxRequests: limits.maxRequests,
    shouldStop: options.shouldStop,
    onEvent: options.onEvent === undefined ? undefined : scrubbed(options.onEvent, writer),
  });
  const lanes = new Map<string, TargetQueue[]>();
  for (const { target, apiKey, headers } of options.endpoints) {
    const provider = create({ target, apiKey, headers, timeoutMs: limits.timeoutMs });
    const queue = createTargetQueue(target.name, provider, planTarget(manifest, target.name), writer.has);
    const lane = `${originOf(target)} ${apiKey ?? ""}`;
    lanes.set(lane, [...(lanes.get(lane) ?? []), queue]);
  }
  const queues = [...lanes.values()].flat();
  session.emit({
    type: "started",
    targets: queues.map(({ name, planned, recordedBefore }) => ({ name, planned, recorded: recordedBefore })),
  });

  const cancelDeadline =
    limits.maxMinutes === undefined
      ? () => {}
      : clock.after(limits.maxMinutes * 60_000, () => session.stop("max-minutes"));
  const stop = () => session.stop("asked-to");
  options.stopSignal?.addEventListener("abort", stop, { once: true });
  if (options.stopSignal?.aborted === true) stop();
  try {
    await Promise.all([...lanes.values()].map((lane) => runLane(session, lane, limits)));
    await session.finish();
  } finally {
    cancelDeadline();
    options.stopSignal?.removeEventListener("abort", stop);
  }
  const reason = session.stopped();
  return {
    status: queues.every((queue) => queue.recordedBefore + queue.recorded >= queue.planned)
      ? "complete"
      : "stopped",
    stopReason: reason === "store" ? null : reason,
    requests: session.requests(),
    targets: queues.map((queue) => ({
      name: queue.name,
      planned: queue.planned,
      recordedBefore: queue.recordedBefore,
      recorded: queue.recorded,
      ok: queue.ok,
      failed: queue.failed,
      ended:
        queue.ended === null
          ? null
          : { errorClass: queue.ended.errorClass, message: writer.scrub(queue.ended.message) },
    })),
  };
}

function scrubbed(
  onEvent: (event: SamplingEvent) => void,
  writer: RunWriter,
): (event: SamplingEvent) => void {
  return (event) => onEvent("message" in event ? { ...event, message: writer.scrub(event.message) } : event);
}

function originOf({ api, baseURL }: Target): string {
  if (baseURL !== null) return new URL(baseURL).origin;
  return api === "anthropic" ? "anthropic" : "openai";
}
