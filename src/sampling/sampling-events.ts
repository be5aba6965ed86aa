import type { ProviderErrorClass } from "../errors.ts";
import type { Outcome } from "../schema/transcript.ts";

/** What the scheduler tells while it works. Messages hold no secrets; how they are shown is the caller's affair. */
export type SamplingEvent =
  /** Once, before the first request. `recorded` of `planned` samples were there already. */
  | {
      readonly type: "started";
      readonly targets: readonly {
        readonly name: string;
        readonly planned: number;
        readonly recorded: number;
      }[];
    }
  /** A sample is on disk. */
  | {
      readonly type: "recorded";
      readonly target: string;
      readonly outcome: Outcome;
      readonly attempts: number;
      readonly servedModel: string | null;
      /** Answered in a batch of the provider's batch API; absent for a request of its own. */
      readonly inBatch?: true;
    }
  /** An attempt failed; it is asked again after `retryInMs`, or not when null. */
  | {
      readonly type: "attempt-failed";
      readonly target: string;
      readonly errorClass: ProviderErrorClass;
      readonly message: string;
      readonly retryInMs: number | null;
    }
  /** The server asked to wait: nothing is asked of the target for so long. */
  | { readonly type: "paused"; readonly target: string; readonly ms: number }
  /** Something about a target's answers that its results must be read with; each said once. */
  | { readonly type: "warned"; readonly target: string; readonly code: string; readonly message: string }
  /** What became of a batch of the provider's batch API, in words. */
  | { readonly type: "batch"; readonly target: string; readonly message: string }
  /** A sample was given up in this session. */
  | { readonly type: "gave-up"; readonly target: string; readonly message: string }
  /** A target was ended: none of its remaining samples is asked. */
  | {
      readonly type: "target-ended";
      readonly target: string;
      readonly errorClass: ProviderErrorClass;
      readonly message: string;
    }
  /** No further request is started; those in flight are waited for. */
  | { readonly type: "stopping"; readonly reason: StopReason; readonly inFlight: number };

export type StopReason = "asked-to" | "decided" | "budget" | "max-requests" | "max-minutes" | "store";

/** How sampling went for one target. */
export interface TargetProgress {
  readonly name: string;
  readonly planned: number;
  /** Recorded before this session. */
  readonly recordedBefore: number;
  /** Recorded in this session. */
  readonly recorded: number;
  /** Of those recorded in this session, how many are `ok`. */
  readonly ok: number;
  /** Given up in this session. */
  readonly failed: number;
  /** Why the target was ended, or null. */
  readonly ended: { readonly errorClass: ProviderErrorClass; readonly message: string } | null;
}

/** How a session of sampling ended. */
export interface SamplingResult {
  /** `complete` when every planned sample of the run is recorded. */
  readonly status: "complete" | "stopped";
  /** Null when it ended because nothing was left to ask. */
  readonly stopReason: Exclude<StopReason, "store"> | null;
  readonly targets: readonly TargetProgress[];
  /** HTTP requests of this session. */
  readonly requests: number;
}
