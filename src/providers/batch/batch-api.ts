import type { ProviderError } from "../../errors.ts";
import type { WireResponse } from "../../schema/transcript.ts";
import type { Answer, ProbeRequest, RequestBody } from "../provider.ts";

/** How far a batch is. */
export interface BatchState {
  readonly batchId: string;
  /** `ended`: there are results, if only of a part; `failed`: refused as a whole, and nothing was asked. */
  readonly phase: "working" | "ended" | "failed";
  /** The provider's own word. */
  readonly status: string;
  /** Whether somebody had it cancelled. */
  readonly cancelled: boolean;
  /** Requests that are done, with an answer or an error, of all; null where it does not say. */
  readonly counts: { readonly done: number; readonly total: number } | null;
  /** Milliseconds from its creation to its end, by the provider's clock; null where it does not say. */
  readonly lastedMs: number | null;
  /** Why it failed, or null. */
  readonly problem: { readonly code: string; readonly message: string } | null;
  /** Files of results, in the provider's terms. */
  readonly resultFiles: readonly string[];
}

/** What came of one request of a batch. */
export interface BatchItem {
  readonly customId: string;
  readonly requestId: string | null;
  /** As the request's own response would have been; null where it was not executed. */
  readonly response: WireResponse | null;
  readonly result: { readonly answer: Answer } | { readonly error: ProviderError };
}

/** One line of a batch's results. */
export type BatchResult = BatchItem | { readonly unreadable: string };

/** A batch that was meant to be submitted and whose name is not known. */
export interface LostBatch {
  readonly key: string;
  readonly fileId: string | null;
  readonly customIds: ReadonlySet<string>;
  /** By this machine's clock, when it was about to be submitted. */
  readonly since: Date;
  /** Batches that are known to be others. */
  readonly others: ReadonlySet<string>;
}

/**
 * A provider's batch API for one target. Every method makes one attempt.
 * @throws ProviderError in the scheduler's words, or the signal's reason when `signal` aborts
 */
export interface BatchApi {
  /** The most a batch takes. */
  readonly limits: { readonly requests: number; readonly bytes: number };
  /** Address at which each request would have been asked by itself. */
  readonly url: string;
  /** JSON body of a request, the same as in the ordinary way. */
  body(request: ProbeRequest): RequestBody;
  /** A request as it stands in the batch: one line of JSON. */
  line(customId: string, body: RequestBody): string;
  /** Sends the requests up, which asks nothing yet; null where they go along with `create`. */
  readonly upload: ((lines: readonly string[], key: string, signal: AbortSignal) => Promise<string>) | null;
  /** Submits a batch and returns its name. After an error without a clear refusal it may have been submitted all the same. */
  create(
    batch: { readonly key: string; readonly lines: readonly string[]; readonly fileId: string | null },
    signal: AbortSignal,
  ): Promise<string>;
  /** Looks for a batch among those of the account; `undecided` names some that may be it and do not show it yet. */
  find(lost: LostBatch, signal: AbortSignal): Promise<{ batchId: string } | { undecided: readonly string[] }>;
  state(batchId: string, signal: AbortSignal): Promise<BatchState>;
  /** Results in any order, streamed. */
  results(state: BatchState, signal: AbortSignal): AsyncGenerator<BatchResult>;
  cancel(batchId: string, signal: AbortSignal): Promise<void>;
}
