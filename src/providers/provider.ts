import type { ProviderError } from "../errors.ts";
import type { Message, Params } from "../schema/probe.ts";
import type { Target } from "../schema/target.ts";
import type { Attempt, Outcome, Usage, WireRequest, WireResponse } from "../schema/transcript.ts";

/** What is asked: chat messages or a text to continue, with the probe's parameters. */
export interface ProbeRequest {
  readonly messages?: readonly Message[] | undefined;
  readonly prefix?: string | undefined;
  readonly params: Params;
}

/** JSON body of a request as it goes on the wire. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** One HTTP exchange as it was on the wire; headers are allow-listed, the key is in none of them. */
export interface Exchange {
  readonly request: WireRequest;
  /** Null when no response came. */
  readonly response: WireResponse | null;
  readonly attempt: Attempt;
}

/** What a response says, read by this tool's own rules. */
export interface Answer {
  /** The answer without reasoning; empty unless the outcome is `ok`, `truncated` or `refused`. */
  readonly text: string;
  readonly reasoning: string | null;
  readonly outcome: Outcome;
  readonly servedModel: string | null;
  /** Host behind a gateway, where it says so. */
  readonly provider: string | null;
  readonly systemFingerprint: string | null;
  readonly finishReason: string | null;
  readonly usage: Usage | null;
  /** The `id` in the body, which no two answers share; null or absent where a server gives none. */
  readonly responseId?: string | null;
}

/** An exchange with what came of it: an answer, or an error in the scheduler's words. */
export type Reply =
  | { readonly exchange: Exchange; readonly answer: Answer }
  | { readonly exchange: Exchange; readonly error: ProviderError };

/** Asks one target, one attempt a call. */
export interface Provider {
  /**
   * One attempt. Failures come back as `error`, never as an exception.
   * @throws the signal's reason when `signal` aborts
   */
  sample(request: ProbeRequest, signal: AbortSignal): Promise<Reply>;
}

export interface ProviderOptions {
  readonly target: Target;
  /** Null for servers without keys: then `none` is sent, never a key of the environment. */
  readonly apiKey: string | null;
  /** Further headers; they win over the SDK's own, `User-Agent` too. */
  readonly headers: Readonly<Record<string, string>>;
  /** Wall-clock limit of one attempt, a stalled body included, in milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Takes secrets out of what a server says, before it is shortened for a message. */
  readonly scrub?: ((text: string) => string) | undefined;
  /** Longest response body that is read, in bytes. */
  readonly maxBodyBytes?: number;
}
