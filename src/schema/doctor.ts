import type { BackendMixture } from "./backend-mixture.ts";
import type { Params } from "./probe.ts";
import type { Target } from "./target.ts";
import type { Outcome, Usage } from "./transcript.ts";

/** What a request of the doctor is for. */
export type DoctorQuestion =
  | "plain"
  | "without-key"
  | "unknown-model"
  | "short-max_tokens"
  | "short-max_completion_tokens"
  | "temperature-0"
  | "varied"
  | "top_p"
  | "seed-a"
  | "seed-b"
  | "stop"
  | "n"
  | "logprobs"
  | "system"
  | "told-by-user"
  | "over-long"
  | "mixture";

/** What came of one request, without headers and keys. */
export interface DoctorReply {
  readonly question: DoctorQuestion;
  /** Parameters as they were sent. */
  readonly params: Params;
  readonly latencyMs: number;
  /** HTTP status, or null when no response came. */
  readonly status: number | null;
  /** Null where it was answered. */
  readonly error: { readonly errorClass: string; readonly message: string } | null;
  readonly text: string;
  readonly outcome: Outcome | null;
  readonly reasoned: boolean;
  readonly finishReason: string | null;
  readonly servedModel: string | null;
  readonly provider: string | null;
  readonly systemFingerprint: string | null;
  readonly usage: Usage | null;
  /** Raw body of an answer; empty where there was none. */
  readonly body: string;
}

/** A page on which a server says what it is. Values come from the server and are not to be trusted. */
export interface IdentityPage {
  readonly path: string;
  /** HTTP status, or null when no response came. */
  readonly status: number | null;
  /** What was understood of it: `server`, `version`, `contextTokens`, `temperature` ... */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/** Everything the doctor asked of one target, and what came of it. */
export interface Examination {
  readonly target: Target;
  readonly hasKey: boolean;
  /** Whether the key is too short to be scanned for in what is written. */
  readonly shortKey: boolean;
  /** Name of the parameter that bounded every answer; null where none was taken. */
  readonly limitName: string | null;
  readonly limit: number;
  /** Parameters that were not asked about, for the target's preset never sends them -> why. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** The letter at which answers were to stop. */
  readonly stopText: string | null;
  readonly replies: readonly DoctorReply[];
  readonly pages: readonly IdentityPage[];
  /** HTTP requests, retries and pages included. */
  readonly requests: number;
  /** Why nothing more could be asked, or null. */
  readonly ended: { readonly errorClass: string; readonly message: string } | null;
}

/** `accepted`: taken, and it changes the answers. `no-effect`: taken, and it does not. */
export type ParameterVerdict = "accepted" | "rejected" | "no-effect" | "unknown";

export interface ParameterFinding {
  readonly parameter: string;
  readonly verdict: ParameterVerdict;
  /** One sentence: what was seen, with counts. */
  readonly why: string;
  /** Of the exact test behind the verdict, where there is one: the chance of such answers if the parameter did nothing. */
  readonly pValue: number | null;
}

/** Something to know about an endpoint, with what to do about it. */
export interface DoctorNote {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

/** Changes to a target that fit what was found. */
export interface SuggestedChanges {
  readonly params: Params;
  readonly rename: Readonly<Record<string, string>>;
  readonly drop: readonly string[];
  readonly extraBody: Params;
}

/** What the doctor found out about one target. */
export interface DoctorReport {
  readonly target: string;
  readonly api: string;
  readonly baseURL: string | null;
  readonly model: string;
  readonly requests: number;
  /** Null where it answers. */
  readonly error: { readonly errorClass: string; readonly message: string } | null;
  readonly latency: { readonly medianMs: number; readonly answers: number } | null;
  readonly servedModels: readonly string[];
  readonly systemFingerprints: readonly string[];
  readonly providers: readonly string[];
  readonly parameters: readonly ParameterFinding[];
  readonly pages: readonly IdentityPage[];
  readonly notes: readonly DoctorNote[];
  readonly suggestion: SuggestedChanges;
  /** The suggestion as a target of `congener.yaml`. */
  readonly yaml: string | null;
  /** Absent unless asked for. */
  readonly mixture?: BackendMixture;
}
