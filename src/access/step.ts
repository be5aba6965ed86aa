import type { AccessAnalysis, AccessEdge, IndicatorName, LogStats } from "../schema/access.ts";
import type { AccessLabel, AccessSettings, ColumnName } from "../schema/access-settings.ts";
import type { Random } from "../schema/random.ts";
import type { Database } from "./database.ts";
import type { Units, UnitTotals } from "./unit-totals.ts";

/**
 * When a step runs. Indicators run twice: once with accounts as units, once with clusters, after `linkage`.
 *
 * `features`    tables that indicators read, made once (topics, template families)
 * `indicators`  one number a unit
 * `linkage`     who belongs together
 * `baseline`    what is ordinary: effect, p and q of every indicator
 * `score`       risk and probability
 * `sections`    what else the report tells: timeline, exhibits, topics
 */
export const stages = ["features", "indicators", "linkage", "baseline", "score", "sections"] as const;

/** When a step runs; see `stages`. */
export type Stage = (typeof stages)[number];

/** One indicator of every unit. */
export interface IndicatorColumn {
  readonly name: IndicatorName;
  /** For people: `requests`, `share`, `rank correlation`. */
  readonly unit: string;
  /** Scale on which ordinary accounts are compared: the one that steadies its variance. */
  readonly scale: "identity" | "log" | "logit" | "arcsine";
  /** By unit; NaN where it does not apply. */
  readonly values: Float64Array;
  /** By unit: the requests, prompts or days that the value rests on. */
  readonly n: Float64Array;
  /** By unit, on a log scale: where given, units are compared with those of like volume, for the value depends on it. */
  readonly volumes?: Float64Array;
  /** Why a NaN is one: the same words for all, or by unit. */
  readonly notApplicable: string | ((unit: number) => string);
}

/** What is ordinary for one indicator, and how far each unit is from it. NaN where it cannot be said. */
export interface BaselineColumn {
  readonly name: IndicatorName;
  /** Who a unit is compared with: a kind of customer, or `all`. */
  readonly comparedWith: (unit: number) => string;
  /** By unit, on the indicator's scale, and the accounts that they come from. */
  readonly median: Float64Array;
  readonly spread: Float64Array;
  readonly accounts: Float64Array;
  /** By unit: distance from the median in spreads; upper tail of the null; Benjamini-Hochberg over these units. */
  readonly effect: Float64Array;
  readonly pValue: Float64Array;
  readonly qValue: Float64Array;
}

/** Why two accounts, by number, are taken for one hand. */
export interface Link {
  readonly first: number;
  readonly second: number;
  readonly evidence: AccessEdge["evidence"];
  /** Sum of the evidence's. */
  readonly nats: number;
}

/** Who belongs together. Clusters are numbered 0 to count - 1 by falling evidence: number k is reported as `C-(k + 1)`. */
export interface Linkage {
  readonly count: number;
  /** By account: its cluster, or -1. */
  readonly clusterOf: Int32Array;
  /** By cluster: its evidence, and how many edges it has. */
  readonly nats: Float64Array;
  readonly edgeCounts: Float64Array;
  /** By cluster: edges that are kept for the report, strongest first. */
  readonly edges: readonly (readonly Link[])[];
}

/** What puts a unit before the analyst. */
export interface Scores {
  /** By unit, in 0 to 1; NaN where no indicator applies. */
  readonly risk: Float64Array;
  /** By unit, in 0 to 1; null without labelled or simulated cases. */
  readonly probability: Float64Array | null;
  /** In words, strongest first. */
  readonly reasons: (unit: number) => readonly string[];
}

/** Sections of the analysis that a step may give; each is given by one step only. */
export type AnalysisParts = Pick<
  AccessAnalysis,
  "kinds" | "distributions" | "timeline" | "exhibits" | "topics" | "probabilityModel"
>;

/** What a step has found. Everything is optional; a features step may give nothing but its tables. */
export interface StepResult {
  readonly indicators?: readonly IndicatorColumn[];
  /** By a baseline step. */
  readonly baselines?: readonly BaselineColumn[];
  /** By the linkage step. */
  readonly linkage?: Linkage;
  /** By the score step. */
  readonly scores?: Scores;
  readonly parts?: Partial<AnalysisParts>;
  readonly caveats?: AccessAnalysis["caveats"];
  /** A measure that this log cannot carry although its columns are there: said in `off`. */
  readonly off?: AccessAnalysis["off"];
}

/** What is known of the units of one kind. */
export interface UnitFindings {
  readonly units: Units;
  readonly totals: UnitTotals;
  readonly indicators: ReadonlyMap<IndicatorName, IndicatorColumn>;
  readonly baselines: ReadonlyMap<IndicatorName, BaselineColumn>;
  readonly scores: Scores | null;
}

/** What a step may know besides the database and the settings. */
export interface StepContext {
  readonly units: Units;
  /** What the mapping names. */
  readonly columns: ReadonlySet<ColumnName>;
  readonly log: LogStats;
  /** What earlier steps gave for these units. */
  readonly found: UnitFindings;
  /** The same for accounts, whatever the units are now. */
  readonly accounts: UnitFindings;
  /** The same for clusters; null before linkage, and where there is none. */
  readonly clusters: UnitFindings | null;
  readonly linkage: Linkage | null;
  /** Sections given so far. */
  readonly parts: Partial<AnalysisParts>;
  /** Labels by account number, where the analyst gave a file of them. */
  readonly labels: ReadonlyMap<number, AccessLabel> | null;
  /** A generator of the step's own, from the settings' seed and the step's name. */
  readonly random: Random;
  /** Pseudonym of an account by its number. */
  readonly pseudonym: (account: number) => string;
  /** Tells what is being done, for the progress line. */
  readonly progress: (what: string) => void;
  /** Folder of the scan's output; real ids may only go to files with mode 0600. */
  readonly folder: string;
}

/** A measure that plugs into `scan`: one file each, listed in `steps.ts`. */
export interface Step {
  /** Unique, in words a report can say. */
  readonly name: string;
  readonly stage: Stage;
  /** Columns that it needs; a list among them means one of these. Where they are missing the step is off. */
  readonly needs: readonly (ColumnName | readonly ColumnName[])[];
  run(database: Database, settings: AccessSettings, context: StepContext): Promise<StepResult>;
}
