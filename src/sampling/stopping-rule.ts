import type { Manifest } from "../schema/manifest.ts";
import type { Stopping } from "../schema/stopping.ts";
import type { SampleRecord } from "../schema/transcript.ts";

/** A sample as far as a rule looks at it. */
export interface RecordedAnswer
  extends Pick<SampleRecord, "suite" | "probe" | "target" | "index" | "outcome"> {
  /** As it was written. */
  readonly text: string;
}

/**
 * Decides from the answers when sampling may end. With a rule probes are asked in one seeded order, all targets alike
 * (`probe-major`), and the rule is asked whenever all of them have settled a further probe.
 */
export interface StoppingRule {
  /** What the manifest says of it, as it stands. */
  record(): Stopping;
  /** Called once before the first request, when the run folder is open: reads what was answered before. */
  begin(): Promise<void>;
  /** A sample is on disk. */
  answered(answer: RecordedAnswer): void;
  /** The first `count` probes of the order are settled: true ends sampling with the reason `decided`. */
  settled(count: number): Promise<boolean>;
}

/** Makes the rule of a run from its manifest. @throws UsageError where it cannot follow that run */
export type StoppingRuleOf = (manifest: Manifest) => StoppingRule;
