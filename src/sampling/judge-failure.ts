import type { ProviderError } from "../errors.ts";
import { isUnreachable } from "../providers/unreachable.ts";
import type { Random } from "../schema/random.ts";

/** What a failed attempt means for its sample and its target. */
export type Verdict =
  /** Ask again after `delayMs`. */
  | { readonly kind: "retry"; readonly delayMs: number }
  /** The sample is given up: recorded as failed, asked again by the next run. */
  | { readonly kind: "give-up" }
  /** Every further request to this target would fail too. */
  | { readonly kind: "end-target" }
  /** The reply is what this model answers: recorded with the outcome `malformed`. */
  | { readonly kind: "record-malformed" };

/** What is known when an attempt has failed. */
export interface FailureHistory {
  readonly error: ProviderError;
  /** Attempts of this sample so far, this one included. */
  readonly attempts: number;
  /** Those of them with a malformed reply. */
  readonly malformed: number;
  /** Milliseconds since the sample's first attempt began. */
  readonly elapsedMs: number;
  /** The longest that the server asked this sample to wait, in milliseconds; 0 when it never did. */
  readonly longestAskedMs: number;
  /** How long a sample may be tried, in milliseconds, the longest wait that was asked for not counted. */
  readonly retryBudgetMs: number;
  /** Whether the target ever answered in this session; for a refused request, in an earlier one counts too. */
  readonly everAnswered: boolean;
  /** Attempts of the target that failed with this error class since its last answer, this one included. */
  readonly failuresInARow: number;
  /** Milliseconds since the target's last answer, or since its first request. */
  readonly silentMs: number;
}

/** Failures in a row after which a target that never answered is ended. */
const patience = { unreachable: 3, "bad-request": 3, malformed: 6, network: 15 } as const;
/** The same for a target that has answered: some probes it may refuse, all of them not. */
const patienceOnceAnswered = 25;
const malformedAttempts = 3;
/** A target that did not answer for so long, while samples ran out of time, is not waited for any longer. */
const silenceMs = 60_000;

/** Up to this share is added to a wait that the server asked for. */
const retryAfterSpread = 0.1;
/** Base and cap of the exponential backoff, in milliseconds. */
const backoff = { baseMs: 500, capMs: 60_000 } as const;

/**
 * Decides what a failed attempt means. Bad keys, spent quotas and unknown models end the target at once; so do
 * addresses where nothing answers and requests that are always refused, when nothing ever succeeded. Everything
 * that may pass is asked again with full jitter, or when the server says (however late that is), until the sample's time
 * is used up.
 * @see Brooker (2015), Exponential Backoff And Jitter, AWS Architecture Blog, for full jitter
 */
export function judgeFailure(history: FailureHistory, random: Random): Verdict {
  const { error, attempts, elapsedMs, everAnswered, failuresInARow } = history;
  const hopeless = (limit: number) => failuresInARow >= (everAnswered ? patienceOnceAnswered : limit);
  switch (error.errorClass) {
    case "auth":
    case "quota":
    case "unknown-model":
      return { kind: "end-target" };
    case "bad-request":
    case "context-length":
    case "filtered":
      return hopeless(patience["bad-request"]) ? { kind: "end-target" } : { kind: "give-up" };
    case "malformed":
      if (!everAnswered && failuresInARow >= patience.malformed) return { kind: "end-target" };
      if (history.malformed >= malformedAttempts && everAnswered) return { kind: "record-malformed" };
      break;
    case "network":
      if (!everAnswered && failuresInARow >= (isUnreachable(error) ? patience.unreachable : patience.network))
        return { kind: "end-target" };
      break;
  }
  if (elapsedMs - history.longestAskedMs >= history.retryBudgetMs)
    return {
      kind: history.silentMs >= Math.max(history.retryBudgetMs, silenceMs) ? "end-target" : "give-up",
    };
  const askedMs = error.retryAfterMs ?? 0;
  // Never sooner than asked, and not everybody who was told the same moment at that moment.
  const spreadMs = Math.ceil(askedMs * (1 + retryAfterSpread * random()));
  return { kind: "retry", delayMs: Math.max(spreadMs, backoffMs(attempts, random)) };
}

/** Full jitter: uniform between nothing and a bound that doubles with every attempt. */
export function backoffMs(attempts: number, random: Random): number {
  return Math.round(random() * Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(attempts, 20)));
}
