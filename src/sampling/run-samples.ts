import { watchedProvider } from "../providers/answer-watch.ts";
import { createProvider as createProviderOf } from "../providers/create-provider.ts";
import type { Provider, ProviderOptions } from "../providers/provider.ts";
import type { Manifest } from "../schema/manifest.ts";
import { type Random, seededRandom } from "../schema/random.ts";
import type { Target } from "../schema/target.ts";
import type { RunWriter } from "../store/run-writer.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { ConcurrencyControl } from "./concurrency-control.ts";
import { type LaneLimits, runLane } from "./lane.ts";
import { planSamples, probeOrder } from "./plan.ts";
import { createProbeFront, type ProbeFront } from "./probe-front.ts";
import type { SamplingEvent, SamplingResult } from "./sampling-events.ts";
import { createSession, type Session } from "./session.ts";
import type { Spending } from "./spending.ts";
import type { StoppingRule } from "./stopping-rule.ts";
import { createTargetQueue, type TargetQueue } from "./target-queue.ts";

/** A target with what it takes to reach it. */
export interface Endpoint {
  readonly target: Target;
  readonly apiKey: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the endpoint has the batch API of its protocol; left out, only the providers' own hosts are known to. */
  readonly batch?: boolean | undefined;
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
  /** Ends sampling when the answers decide; asks all targets the same probes in the same order. */
  readonly rule?: StoppingRule;
  /** The same as `shouldStop` from outside, at any moment: also ends all waiting. */
  readonly stopSignal?: AbortSignal;
  /** Follows the cost and keeps to a budget; sampling ends with the reason `budget` when no further request fits. */
  readonly spending?: Spending | undefined;
  /** Takes the place of `limits.concurrency` once it is changed. */
  readonly concurrency?: ConcurrencyControl | undefined;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly createProvider?: (options: ProviderOptions) => Provider | Promise<Provider>;
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
  const { rule } = options;
  const lanes = new Map<string, TargetQueue[]>();
  for (const { target, apiKey, headers } of options.endpoints) {
    const { timeoutMs } = limits;
    const provider = watchedProvider(
      await create({ target, apiKey, headers, timeoutMs, scrub: writer.scrub }),
      target,
      (warning) => session.emit({ type: "warned", target: target.name, ...warning }),
    );
    const plan = () => planSamples(manifest, target.name, rule === undefined ? "rounds" : "probe-major");
    const queue = createTargetQueue(target, provider, plan, writer.has);
    const lane = `${originOf(target)} ${apiKey ?? ""}`;
    lanes.set(lane, [...(lanes.get(lane) ?? []), queue]);
  }
  const queues = [...lanes.values()].flat();
  const front = rule === undefined ? undefined : frontOf(queues, manifest, limits.concurrency);
  const session = createSession({
    writer,
    clock,
    random: options.random ?? seededRandom((manifest.seed ?? 0) + writer.size()),
    maxRequests: limits.maxRequests,
    shouldStop: options.shouldStop,
    front,
    spending: options.spending,
    concurrency: options.concurrency,
    onRecorded: (record) => {
      // What was just recorded is never redacted.
      if (typeof record.text === "string") rule?.answered({ ...record, text: writer.scrub(record.text) });
    },
    onEvent: options.onEvent === undefined ? undefined : scrubbed(options.onEvent, writer),
  });
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
    const judge = rule === undefined ? null : createJudge(session, rule);
    await judge?.finish();
    await Promise.all([...lanes.values()].map((lane) => runLane(session, lane, limits)));
    await judge?.finish();
    await session.finish();
  } finally {
    cancelDeadline();
    options.stopSignal?.removeEventListener("abort", stop);
  }
  const reason = session.stopped();
  const complete = queues.every((queue) => queue.recordedBefore + queue.recorded >= queue.planned);
  // The last request that was allowed may have been the last one needed.
  const needless = reason === "store" || (reason === "max-requests" && complete);
  return {
    status: complete ? "complete" : "stopped",
    stopReason: needless ? null : reason,
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

/** Targets keep together, but for what it takes to use the concurrency that is allowed. */
function frontOf(queues: readonly TargetQueue[], manifest: Manifest, concurrency: number): ProbeFront {
  const order = probeOrder(manifest);
  const fewestSamples = order.reduce((fewest, { samples }) => Math.min(fewest, samples), concurrency);
  return createProbeFront(placesOf(queues), order.length, 1 + Math.ceil(concurrency / fewestSamples));
}

function* placesOf(queues: readonly TargetQueue[]): Generator<number> {
  for (const { fresh } of queues) for (const { place } of fresh.all()) yield place;
}

/** Asks the rule about every advance of the front, one after another, while answers go on coming in. */
function createJudge(session: Session, rule: StoppingRule): { finish(): Promise<void> } {
  let judged = -1;
  let judging = Promise.resolve();
  const judge = () => {
    judging = judging
      .then(async () => {
        const count = session.front?.count() ?? 0;
        if (session.stopped() !== null || count === judged) return;
        judged = count;
        if (await rule.settled(count)) session.stop("decided");
      })
      .catch((error: unknown) => session.fail(error));
  };
  session.front?.onAdvance(judge);
  judge();
  return { finish: () => judging };
}

function scrubbed(
  onEvent: (event: SamplingEvent) => void,
  writer: RunWriter,
): (event: SamplingEvent) => void {
  return (event) => {
    if ("message" in event) onEvent({ ...event, message: writer.scrub(event.message) });
    else if (event.type === "recorded" && event.servedModel !== null)
      onEvent({ ...event, servedModel: writer.scrub(event.servedModel) });
    else onEvent(event);
  };
}

function originOf({ api, baseURL }: Target): string {
  if (baseURL !== null) return new URL(baseURL).origin;
  return api === "anthropic" ? "anthropic" : "openai";
}
