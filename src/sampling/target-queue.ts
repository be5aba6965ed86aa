import type { ProviderError } from "../errors.ts";
import type { Provider } from "../providers/provider.ts";
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
  readonly provider: Provider;
  readonly planned: number;
  readonly recordedBefore: number;
  /** Samples whose waiting time is over: they come first. */
  readonly retries: PendingSample[];
  /** Samples not asked yet, last first. */
  readonly fresh: PlannedSample[];
  /** Samples waiting to be asked again. */
  waiting: number;
  recorded: number;
  ok: number;
  failed: number;
  everAnswered: boolean;
  failuresInARow: number;
  /** When it last answered, or was first asked, by the scheduler's clock. */
  heardAt: number | null;
  ended: ProviderError | null;
}

/** A queue of the samples that are not recorded yet. */
export function createTargetQueue(
  name: string,
  provider: Provider,
  plan: readonly PlannedSample[],
  isRecorded: (sampleId: string) => boolean,
): TargetQueue {
  const missing = plan.filter((sample) => !isRecorded(sample.sampleId));
  return {
    name,
    provider,
    planned: plan.length,
    recordedBefore: plan.length - missing.length,
    retries: [],
    fresh: missing.reverse(),
    waiting: 0,
    recorded: 0,
    ok: 0,
    failed: 0,
    everAnswered: false,
    failuresInARow: 0,
    heardAt: null,
    ended: null,
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
  if (queue.waiting >= mostWaiting) return null;
  const next = queue.fresh.at(-1);
  if (next !== undefined && front?.isOpen(next.place) === false) return null;
  const planned = queue.fresh.pop();
  return planned === undefined ? null : { planned, queue, attempts: [], firstStartedAt: null };
}

/** Puts back a sample that could not be started. */
export function putBack(sample: PendingSample): void {
  if (sample.attempts.length > 0) sample.queue.retries.unshift(sample);
  else sample.queue.fresh.push(sample.planned);
}
