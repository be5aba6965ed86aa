import { ProviderError } from "../../errors.ts";
import { classifyError } from "../../providers/classify-error.ts";
import type { OpenBatch } from "./batch-ledger.ts";
import { attempt, type BatchSession, type BatchTarget, endTarget, say, viewOf } from "./batch-session.ts";
import { collectBatch } from "./collect-batch.ts";
import { createPollDelay } from "./poll-delay.ts";
import { rejectBatch, settleSubmission, submitNextBatch } from "./submit-batch.ts";

/**
 * Submits what a target lacks in batches, waits for them and collects them, until nothing is left that could be asked in
 * this session or sampling stops. Batches that an earlier session left open are waited for first.
 * @throws StoreError when answers cannot be kept
 */
export async function runTargetBatches(session: BatchSession, target: BatchTarget): Promise<void> {
  const delay = createPollDelay(session.pollTimes, session.random);
  for (;;) {
    target.pauseMs = 0;
    const openBefore = target.ledger.open.length;
    for (const batch of [...target.ledger.open]) {
      if (session.stopped() !== null || target.unreachable) break;
      await lookAt(session, target, batch);
    }
    if (target.ledger.open.length < openBefore) delay.reset();
    while (maySubmit(session, target) && (await submitNextBatch(session, target)));
    const waits = target.ledger.open.length > 0 || mayStillSubmit(session, target);
    if (session.stopped() !== null || target.unreachable || !waits) return;
    await session.sleep(Math.max(delay.next(), target.pauseMs));
  }
}

function mayStillSubmit(session: BatchSession, target: BatchTarget): boolean {
  return target.ended === null && target.missing.length > 0 && session.allowed() > 0;
}

/** One batch whose submission is not settled is enough: the next would meet the same trouble. */
function maySubmit(session: BatchSession, target: BatchTarget): boolean {
  return (
    session.stopped() === null &&
    mayStillSubmit(session, target) &&
    !target.waitsForEnd &&
    target.ledger.open.every(({ batchId }) => batchId !== null)
  );
}

async function lookAt(session: BatchSession, target: BatchTarget, batch: OpenBatch): Promise<void> {
  try {
    if (batch.batchId === null) return await settleSubmission(session, target, batch);
    const { batchId } = batch;
    const state = await attempt(session, target, () => target.api.state(batchId, session.signal));
    if (state === null) return;
    if (state.phase === "working") {
      const { counts } = state;
      const progress =
        counts === null || counts.total === 0 ? "" : `, ${counts.done} of ${counts.total} done`;
      say(session, target, batch, `batch ${batchId} is ${state.status}${progress}`);
      return;
    }
    if (state.phase === "failed") {
      const { code, message } = state.problem ?? { code: "", message: "no reason given" };
      const error = new ProviderError(
        classifyError(400, { code, message }),
        `batch ${batchId} failed its validation, and nothing of it was asked: ${message}${code === "" ? "" : ` (${code})`}`,
      );
      return await rejectBatch(session, target, batch, error, code === "token_limit_exceeded");
    }
    await attempt(session, target, () => collectBatch(session, target, batch, state));
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    // It stays open: what is paid for can still be collected, with another key or by another version.
    viewOf(target, batch, session);
    target.unreachable = true;
    const name = batch.batchId ?? `of ${batch.intendedAt}`;
    const message = `${error.message}; batch ${name} stays open: put this right and go on with --batch, or give it up with --abandon-batches`;
    endTarget(session, target, new ProviderError(error.errorClass, message, { cause: error }));
  }
}
