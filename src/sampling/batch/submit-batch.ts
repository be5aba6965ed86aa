import { randomBytes } from "node:crypto";
import { ProviderError } from "../../errors.ts";
import type { PlannedSample } from "../plan.ts";
import type { OpenBatch, SampleNumbers } from "./batch-ledger.ts";
import {
  attempt,
  type BatchSession,
  type BatchTarget,
  closeBatch,
  endTarget,
  isRefusal,
  noteOf,
  putBack,
  say,
  viewOf,
} from "./batch-session.ts";
import { customIdOf, prepareBatch } from "./prepare-batch.ts";

/**
 * Makes a batch of samples that are missing and submits it. What it holds is on disk before it is sent, so that after a
 * crash it is looked for at the provider instead of being paid for a second time.
 * @returns false where a limit allows no request at the moment
 */
export async function submitNextBatch(session: BatchSession, target: BatchTarget): Promise<boolean> {
  const key = randomBytes(16).toString("hex");
  const { api, missing } = target;
  const most = Math.min(session.allowed(), target.mostRequests);
  if (most === 0) return false;
  const bytes = session.mostBytes;
  const whole = prepareBatch(api, key, missing, { requests: most, bytes });
  const within = setAside(session, whole.samples);
  if (within === 0) return false;
  const { samples, lines, sha256 } =
    within === whole.samples.length ? whole : prepareBatch(api, key, missing, { requests: within, bytes });
  const requests = samples.map(
    ({ suite, probe, wording, index }): SampleNumbers => [suite, probe.id, wording, index],
  );
  const intendedAt = session.date().toISOString();
  await target.log.append({ schemaVersion: 1, event: "intended", key, at: intendedAt, requests, sha256 });
  missing.splice(0, samples.length);
  const batch: OpenBatch = {
    key,
    intendedAt,
    requests,
    sha256,
    fileId: null,
    batchId: null,
    submittedAt: null,
  };
  target.ledger.open.push(batch);
  viewOf(target, batch, session).maySubmitted = false;
  session.submitted(samples.length);
  await send(session, target, batch, lines);
  return true;
}

/** Sets the possible cost of the first samples aside, of as many as fit into the budget, and says how many. */
function setAside(session: BatchSession, samples: readonly PlannedSample[]): number {
  const { spending } = session;
  if (spending === undefined) return samples.length;
  for (const [count, sample] of samples.entries()) {
    const room = spending.room(sample);
    if (room === "none") session.spent();
    if (room !== "fits") return count;
    spending.started(sample);
  }
  return samples.length;
}

async function send(
  session: BatchSession,
  target: BatchTarget,
  batch: OpenBatch,
  lines: readonly string[],
): Promise<void> {
  const { api, log } = target;
  const { key } = batch;
  const at = () => session.date().toISOString();
  const view = viewOf(target, batch, session);
  try {
    if (api.upload !== null && batch.fileId === null) {
      const { upload } = api;
      const fileId = await attempt(session, target, () => upload(lines, key, session.signal));
      if (fileId === null) return;
      await log.append({ schemaVersion: 1, event: "uploaded", key, at: at(), fileId });
      batch.fileId = fileId;
    }
    if (session.stopped() !== null) return;
    const { fileId } = batch;
    view.maySubmitted = true;
    view.uncertainSince = session.clock.now();
    const batchId = await attempt(session, target, async () => {
      try {
        // Not the session's signal: a submission that is cut short leaves a batch that nobody knows of.
        return await api.create({ key, lines, fileId }, new AbortController().signal);
      } catch (error) {
        // A refusal is an answer: nothing was submitted.
        if (error instanceof ProviderError && (isRefusal(error) || error.errorClass === "rate-limited"))
          view.maySubmitted = false;
        throw error;
      }
    });
    if (batchId !== null) await named(session, target, batch, batchId);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    await rejectBatch(session, target, batch, error);
  }
}

async function named(
  session: BatchSession,
  target: BatchTarget,
  batch: OpenBatch,
  batchId: string,
): Promise<void> {
  const at = session.date().toISOString();
  await target.log.append({ schemaVersion: 1, event: "submitted", key: batch.key, at, batchId });
  batch.batchId = batchId;
  batch.submittedAt = at;
  target.ledger.batchIds.add(batchId);
  noteOf(session, target, `batch ${batchId} of ${requestsText(batch)} is submitted`);
}

/**
 * Finds out whether a batch of which only the intention is recorded was submitted, and submits it if it was not. One
 * that may be the batch looked for, but does not show yet what it holds, is waited for.
 */
export async function settleSubmission(
  session: BatchSession,
  target: BatchTarget,
  batch: OpenBatch,
): Promise<void> {
  const view = viewOf(target, batch, session);
  const samples = batch.requests.map(target.sampleOf);
  if (view.maySubmitted) {
    const customIds = new Set(samples.map(({ sampleId }) => customIdOf(batch.key, sampleId)));
    const { key, fileId } = batch;
    const since = new Date(batch.intendedAt);
    const lost = { key, fileId, customIds, since, others: target.ledger.batchIds };
    const found = await attempt(session, target, () => target.api.find(lost, session.signal));
    if (found === null) return;
    if ("batchId" in found) return named(session, target, batch, found.batchId);
    if (found.undecided.length > 0) {
      say(
        session,
        target,
        batch,
        `it is not known whether a batch of ${requestsText(batch)} was submitted before the interruption; ${found.undecided.join(", ")} may be it and shows what it holds when it has ended: waiting for that`,
      );
      return;
    }
    const leftMs = session.settleMs - (session.clock.now() - view.uncertainSince);
    if (leftMs > 0) {
      say(
        session,
        target,
        batch,
        `it is not known whether a batch of ${requestsText(batch)} was submitted; it is looked for at the endpoint for ${Math.ceil(leftMs / 1000)} s before it is submitted again`,
      );
      return;
    }
    view.maySubmitted = false;
  }
  if (session.stopped() !== null) return;
  if (target.ended !== null) {
    await closeBatch(session, target, batch, { how: "rejected", message: "it was not submitted" });
    putBack(target, samples);
    return;
  }
  const { lines, sha256 } = prepareBatch(target.api, batch.key, samples, {
    requests: samples.length,
    bytes: Number.POSITIVE_INFINITY,
  });
  if (lines.length < samples.length || sha256 !== batch.sha256) {
    // Nothing was submitted under this key: the samples go into another batch.
    await closeBatch(session, target, batch, {
      how: "rejected",
      message: "its requests were made otherwise",
    });
    putBack(target, samples);
    return;
  }
  await send(session, target, batch, lines);
}

/** A batch that the provider refused as a whole, which asked nothing: a smaller one is tried where its queue is full. */
export async function rejectBatch(
  session: BatchSession,
  target: BatchTarget,
  batch: OpenBatch,
  error: ProviderError,
  queueIsFull = false,
): Promise<void> {
  const samples = batch.requests.map(target.sampleOf);
  const count = samples.length;
  const othersWork = target.ledger.open.some((other) => other !== batch && other.batchId !== null);
  await closeBatch(session, target, batch, { how: "rejected", message: error.message });
  putBack(target, samples);
  if (!queueIsFull || (count === 1 && !othersWork)) return endTarget(session, target, error);
  if (othersWork) {
    target.waitsForEnd = true;
    noteOf(session, target, `${error.message}: waiting for an earlier batch to end`);
  } else {
    target.mostRequests = Math.ceil(count / 2);
    noteOf(session, target, `${error.message}: trying batches of ${target.mostRequests} requests`);
  }
}

export const requestsText = ({ requests }: OpenBatch): string =>
  requests.length === 1 ? "1 request" : `${requests.length} requests`;
