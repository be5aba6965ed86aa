import { createAnswerWatch } from "../../providers/answer-watch.ts";
import { createBatchApi } from "../../providers/batch/create-batch-api.ts";
import { type Random, seededRandom } from "../../schema/random.ts";
import { openBatchLog } from "../../store/batch-log.ts";
import type { Secret } from "../../store/secret-filter.ts";
import { systemClock } from "../clock.ts";
import { planTarget } from "../plan.ts";
import type { Endpoint, SamplingOptions } from "../run-samples.ts";
import type { SamplingResult, StopReason } from "../sampling-events.ts";
import { readBatchLedger, type SampleNumbers } from "./batch-ledger.ts";
import type { BatchSession, BatchTarget } from "./batch-session.ts";
import { defaultPollTimes, type PollTimes } from "./poll-delay.ts";
import { runTargetBatches } from "./target-batches.ts";

/** How batches are waited for. */
export interface BatchOptions {
  readonly pollTimes?: PollTimes | undefined;
  /** How long after an interrupted submission a batch may still appear at the provider, in milliseconds. */
  readonly settleMs?: number | undefined;
  /** Longest batch that is made, in bytes, whatever the provider takes: it is in memory when it is sent. */
  readonly mostBytes?: number | undefined;
}

export interface RunBatchesOptions extends Omit<SamplingOptions, "rule" | "createProvider" | "concurrency"> {
  readonly batch: BatchOptions;
  readonly date: () => Date;
  readonly secrets: readonly Secret[];
}

const defaultSettleMs = 60_000;
const defaultMostBytes = 16_000_000;

/**
 * Asks what a run's plan lacks of some targets through their batch APIs: the counterpart of `runSamples`. It may end with
 * batches open, which the next call goes on waiting for.
 * @throws StoreError when answers cannot be kept
 */
export async function runBatches(options: RunBatchesOptions): Promise<SamplingResult> {
  const { writer, limits } = options;
  const clock = options.clock ?? systemClock;
  const random: Random = options.random ?? seededRandom((writer.manifest().seed ?? 0) + writer.size());
  const abort = new AbortController();
  let stopped: StopReason | null = null;
  let limited: "max-requests" | "budget" | null = null;
  let requests = 0;
  let money = true;
  const waiting = new Set<() => void>();
  const emit = options.onEvent ?? (() => {});

  const stop = (reason: StopReason) => {
    if (stopped !== null) return;
    stopped = reason;
    emit({ type: "stopping", reason, inFlight: 0 });
    abort.abort(new Error("sampling stopped"));
    for (const wake of waiting) wake();
  };
  const session: BatchSession = {
    writer,
    clock,
    random,
    emit,
    date: options.date,
    spending: options.spending,
    pollTimes: options.batch.pollTimes ?? defaultPollTimes,
    settleMs: options.batch.settleMs ?? defaultSettleMs,
    mostBytes: options.batch.mostBytes ?? defaultMostBytes,
    signal: abort.signal,
    stopped: () => stopped,
    stop,
    allowed() {
      if (stopped === null && options.shouldStop?.() === true) stop("asked-to");
      if (stopped !== null || !money) return 0;
      const left = (limits.maxRequests ?? Number.POSITIVE_INFINITY) - requests;
      if (left <= 0) limited ??= "max-requests";
      return Math.max(0, left);
    },
    submitted(count) {
      requests += count;
    },
    spent() {
      money = false;
      limited ??= "budget";
    },
    requests: () => requests,
    sleep: (ms) =>
      new Promise((resolve) => {
        if (stopped !== null) return resolve();
        const wake = () => {
          cancel();
          waiting.delete(wake);
          resolve();
        };
        const cancel = clock.after(ms, wake);
        waiting.add(wake);
      }),
  };

  const targets: BatchTarget[] = [];
  const askedTo = () => stop("asked-to");
  options.stopSignal?.addEventListener("abort", askedTo, { once: true });
  if (options.stopSignal?.aborted === true) askedTo();
  const cancelDeadline =
    limits.maxMinutes === undefined
      ? () => {}
      : clock.after(limits.maxMinutes * 60_000, () => stop("max-minutes"));
  try {
    for (const endpoint of options.endpoints) targets.push(await openTarget(endpoint, options));
    emit({
      type: "started",
      targets: targets.map(({ name, planned, recordedBefore }) => ({
        name,
        planned,
        recorded: recordedBefore,
      })),
    });
    const runs = targets.map((target) =>
      runTargetBatches(session, target).catch((error: unknown) => {
        stop("store");
        throw error;
      }),
    );
    const failed = (await Promise.allSettled(runs)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  } finally {
    cancelDeadline();
    options.stopSignal?.removeEventListener("abort", askedTo);
    await Promise.all(targets.map(({ log }) => log.close()));
  }
  const complete = targets.every(
    ({ planned, recordedBefore, recorded }) => recordedBefore + recorded >= planned,
  );
  return {
    status: complete ? "complete" : "stopped",
    stopReason: complete ? null : endReason(stopped ?? limited),
    requests,
    targets: targets.map((target) => ({
      name: target.name,
      planned: target.planned,
      recordedBefore: target.recordedBefore,
      recorded: target.recorded,
      ok: target.ok,
      failed: target.failed,
      ended:
        target.ended === null
          ? null
          : { errorClass: target.ended.errorClass, message: writer.scrub(target.ended.message) },
    })),
  };
}

const endReason = (reason: StopReason | null) => (reason === "store" ? null : reason);

async function openTarget(
  { target, apiKey, headers }: Endpoint,
  options: RunBatchesOptions,
): Promise<BatchTarget> {
  const { writer, limits, spending } = options;
  const { name } = target;
  const log = await openBatchLog(writer.dir, name, { secrets: options.secrets });
  const ledger = await readBatchLedger(writer.dir, name);
  const manifest = writer.manifest();
  const probes = new Map(
    manifest.suites.flatMap((suite) => suite.probes.map((probe) => [`${suite.name}\n${probe.id}`, probe])),
  );
  const sampleOf = ([suite, probeId, wording, index]: SampleNumbers) => {
    const sampleId = writer.sampleIdOf({ suite, probe: probeId, wording, target: name, index });
    const probe = probes.get(`${suite}\n${probeId}`);
    if (probe === undefined) throw new Error(`no probe ${probeId} although its sample is known`);
    return { sampleId, suite, probe, wording, target: name, index, place: 0 };
  };
  const inBatches = ledger.open.flatMap(({ requests }) => requests.map(sampleOf));
  const plan = planTarget(manifest, name);
  const unrecorded = plan.filter(({ sampleId }) => !writer.has(sampleId));
  for (const sample of inBatches) if (!writer.has(sample.sampleId)) spending?.started(sample);
  const asked = new Set(inBatches.map(({ sampleId }) => sampleId));
  return {
    name,
    api: await createBatchApi({ target, apiKey, headers, timeoutMs: limits.timeoutMs, scrub: writer.scrub }),
    log,
    ledger,
    planned: plan.length,
    recordedBefore: plan.length - unrecorded.length,
    missing: unrecorded.filter(({ sampleId }) => !asked.has(sampleId)),
    sampleOf,
    views: new Map(),
    watch: createAnswerWatch(target),
    mostRequests: Number.POSITIVE_INFINITY,
    recorded: 0,
    ok: 0,
    failed: 0,
    ended: null,
    unreachable: false,
    unreached: 0,
    waitsForEnd: false,
    pauseMs: 0,
  };
}
