import pLimit from "p-limit";
import type { Reply } from "../providers/provider.ts";
import { createAdaptiveConcurrency } from "./adaptive-concurrency.ts";
import { judgeFailure } from "./judge-failure.ts";
import { wordingOf } from "./plan.ts";
import { createRateLimit } from "./rate-limit.ts";
import { asSampleOf } from "./recorded-answer.ts";
import type { Session } from "./session.ts";
import { nextSample, type PendingSample, putBack, type TargetQueue } from "./target-queue.ts";
import { createTokenEstimate } from "./token-estimate.ts";

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
/** The same for the characters of their responses: a server that answers with megabytes fills no memory. */
const mostPendingCharacters = 1 << 25;

/** Failures that say that the server, not the request, is in trouble. */
const trouble = new Set(["overloaded", "timeout", "network"]);

/** Failures of the request: a target that answered in an earlier session takes others, or resuming would get nowhere. */
const refusals = new Set(["bad-request", "context-length", "filtered"]);

/**
 * Asks the targets of one origin and key in turn, and resolves when nothing is left that could be asked in this session.
 * Slots are held for requests only: waiting, whether for the server's sake or for the disk, happens outside.
 */
export function runLane(session: Session, queues: readonly TargetQueue[], limits: LaneLimits): Promise<void> {
  const { clock, random } = session;
  const concurrency = createAdaptiveConcurrency(limits.concurrency);
  const slots = pLimit(limits.concurrency);
  const requestLimit = createRateLimit(limits.requestsPerMinute, clock.now);
  const tokenLimit = createRateLimit(limits.tokensPerMinute, clock.now);
  const tokens = createTokenEstimate();
  let turn = 0;
  let running = 0;
  let cancelWake: (() => void) | null = null;
  let waitsForDisk = false;
  let waitsForRoom = false;

  return new Promise((resolve) => {
    /** Starts what may start now, and sees to it that it is called again when more may. */
    const pump = () => {
      cancelWake?.();
      cancelWake = null;
      const diskIsBehind =
        session.pendingWrites() >= mostPendingWrites || session.pendingCharacters() >= mostPendingCharacters;
      waitsForDisk = session.stopped() === null && diskIsBehind;
      if (waitsForDisk) return;
      waitsForRoom = false;
      while (session.stopped() === null && running < concurrency.limit()) {
        const next = nextInTurn();
        if (next === null) break;
        if (typeof next === "number") {
          wakeAfter(next);
          break;
        }
        if (!session.mayStart(next)) {
          waitsForRoom = session.stopped() === null;
          if (waitsForRoom) putBack(next);
          else leave(next);
          break;
        }
        const estimate = tokens.of(next);
        const wait = Math.max(requestLimit.waitFor(1), tokenLimit.waitFor(estimate));
        if (wait > 0) {
          putBack(next);
          wakeAfter(wait);
          break;
        }
        requestLimit.take(1);
        void ask(next, tokenLimit.take(estimate));
      }
      if (isDone()) resolve();
    };

    const wakeAfter = (ms: number) => {
      cancelWake = clock.after(ms, () => {
        cancelWake = null;
        pump();
      });
    };

    const isDone = () => {
      if (running > 0 || cancelWake !== null || waitsForRoom) return false;
      if (session.stopped() !== null) return true;
      if (queues.some(({ waiting }) => waiting.size > 0)) return false;
      return (
        session.front === null || queues.every(({ ended, fresh }) => ended !== null || fresh.left() === 0)
      );
    };

    /** The next sample of the targets in turn; or how long all of them are paused; or null when none is ready. */
    const nextInTurn = (): PendingSample | number | null => {
      let pause = Number.POSITIVE_INFINITY;
      for (let step = 0; step < queues.length; step++) {
        const queue = queues[(turn + step) % queues.length] as TargetQueue;
        const wait = queue.pausedUntil - clock.now();
        const sample = wait > 0 ? null : nextSample(queue, limits.concurrency * 2, session.front);
        if (sample !== null) {
          turn = (turn + step + 1) % queues.length;
          return sample;
        }
        if (wait > 0 && queue.ended === null && queue.retries.length + queue.fresh.left() > 0)
          pause = Math.min(pause, wait);
      }
      return Number.isFinite(pause) ? pause : null;
    };

    const ask = async (sample: PendingSample, used: (tokens: number) => void) => {
      const { queue, planned } = sample;
      running++;
      session.requestStarted(sample);
      slots.concurrency = concurrency.limit();
      const startedAt = clock.now();
      sample.firstStartedAt ??= startedAt;
      queue.heardAt ??= startedAt;
      const request = wordingOf(planned.probe, planned.wording);
      try {
        const reply = await slots(() => queue.provider.sample(request, session.signal)).finally(() => {
          running--;
          session.requestEnded();
        });
        sample.attempts.push(reply.exchange.attempt);
        session.replied(sample, reply);
        if ("answer" in reply) tokens.learn(sample, reply.answer.usage, used);
        if ("error" in reply) settleFailure(sample, reply, startedAt);
        else settleAnswer(sample, { ...reply, answer: asSampleOf(planned.probe, reply.answer) });
      } catch (error) {
        session.fail(error);
      }
      pump();
    };

    const settleAnswer = (sample: PendingSample, reply: Reply) => {
      const { queue } = sample;
      queue.everAnswered = true;
      queue.failuresInARow.clear();
      queue.heardAt = clock.now();
      concurrency.succeeded(running + 1);
      record(sample, reply);
    };

    const settleFailure = (
      sample: PendingSample,
      reply: Extract<Reply, { error: unknown }>,
      startedAt: number,
    ) => {
      const { queue, attempts } = sample;
      const { error } = reply;
      const { errorClass, message } = error;
      const now = clock.now();
      const inARow = (queue.failuresInARow.get(errorClass) ?? 0) + 1;
      queue.failuresInARow.set(errorClass, inARow);
      if (errorClass === "rate-limited") concurrency.limited(startedAt, now);
      else if (trouble.has(errorClass)) concurrency.troubled();
      if (error.retryAfterMs !== null && now + error.retryAfterMs > queue.pausedUntil) {
        queue.pausedUntil = now + error.retryAfterMs;
        session.emit({ type: "paused", target: queue.name, ms: error.retryAfterMs });
      }
      const verdict = judgeFailure(
        {
          error,
          attempts: attempts.length,
          malformed: attempts.filter((attempt) => attempt.errorClass === "malformed").length,
          elapsedMs: now - (sample.firstStartedAt ?? now),
          longestAskedMs: Math.max(0, ...attempts.slice(0, -1).map(({ retryAfterMs }) => retryAfterMs ?? 0)),
          retryBudgetMs: limits.retryMinutes * 60_000,
          everAnswered: queue.everAnswered || (queue.recordedBefore > 0 && refusals.has(errorClass)),
          failuresInARow: inARow,
          silentMs: now - (queue.heardAt ?? now),
        },
        random,
      );
      const mayRetry = verdict.kind === "retry" && queue.ended === null && session.stopped() === null;
      const retryInMs = mayRetry ? verdict.delayMs : null;
      session.emit({ type: "attempt-failed", target: queue.name, errorClass, message, retryInMs });
      if (verdict.kind === "record-malformed") record(sample, reply);
      else if (retryInMs !== null) askAgainAfter(retryInMs, sample);
      else {
        leave(sample);
        session.emit({ type: "gave-up", target: queue.name, message });
      }
      if (verdict.kind === "end-target" && queue.ended === null) {
        queue.ended = error;
        session.emit({ type: "target-ended", target: queue.name, errorClass, message });
        leaveBegun(queue);
        for (let next = queue.fresh.take(); next !== undefined; next = queue.fresh.take()) settle(next.place);
      }
    };

    const askAgainAfter = (ms: number, sample: PendingSample) => {
      const { waiting, retries } = sample.queue;
      const wake = () => {
        waiting.delete(sample);
        retries.push(sample);
        pump();
      };
      waiting.set(sample, clock.after(ms, wake));
    };

    const record = (sample: PendingSample, reply: Reply) => {
      session.record(sample, reply, () => {
        sample.queue.recorded++;
        if ("answer" in reply && reply.answer.outcome === "ok") sample.queue.ok++;
        settle(sample.planned.place);
      });
    };

    /** Gives a sample up for this session: its attempts are recorded, the next session asks it again. */
    const leave = (sample: PendingSample) => {
      if (sample.attempts.length > 0) {
        sample.queue.failed++;
        session.recordFailure(sample);
      }
      settle(sample.planned.place);
    };

    /** Leaves the samples that were asked before and wait to be asked again. */
    const leaveBegun = ({ waiting, retries }: TargetQueue) => {
      for (const cancel of waiting.values()) cancel();
      const begun = [...waiting.keys(), ...retries];
      waiting.clear();
      retries.length = 0;
      for (const sample of begun) leave(sample);
    };

    /** A sample that a stop cut short is not settled: the next session asks it again. */
    const settle = (place: number) => {
      if (session.stopped() === null) session.front?.settle(place);
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
      for (const queue of queues) leaveBegun(queue);
      pump();
    });
    pump();
  });
}
