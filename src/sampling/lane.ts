import pLimit from "p-limit";
import type { Reply } from "../providers/provider.ts";
import { createAdaptiveConcurrency } from "./adaptive-concurrency.ts";
import { judgeFailure } from "./judge-failure.ts";
import { wordingOf } from "./plan.ts";
import { createRateBucket } from "./rate-bucket.ts";
import type { Session } from "./session.ts";
import { nextSample, type PendingSample, putBack, type TargetQueue } from "./target-queue.ts";

/** Limits of one origin and key. */
export interface LaneLimits {
  readonly concurrency: number;
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  /** How long one sample is tried again before it is given up, in minutes. */
  readonly retryMinutes: number;
}

/** While more samples than this wait for the disk, no request is started. */
const mostPendingWrites = 1_000;

/**
 * Asks the targets of one origin and key in turn, and resolves when nothing is left that could be asked in this session.
 * Slots are held for requests only: waiting, whether for the server's sake or for the disk, happens outside.
 */
export function runLane(session: Session, queues: readonly TargetQueue[], limits: LaneLimits): Promise<void> {
  const { clock, random } = session;
  const concurrency = createAdaptiveConcurrency(limits.concurrency);
  const slots = pLimit(limits.concurrency);
  const requestBucket = createRateBucket(limits.requestsPerMinute, clock.now);
  const tokenBucket = createRateBucket(limits.tokensPerMinute, clock.now);
  const timers = new Map<PendingSample, () => void>();
  const pausedUntil = new Map<TargetQueue, number>();
  let turn = 0;
  let running = 0;
  let cancelWake: (() => void) | null = null;
  let waitsForDisk = false;
  let waitsForRoom = false;

  return new Promise((resolve) => {
    const wakeAfter = (ms: number) => {
      cancelWake?.();
      cancelWake = clock.after(ms, () => {
        cancelWake = null;
        pump();
      });
    };

    /** The next sample of the targets in turn; or how long all of them are paused; or null when none is ready. */
    const nextInTurn = (): PendingSample | number | null => {
      let pause = Number.POSITIVE_INFINITY;
      for (let step = 0; step < queues.length; step++) {
        const queue = queues[(turn + step) % queues.length] as TargetQueue;
        const wait = (pausedUntil.get(queue) ?? 0) - clock.now();
        const sample = wait > 0 ? null : nextSample(queue, limits.concurrency * 2, session.front);
        if (sample !== null) {
          turn = (turn + step + 1) % queues.length;
          return sample;
        }
        if (wait > 0 && queue.ended === null && queue.retries.length + queue.fresh.length > 0)
          pause = Math.min(pause, wait);
      }
      return Number.isFinite(pause) ? pause : null;
    };

    const pump = () => {
      waitsForDisk = session.stopped() === null && session.pendingWrites() >= mostPendingWrites;
      if (waitsForDisk) return;
      waitsForRoom = false;
      while (session.stopped() === null && running < concurrency.limit()) {
        const next = nextInTurn();
        if (typeof next === "number") wakeAfter(next);
        if (next === null || typeof next === "number") break;
        if (!session.mayStart(next)) {
          putBack(next);
          waitsForRoom = session.stopped() === null;
          break;
        }
        const wait = tokenBucket.take(tokenEstimate(next)) || requestBucket.take(1);
        if (wait > 0) {
          putBack(next);
          wakeAfter(wait);
          break;
        }
        start(next);
      }
      const waitsForOthers =
        session.front !== null &&
        session.stopped() === null &&
        queues.some(({ ended, fresh }) => ended === null && fresh.length > 0);
      if (
        running === 0 &&
        timers.size === 0 &&
        !waitsForOthers &&
        !waitsForRoom &&
        (cancelWake === null || session.stopped() !== null)
      ) {
        cancelWake?.();
        resolve();
      }
    };

    const start = (sample: PendingSample) => {
      running++;
      session.requestStarted(sample);
      slots.concurrency = concurrency.limit();
      const startedAt = clock.now();
      sample.firstStartedAt ??= startedAt;
      sample.queue.heardAt ??= startedAt;
      const { probe, wording } = sample.planned;
      slots(() => sample.queue.provider.sample(wordingOf(probe, wording), session.signal))
        .finally(() => {
          running--;
          session.requestEnded();
        })
        .then((reply) => settle(sample, reply, startedAt))
        .catch((error: unknown) => session.fail(error))
        .finally(pump);
    };

    const settle = (sample: PendingSample, reply: Reply, startedAt: number) => {
      const { queue } = sample;
      sample.attempts.push(reply.exchange.attempt);
      session.replied(sample, reply);
      if ("error" in reply) return settleFailure(sample, reply, startedAt);
      queue.everAnswered = true;
      queue.failuresInARow = 0;
      queue.heardAt = clock.now();
      concurrency.succeeded();
      record(sample, reply);
    };

    const settleFailure = (
      sample: PendingSample,
      reply: Extract<Reply, { error: unknown }>,
      startedAt: number,
    ) => {
      const { queue } = sample;
      const { error } = reply;
      const now = clock.now();
      queue.failuresInARow++;
      if (error.errorClass === "rate-limited") concurrency.limited(startedAt, now);
      else concurrency.troubled();
      const verdict = judgeFailure(
        {
          error,
          attempts: sample.attempts.length,
          elapsedMs: now - (sample.firstStartedAt ?? now),
          retryBudgetMs: limits.retryMinutes * 60_000,
          everAnswered: queue.everAnswered,
          failuresInARow: queue.failuresInARow,
          silentMs: now - (queue.heardAt ?? now),
        },
        random,
      );
      const retryInMs =
        verdict.kind === "retry" && queue.ended === null && session.stopped() === null
          ? verdict.delayMs
          : null;
      const { errorClass, message } = error;
      session.emit({ type: "attempt-failed", target: queue.name, errorClass, message, retryInMs });
      if (verdict.kind === "record-malformed") return record(sample, reply);
      if (retryInMs === null) {
        giveUp(sample, message);
        if (verdict.kind === "end-target" && queue.ended === null) {
          queue.ended = error;
          session.emit({ type: "target-ended", target: queue.name, errorClass, message });
          dropWaiting((other) => other.queue === queue);
          for (const { place } of queue.fresh) settlePlace(place);
          for (const { planned } of queue.retries) settlePlace(planned.place);
        }
        return;
      }
      if (error.retryAfterMs !== null)
        pausedUntil.set(queue, Math.max(pausedUntil.get(queue) ?? 0, now + error.retryAfterMs));
      queue.waiting++;
      timers.set(
        sample,
        clock.after(retryInMs, () => {
          timers.delete(sample);
          queue.waiting--;
          queue.retries.push(sample);
          pump();
        }),
      );
    };

    const record = (sample: PendingSample, reply: Reply) => {
      session.record(sample, reply, () => {
        sample.queue.recorded++;
        if ("answer" in reply && reply.answer.outcome === "ok") sample.queue.ok++;
        settlePlace(sample.planned.place);
      });
    };

    const giveUp = (sample: PendingSample, message: string) => {
      sample.queue.failed++;
      session.recordFailure(sample);
      session.emit({ type: "gave-up", target: sample.queue.name, message });
      settlePlace(sample.planned.place);
    };

    /** A sample that a stop cut short is not settled: the next session asks it again. */
    const settlePlace = (place: number) => {
      if (session.stopped() === null) session.front?.settle(place);
    };

    /** Samples that wait to be asked again are given up, with the attempts they took. */
    const dropWaiting = (dropped: (sample: PendingSample) => boolean) => {
      for (const [sample, cancel] of timers) {
        if (!dropped(sample)) continue;
        cancel();
        timers.delete(sample);
        sample.queue.waiting--;
        sample.queue.failed++;
        session.recordFailure(sample);
        settlePlace(sample.planned.place);
      }
    };

    session.onWritten(() => {
      if (waitsForDisk) pump();
    });
    session.onRoom(pump);
    session.onConcurrency((most) => {
      concurrency.setMaximum(most);
      pump();
    });
    session.front?.onAdvance(pump);
    session.onStop(() => {
      dropWaiting(() => true);
      pump();
    });
    pump();
  });
}

/** Tokens that a request may use, roughly: four characters a token, and what it may answer. */
function tokenEstimate({ planned }: PendingSample): number {
  const { messages, prefix, params } = wordingOf(planned.probe, planned.wording);
  const asked = messages?.reduce((sum, { content }) => sum + content.length, 0) ?? prefix?.length ?? 0;
  const answered = [params.max_tokens, params.max_completion_tokens].find(
    (value) => typeof value === "number",
  );
  return Math.ceil(asked / 4) + (typeof answered === "number" ? answered : 256);
}
