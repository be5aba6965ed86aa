import { ProviderError } from "../../errors.ts";
import type { AnswerWarning } from "../../providers/answer-watch.ts";
import type { BatchApi } from "../../providers/batch/batch-api.ts";
import type { Answer } from "../../providers/provider.ts";
import { isUnreachable } from "../../providers/unreachable.ts";
import type { BatchEvent } from "../../schema/batch.ts";
import type { Random } from "../../schema/random.ts";
import type { BatchLog } from "../../store/batch-log.ts";
import type { RunWriter } from "../../store/run-writer.ts";
import type { Clock } from "../clock.ts";
import type { PlannedSample } from "../plan.ts";
import type { SamplingEvent, StopReason } from "../sampling-events.ts";
import type { Spending } from "../spending.ts";
import type { BatchLedger, OpenBatch, SampleNumbers } from "./batch-ledger.ts";
import type { PollTimes } from "./poll-delay.ts";

/** What the targets that are asked in batches share. */
export interface BatchSession {
  readonly writer: RunWriter;
  readonly clock: Clock;
  /** The date and time of day, for records. */
  readonly date: () => Date;
  readonly random: Random;
  readonly emit: (event: SamplingEvent) => void;
  readonly spending: Spending | undefined;
  readonly pollTimes: PollTimes;
  /** Longest batch that is made, in bytes. */
  readonly mostBytes: number;
  /** How long after an uncertain submission a batch may still appear at the provider, in milliseconds. */
  readonly settleMs: number;
  /** Aborts when sampling stops: for calls that may be cut short. */
  readonly signal: AbortSignal;
  stopped(): StopReason | null;
  stop(reason: StopReason): void;
  /** How many requests may be submitted now. Those submitted are waited for even where it is none. */
  allowed(): number;
  submitted(requests: number): void;
  /** No further request fits into the budget. */
  spent(): void;
  requests(): number;
  /** Resolves after so many milliseconds, or when sampling stops. */
  sleep(ms: number): Promise<void>;
}

/** One target that is asked in batches. */
export interface BatchTarget {
  readonly name: string;
  readonly api: BatchApi;
  readonly log: BatchLog;
  readonly ledger: BatchLedger;
  readonly planned: number;
  readonly recordedBefore: number;
  /** Samples that are neither recorded nor in an open batch. */
  readonly missing: PlannedSample[];
  /** The sample of an open batch. */
  readonly sampleOf: (numbers: SampleNumbers) => PlannedSample;
  /** What is known of open batches in this process. */
  readonly views: Map<string, BatchView>;
  /** Says what a reader of its answers must know; see `createAnswerWatch`. */
  readonly watch: (answer: Answer) => AnswerWarning[];
  /** Requests a batch may hold; shrinks where the provider's queue takes no more. */
  mostRequests: number;
  recorded: number;
  ok: number;
  failed: number;
  /** Why nothing further is submitted, or null. */
  ended: ProviderError | null;
  /** Whether its open batches cannot be asked about either. */
  unreachable: boolean;
  /** Calls in a row to which nobody answered; null once somebody did. */
  unreached: number | null;
  /** Whether the provider's queue is full until one of the open batches ends. */
  waitsForEnd: boolean;
  /** Asked by the server to wait so many milliseconds at least before the next call; 0 where it did not. */
  pauseMs: number;
}

/** Calls to an address where nobody ever answers, before it is given up. */
const mostUnreached = 5;

/** What this process knows of an open batch. */
export interface BatchView {
  /** False once it is certain that it was not submitted. */
  maySubmitted: boolean;
  /** When that became uncertain, by the session's clock. */
  uncertainSince: number;
  /** What was last said of it. */
  said: string;
  /** How often its results were read and lacked some. */
  incomplete: number;
  /** Samples whose failure is noted already. */
  readonly failed: Set<string>;
  /** Samples that are asked again once it is closed: until then nothing else may hold them. */
  readonly again: PlannedSample[];
}

export const noteOf = (session: BatchSession, target: BatchTarget, message: string): void =>
  session.emit({ type: "batch", target: target.name, message });

/** Says something of a batch once, until there is something else to say. */
export function say(session: BatchSession, target: BatchTarget, batch: OpenBatch, message: string): void {
  const view = viewOf(target, batch, session);
  if (view.said === message) return;
  view.said = message;
  noteOf(session, target, message);
}

/** What is known of a batch; one that an earlier process left unnamed may have been submitted. */
export function viewOf(target: BatchTarget, batch: OpenBatch, session: BatchSession): BatchView {
  const known = target.views.get(batch.key);
  if (known !== undefined) return known;
  const view: BatchView = {
    // Without its file there was nothing that could have been submitted.
    maySubmitted: target.api.upload === null || batch.fileId !== null,
    uncertainSince: session.clock.now(),
    said: "",
    incomplete: 0,
    failed: new Set(),
    again: [],
  };
  target.views.set(batch.key, view);
  return view;
}

/** Writes that a batch is dealt with. */
export async function closeBatch(
  session: BatchSession,
  target: BatchTarget,
  batch: OpenBatch,
  end: Pick<Extract<BatchEvent, { event: "closed" }>, "how" | "message">,
): Promise<void> {
  const at = session.date().toISOString();
  await target.log.append({ schemaVersion: 1, event: "closed", key: batch.key, at, ...end });
  const { open } = target.ledger;
  open.splice(open.indexOf(batch), 1);
  for (const sample of viewOf(target, batch, session).again) target.missing.push(sample);
  target.views.delete(batch.key);
  target.waitsForEnd = false;
}

/** Samples that were not asked after all come first again. A spread argument list would not hold a large batch. */
export function putBack(target: BatchTarget, samples: readonly PlannedSample[]): void {
  const rest = target.missing.splice(0);
  for (const sample of samples) target.missing.push(sample);
  for (const sample of rest) target.missing.push(sample);
}

/** Nothing further is submitted to this target. */
export function endTarget(session: BatchSession, target: BatchTarget, error: ProviderError): void {
  if (target.ended !== null) return;
  target.ended = error;
  const { errorClass, message } = error;
  session.emit({ type: "target-ended", target: target.name, errorClass, message });
}

/** Whether a call failed in a way that another try cannot mend. */
export function isRefusal({ errorClass }: ProviderError): boolean {
  return ["auth", "quota", "unknown-model", "bad-request", "context-length", "filtered"].includes(errorClass);
}

/**
 * Makes a step that calls the provider. What may pass is noted and left to the next round: the step returns null.
 * @throws ProviderError for a refusal and for an address where nobody ever answers, and any other error
 */
export async function attempt<T>(
  session: BatchSession,
  target: BatchTarget,
  step: () => Promise<T>,
): Promise<T | null> {
  try {
    const done = await step();
    target.unreached = null;
    return done;
  } catch (error) {
    // What the stop cut short begins anew next time.
    if (session.signal.aborted && error === session.signal.reason) return null;
    if (!(error instanceof ProviderError) || isRefusal(error)) throw error;
    if (target.unreached !== null && error.errorClass === "network" && isUnreachable(error)) {
      target.unreached++;
      // Nobody was ever there: another address, or no server, would be waited for in vain.
      if (target.unreached >= mostUnreached) throw error;
    } else target.unreached = null;
    const { errorClass, message, retryAfterMs } = error;
    target.pauseMs = Math.max(target.pauseMs, retryAfterMs ?? 0);
    session.emit({
      type: "attempt-failed",
      target: target.name,
      errorClass,
      message,
      retryInMs: Math.max(session.pollTimes.firstMs, target.pauseMs),
    });
    return null;
  }
}
