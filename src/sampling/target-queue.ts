import type { ProviderError, ProviderErrorClass } from "../errors.ts";
import type { Provider } from "../providers/provider.ts";
import type { Target } from "../schema/target.ts";
import type { Attempt } from "../schema/transcript.ts";
import type { PlannedSample } from "./plan.ts";
import type { ProbeFront } from "./probe-front.ts";

/** A sample on its way, with the attempts it took so far. */
export interface PendingSample {
  readonly planned: PlannedSample;
  readonly queue: TargetQueue;
  readonly attempts: Attempt[];
  /** By the scheduler's clock; null before the first attempt. */
  firstStartedAt: number | null;
}

/** What is left to ask of one target, and how it has been answering. */
export interface TargetQueue {
  readonly name: string;
  readonly target: Target;
  readonly provider: Provider;
  readonly planned: number;
  readonly recordedBefore: number;
  /** Samples whose waiting time is over: they come first. */
  readonly retries: PendingSample[];
  /** Samples not asked yet. */
  readonly fresh: FreshSamples;
  /** Samples waiting to be asked again, with what cancels their timers. */
  readonly waiting: Map<PendingSample, () => void>;
  /** No request before this moment of the scheduler's clock, for the server asked for it. */
  pausedUntil: number;
  recorded: number;
  ok: number;
  failed: number;
  everAnswered: boolean;
  /** Failed attempts since the last answer. */
  readonly failuresInARow: Map<ProviderErrorClass, number>;
  /** When it last answered, or was first asked, by the scheduler's clock. */
  heardAt: number | null;
  ended: ProviderError | null;
}

/** The samples of a plan that are neither recorded nor begun, in the plan's order. */
export interface FreshSamples {
  left(): number;
  peek(): PlannedSample | undefined;
  take(): PlannedSample | undefined;
  /** Gives back the sample that was taken last. */
  putBack(sample: PlannedSample): void;
  /** All that were left at the beginning, anew. */
  all(): Iterable<PlannedSample>;
}

/**
 * A queue of the samples that are not recorded yet.
 * @param plan - gives the target's plan anew at each call; nothing of it is kept
 */
export function createTargetQueue(
  target: Target,
  provider: Provider,
  plan: () => Iterable<PlannedSample>,
  isRecorded: (sampleId: string) => boolean,
): TargetQueue {
  let planned = 0;
  let missing = 0;
  for (const { sampleId } of plan()) {
    planned++;
    if (!isRecorded(sampleId)) missing++;
  }
  return {
    name: target.name,
    target,
    provider,
    planned,
    recordedBefore: planned - missing,
    retries: [],
    fresh: freshSamples(() => unrecorded(plan(), isRecorded), missing),
    waiting: new Map(),
    pausedUntil: 0,
    recorded: 0,
    ok: 0,
    failed: 0,
    everAnswered: false,
    failuresInARow: new Map(),
    heardAt: null,
    ended: null,
  };
}

function* unrecorded(
  plan: Iterable<PlannedSample>,
  isRecorded: (sampleId: string) => boolean,
): Generator<PlannedSample> {
  for (const sample of plan) if (!isRecorded(sample.sampleId)) yield sample;
}

function freshSamples(all: () => Generator<PlannedSample>, count: number): FreshSamples {
  const samples = all();
  let left = count;
  let next: PlannedSample | undefined;
  const peek = () => {
    // What is recorded while sampling goes on was begun before, so the generator yields `count` samples.
    if (left > 0) next ??= samples.next().value ?? undefined;
    return next;
  };
  return {
    left: () => left,
    peek,
    take() {
      const taken = peek();
      if (taken !== undefined) left--;
      next = undefined;
      return taken;
    },
    putBack(sample) {
      next = sample;
      left++;
    },
    all,
  };
}

/**
 * The next sample to ask, or null. While many wait to be asked again, no new one is begun, nor one that the front has
 * not reached.
 */
export function nextSample(
  queue: TargetQueue,
  mostWaiting: number,
  front: ProbeFront | null,
): PendingSample | null {
  if (queue.ended !== null) return null;
  const retry = queue.retries.shift();
  if (retry !== undefined) return retry;
  if (queue.waiting.size >= mostWaiting) return null;
  const next = queue.fresh.peek();
  if (next === undefined || front?.isOpen(next.place) === false) return null;
  queue.fresh.take();
  return { planned: next, queue, attempts: [], firstStartedAt: null };
}

/** Puts back a sample that could not be started. */
export function putBack(sample: PendingSample): void {
  if (sample.attempts.length > 0) sample.queue.retries.unshift(sample);
  else sample.queue.fresh.putBack(sample.planned);
}
