/** One answer as the backend mixture check looks at it: what it says, and everything that could tell backends apart. */
export interface BackendSample {
  /** What was asked, its wording included: answers to different things are never compared. */
  readonly probe: string;
  readonly text: string;
  readonly servedModel: string | null;
  readonly systemFingerprint: string | null;
  /** Host behind a gateway, where it says so. */
  readonly provider: string | null;
  /** Whole milliseconds; null is unknown. */
  readonly latencyMs: number | null;
  /** Reasoning included; null is unknown. */
  readonly outputTokens: number | null;
  /** When it was asked, in milliseconds since any moment; null is unknown. */
  readonly startedAtMs: number | null;
}

/** One test of the check. A p-value is null where the test does not apply, and `reason` says why. */
export interface MixtureTest {
  /** Stable id: `served-model`, `latency-answers` ... */
  readonly test: string;
  readonly nullHypothesis: string;
  readonly method: string;
  readonly statistic: number | null;
  /** Share of the variance of the answers that goes with the label, less chance (adjusted R squared); null for the dip. */
  readonly share: number | null;
  readonly pValue: number | null;
  /** Holm over the tests that apply. */
  readonly adjustedPValue: number | null;
  /** Answers that were compared, and probes in which two labels met. */
  readonly answers: number;
  readonly probes: number;
  readonly reason: string | null;
}

/** How often the endpoint named what, most frequent first; null is "named nothing". */
export type Composition = readonly { readonly value: string | null; readonly count: number }[];

/** Whether one endpoint answered as several backends. */
export interface BackendMixture {
  readonly answers: number;
  readonly probes: number;
  readonly composition: {
    readonly servedModel: Composition;
    readonly systemFingerprint: Composition;
    readonly provider: Composition;
    /** The two clusters of latency with their median in milliseconds; null where latencies cannot be parted. */
    readonly latency: readonly { readonly count: number; readonly medianMs: number }[] | null;
  };
  readonly tests: readonly MixtureTest[];
  /** Level that an adjusted p-value must reach. */
  readonly level: number;
  /**
   * `declared`: it names several models or hosts itself. `indicated`: a test of the answers speaks for it.
   * `not-detected` is not "one model"; `not-testable`: no test of the answers applied.
   */
  readonly verdict: "declared" | "indicated" | "not-detected" | "not-testable";
  readonly sentence: string;
}
