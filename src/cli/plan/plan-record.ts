import type { DetectionRule } from "../../analysis/power-curve.ts";
import type { AskedTarget, Range } from "./asked-requests.ts";
import type { DesignPower, Estimated } from "./simulated-power.ts";

/** What requests take, added up over targets. */
export interface Amounts {
  readonly requests: number;
  readonly inputTokens: Range;
  readonly outputTokens: Range;
  /** US dollars of the targets whose price is known; null where none is. Those of `unpriced` come on top. */
  readonly costUSD: Range | null;
  /** Targets whose price is unknown. */
  readonly unpriced: readonly string[];
}

/** The answer for one number of samples a probe. */
export interface PlannedDesign {
  readonly samples: number;
  /** Probes needed, by simulation; null where not even all probes of the pilot suffice. */
  readonly probes: number | null;
  /** Whether so many probes are among those to be asked. */
  readonly withinSuite: boolean;
  /** At `probes`, or at all probes of the pilot where they do not suffice. */
  readonly power: Estimated;
  readonly falseAlarms: Estimated;
  readonly simulatedProbes: number;
  /** Smallest fraction that these probes detect with the power asked for. */
  readonly smallestDetectable: number | null;
  readonly rule: DetectionRule["rule"];
  /** Probes that may suffice where the pilot's do not, by extrapolation; null where these suffice. */
  readonly extrapolatedProbes: readonly [number | null, number | null] | null;
  /** What asking it takes; null where the pilot's probes do not suffice. */
  readonly amounts: Amounts | null;
}

/** What is to be asked: of a configuration's targets, or of the pilot's again. */
export interface AskedPlan extends Amounts {
  /** Whose targets, probes and samples these are. */
  readonly from: "configuration" | "pilot";
  readonly name: string;
  readonly suites: readonly string[];
  readonly probes: number;
  /** Samples a probe: the middle one. */
  readonly samples: number;
  readonly targets: readonly AskedTarget[];
  /** Samples that the run folder of the configuration already holds. */
  readonly recorded: number;
  /** By the limits of the configuration and the pilot's latencies; null where neither says anything. */
  readonly minutesAtLeast: number | null;
  /** What this design detects; null where the pilot cannot say, with the reason. */
  readonly power: DesignPower | null;
  readonly powerReason: string | null;
}

/** What `congener plan --json` prints. */
export interface Plan {
  readonly schemaVersion: 1;
  readonly congenerVersion: string;
  readonly question: {
    readonly fraction: number;
    readonly falseAlarms: number;
    readonly power: number;
    readonly seed: number;
  };
  readonly pilot: {
    readonly source: "run" | "zoo";
    readonly name: string;
    readonly miniature: boolean;
    readonly reference: string;
    readonly controls: number;
    readonly controlLabs: number;
    readonly probes: number;
    readonly samples: number;
  };
  readonly calibration: string | null;
  /** When a suspect counts as detected, with the reason for each rule that is used. */
  readonly rules: readonly DetectionRule[];
  readonly designs: readonly PlannedDesign[];
  /** Samples a probe of the design that asks least; null where none suffices. */
  readonly leastSamples: number | null;
  readonly asked: AskedPlan;
  /** Files that prices were looked up in, the first one first. */
  readonly priceFiles: readonly string[];
  readonly notes: readonly string[];
}
