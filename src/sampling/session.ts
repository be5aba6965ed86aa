import { setMaxListeners } from "node:events";
import type { Reply } from "../providers/provider.ts";
import type { Random } from "../schema/random.ts";
import type { SampleRecord } from "../schema/transcript.ts";
import type { RunWriter } from "../store/run-writer.ts";
import type { Clock } from "./clock.ts";
import type { ConcurrencyControl } from "./concurrency-control.ts";
import type { ProbeFront } from "./probe-front.ts";
import { malformedAnswer } from "./recorded-answer.ts";
import type { SamplingEvent, StopReason } from "./sampling-events.ts";
import type { Spending } from "./spending.ts";
import type { PendingSample } from "./target-queue.ts";

/** What all lanes of one call of `runSamples` share: the store, the budget, the reason to stop. */
export interface Session {
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: (event: SamplingEvent) => void;
  /** How far all targets have come in the common order of probes; null where each goes its own pace. */
  readonly front: ProbeFront | null;
  /** Aborts requests in flight, only when their answers could not be kept. */
  readonly signal: AbortSignal;
  /** Whether a request of this sample may start now: false when none may any more, or the budget has no room for it yet. */
  mayStart(sample: PendingSample): boolean;
  /** Called when requests that ended may have left room in the budget. */
  onRoom(callback: () => void): void;
  /** Called when another concurrency is asked for. */
  onConcurrency(callback: (concurrency: number) => void): void;
  requests(): number;
  stopped(): StopReason | null;
  stop(reason: StopReason): void;
  /** Called once when no further request may start. */
  onStop(callback: () => void): void;
  requestStarted(sample: PendingSample): void;
  requestEnded(): void;
  /** What a request used up is known. */
  replied(sample: PendingSample, reply: Reply): void;
  /** Samples on their way to the disk. */
  pendingWrites(): number;
  /** Characters of their responses. */
  pendingCharacters(): number;
  /** Called after every write. */
  onWritten(callback: () => void): void;
  /** Records an answer (or what the model says instead of one) without keeping the caller waiting. */
  record(sample: PendingSample, reply: Reply, written: () => void): void;
  /** Records that a sample was given up. */
  recordFailure(sample: PendingSample): void;
  /** Stops everything because of an error nobody can work around; `finish` throws it. */
  fail(error: unknown): void;
  /** Resolves when everything recorded is on disk. @throws the error given to `fail` */
  finish(): Promise<void>;
}

export interface SessionOptions {
  readonly writer: RunWriter;
  readonly clock: Clock;
  readonly random: Random;
  readonly maxRequests?: number | undefined;
  readonly shouldStop?: (() => boolean) | undefined;
  readonly front?: ProbeFront | undefined;
  /** Follows the cost, and says whether a request is within the budget. */
  readonly spending?: Spending | undefined;
  /** Changes the concurrency of all lanes while they work. */
  readonly concurrency?: ConcurrencyControl | undefined;
  /** Called with every sample once it is on disk. */
  readonly onRecorded?: ((record: SampleRecord) => void) | undefined;
  readonly onEvent?: ((event: SamplingEvent) => void) | undefined;
}

export function createSession(options: SessionOptions): Session {
  const { writer, clock, random, spending } = options;
  const maxRequests = options.maxRequests ?? Number.POSITIVE_INFINITY;
  const abort = new AbortController();
  // Every request in flight listens to it.
  setMaxListeners(0, abort.signal);
  const writes = new Set<Promise<void>>();
  const stopCallbacks: (() => void)[] = [];
  const writtenCallbacks: (() => void)[] = [];
  const roomCallbacks: (() => void)[] = [];
  let waitsForRoom = false;
  let pendingCharacters = 0;
  let requests = 0;
  let inFlight = 0;
  let stopped: StopReason | null = null;
  let failure: { error: unknown } | null = null;
  const emit = options.onEvent ?? (() => {});

  const stop = (reason: StopReason) => {
    if (stopped !== null) return;
    stopped = reason;
    emit({ type: "stopping", reason, inFlight });
    for (const callback of stopCallbacks) callback();
  };
  const fail = (error: unknown) => {
    failure ??= { error };
    stop("store");
    abort.abort(error);
  };
  const track = (write: Promise<void>) => {
    const tracked: Promise<void> = write.catch(fail).finally(() => {
      writes.delete(tracked);
      for (const callback of writtenCallbacks) callback();
    });
    writes.add(tracked);
  };

  return {
    clock,
    random,
    emit,
    front: options.front ?? null,
    signal: abort.signal,
    mayStart(sample) {
      if (stopped === null && options.shouldStop?.() === true) stop("asked-to");
      if (stopped === null && requests >= maxRequests) stop("max-requests");
      const room = stopped === null ? (spending?.room(sample.planned) ?? "fits") : "none";
      if (stopped === null && room === "none") stop("budget");
      waitsForRoom ||= room === "wait";
      return room === "fits";
    },
    onRoom: (callback) => void roomCallbacks.push(callback),
    onConcurrency: (callback) => options.concurrency?.onChange(callback),
    requests: () => requests,
    stopped: () => stopped,
    stop,
    onStop: (callback) => void stopCallbacks.push(callback),
    requestStarted(sample) {
      requests++;
      inFlight++;
      spending?.started(sample.planned);
      // Nobody need wait for a moment at which nothing may start.
      if (requests >= maxRequests) stop("max-requests");
    },
    requestEnded() {
      inFlight--;
    },
    replied(sample, reply) {
      spending?.ended(sample.planned, reply);
      if (!waitsForRoom) return;
      waitsForRoom = false;
      // Not before the caller has dealt with the reply: it may be asked again.
      queueMicrotask(() => {
        for (const callback of roomCallbacks) callback();
      });
    },
    pendingWrites: () => writes.size,
    pendingCharacters: () => pendingCharacters,
    onWritten: (callback) => void writtenCallbacks.push(callback),
    record(sample, reply, written) {
      const record = sampleRecord(sample, reply);
      const characters = reply.exchange.response?.body.length ?? 0;
      pendingCharacters += characters;
      track(
        writer.append(record).then(() => {
          pendingCharacters -= characters;
          options.onRecorded?.(record);
          written();
          emit({
            type: "recorded",
            target: record.target,
            outcome: record.outcome,
            attempts: record.attempts.length,
            servedModel: record.servedModel,
          });
        }),
      );
    },
    recordFailure(sample) {
      const { suite, probe, wording, target, index } = sample.planned;
      track(
        writer.recordFailure({ suite, probe: probe.id, wording, target, index, attempts: sample.attempts }),
      );
    },
    fail,
    async finish() {
      while (writes.size > 0) await Promise.all(writes);
      if (failure !== null) throw failure.error;
    },
  };
}

/** The record of a sample: its answer, or for an error a `malformed` outcome with what came back. */
function sampleRecord(sample: PendingSample, reply: Reply): SampleRecord {
  const { suite, probe, wording, target, index } = sample.planned;
  const { request, response, attempt } = reply.exchange;
  const answer = "answer" in reply ? reply.answer : malformedAnswer;
  return {
    suite,
    probe: probe.id,
    wording,
    target,
    index,
    request,
    attempts: sample.attempts,
    response,
    ...answer,
    latencyMs: attempt.latencyMs,
    startedAt: attempt.startedAt,
  };
}
