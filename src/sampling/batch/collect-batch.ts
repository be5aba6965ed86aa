import { ProviderError } from "../../errors.ts";
import type { BatchItem, BatchState } from "../../providers/batch/batch-api.ts";
import type { Answer, Reply } from "../../providers/provider.ts";
import type { Attempt } from "../../schema/transcript.ts";
import type { PlannedSample } from "../plan.ts";
import { asSampleOf, malformedAnswer } from "../recorded-answer.ts";
import { type OpenBatch, sampleKey } from "./batch-ledger.ts";
import {
  type BatchSession,
  type BatchTarget,
  closeBatch,
  endTarget,
  noteOf,
  viewOf,
} from "./batch-session.ts";
import { judgeItem } from "./judge-item.ts";
import { bodyOf, customIdOf, sha256Of } from "./prepare-batch.ts";

/** Results that wait for the disk, at most. */
const mostPendingWrites = 500;
/** Results that lack some are read so often before the lacking ones are believed to be lost. */
const mostReadings = 3;

/**
 * Reads the results of a batch that has ended and records them as they come. Ids that the batch does not hold, and the
 * second result of an id, are refused. Requests without a result are asked again, or given up.
 * @returns false where the results could not be read whole: the batch stays open, and reading it again repeats nothing
 * @throws ProviderError where they cannot be read at all, StoreError when the disk refuses
 */
export async function collectBatch(
  session: BatchSession,
  target: BatchTarget,
  batch: OpenBatch,
  state: BatchState,
): Promise<boolean> {
  const samples = batch.requests.map(target.sampleOf);
  if (sha256Of(target.api, batch.key, samples) !== batch.sha256)
    throw new ProviderError(
      "bad-request",
      `batch ${state.batchId} was made of other request bodies than this version makes: collect it with the version that submitted it, or give it up with --abandon-batches`,
    );
  const unseen = new Map(samples.map((sample) => [customIdOf(batch.key, sample.sampleId), sample]));
  const own = new Set(unseen.keys());
  const refused = { unknown: 0, repeated: 0, unreadable: 0 };
  const writes = createWrites();
  const settle = settler(session, target, { batch, state, writes });
  try {
    for await (const result of target.api.results(state, session.signal)) {
      await writes.room();
      if (session.stopped() !== null) break;
      if ("unreadable" in result) {
        refused.unreadable++;
        continue;
      }
      const sample = unseen.get(result.customId);
      unseen.delete(result.customId);
      if (sample !== undefined) settle(sample, result);
      else if (own.has(result.customId)) refused.repeated++;
      else refused.unknown++;
    }
  } finally {
    await writes.done();
  }
  if (session.stopped() !== null) return false;
  if (unseen.size === own.size && !state.cancelled && state.status !== "expired")
    throw new ProviderError(
      "bad-request",
      `batch ${state.batchId} has ended (${state.status}), but its results hold none of its ${own.size} requests`,
    );
  const view = viewOf(target, batch, session);
  if (unseen.size > 0 && ++view.incomplete < mostReadings) {
    noteOf(
      session,
      target,
      `the results of batch ${state.batchId} lack ${unseen.size} of ${own.size} requests: reading them again`,
    );
    return false;
  }
  for (const [customId, sample] of unseen) settle(sample, lacking(customId, state));
  await writes.done();
  noteOf(session, target, summary(state, { ...refused, missing: unseen.size }));
  await closeBatch(session, target, batch, { how: "collected", message: null });
  return true;
}

/** A request of which the results say nothing. */
function lacking(customId: string, state: BatchState): BatchItem {
  const why = `the results of batch ${state.batchId} (${state.status}) lack this request`;
  const unexecuted = state.cancelled || state.status === "expired";
  const error = new ProviderError(unexecuted ? "overloaded" : "malformed", why);
  return { customId, requestId: null, response: null, result: { error } };
}

function summary(
  { batchId, status }: BatchState,
  counts: { unknown: number; repeated: number; unreadable: number; missing: number },
): string {
  const notes = [
    [counts.missing, "had no result"],
    [counts.repeated, "results came a second time and were refused"],
    [counts.unknown, "results were for requests that it does not hold and were refused"],
    [counts.unreadable, "lines could not be read"],
  ] as const;
  const said = notes.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  return [`batch ${batchId} is collected (${status})`, ...said].join("; ");
}

/** What is done with each result. */
function settler(
  session: BatchSession,
  target: BatchTarget,
  about: { readonly batch: OpenBatch; readonly state: BatchState; readonly writes: Writes },
): (sample: PlannedSample, item: BatchItem) => void {
  const { writer } = session;
  const { batch, state, writes } = about;
  const startedAt = batch.submittedAt ?? batch.intendedAt;
  const latencyMs = state.lastedMs ?? Math.max(0, session.date().getTime() - Date.parse(startedAt));
  const { failures } = target.ledger;
  const view = viewOf(target, batch, session);

  return (sample, item) => {
    // Dealt with before the collection was cut short.
    if (writer.has(sample.sampleId) || view.failed.has(sample.sampleId)) return;
    const { suite, probe, wording, index } = sample;
    const key = sampleKey([suite, probe.id, wording, index]);
    const before = (failures.get(key) ?? []).filter((failure) => failure.batch !== batch.key);
    const error = "error" in item.result ? item.result.error : null;
    const attempt: Attempt = {
      startedAt,
      latencyMs,
      status: item.response?.status ?? null,
      errorClass: error?.errorClass ?? null,
      message: error === null ? null : error.message.slice(0, 500),
      retryAfterMs: null,
      requestId: item.requestId,
    };
    const attempts = [...before.map((failure) => failure.attempt), attempt];
    const request = { url: target.api.url, headers: {}, body: bodyOf(target.api, sample) as never };
    const exchange = { request, response: item.response, attempt };
    const reply: Reply = { exchange, ...item.result };
    session.spending?.ended(sample, reply);
    const record = (answer: Answer) =>
      writes.add(
        writer
          .append({
            suite,
            probe: probe.id,
            wording,
            target: target.name,
            index,
            request,
            attempts,
            response: item.response,
            ...answer,
            latencyMs: null,
            startedAt,
            batchId: state.batchId,
          })
          .then(() => {
            target.recorded++;
            if (answer.outcome === "ok") target.ok++;
            const { outcome, servedModel } = answer;
            session.emit({
              type: "recorded",
              target: target.name,
              outcome,
              attempts: attempts.length,
              servedModel,
              inBatch: true,
            });
          }),
      );
    if ("answer" in item.result) {
      for (const warning of target.watch(item.result.answer))
        session.emit({ type: "warned", target: target.name, ...warning });
      record(asSampleOf(probe, item.result.answer));
      return;
    }
    const { error: failure } = item.result;
    const verdict = judgeItem(failure, {
      attempts: attempts.length,
      cancelled: state.cancelled,
      responded: item.response !== null,
    });
    if (verdict === "record-malformed") {
      record(malformedAnswer);
      return;
    }
    const again = verdict === "ask-again" && target.ended === null;
    view.failed.add(sample.sampleId);
    const { errorClass, message } = failure;
    session.emit({
      type: "attempt-failed",
      target: target.name,
      errorClass,
      message,
      retryInMs: again ? 0 : null,
    });
    writes.add(
      target.log.append({
        schemaVersion: 1,
        event: "failed",
        key: batch.key,
        suite,
        probe: probe.id,
        wording,
        index,
        attempt,
        final: !again,
      }),
    );
    if (again) {
      failures.set(key, [...before, { batch: batch.key, attempt }]);
      view.again.push(sample);
      return;
    }
    failures.delete(key);
    target.failed++;
    writes.add(
      writer.recordFailure({ suite, probe: probe.id, wording, target: target.name, index, attempts }),
    );
    session.emit({ type: "gave-up", target: target.name, message });
    if (verdict === "end-target") endTarget(session, target, failure);
  };
}

interface Writes {
  add(write: Promise<void>): void;
  /** Resolves when there is room for another. @throws the error of a write that failed */
  room(): Promise<void>;
  /** Resolves when all are done. */
  done(): Promise<void>;
}

function createWrites(): Writes {
  const pending = new Set<Promise<void>>();
  let failure: { error: unknown } | null = null;
  const check = () => {
    if (failure !== null) throw failure.error;
  };
  return {
    add(write) {
      const tracked: Promise<void> = write
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => pending.delete(tracked));
      pending.add(tracked);
    },
    async room() {
      while (pending.size >= mostPendingWrites) await Promise.race(pending);
      check();
    },
    async done() {
      await Promise.all(pending);
      check();
    },
  };
}
