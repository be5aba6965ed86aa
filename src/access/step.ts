import type { AccessAnalysis, IndicatorName, LogStats } from "../schema/access.ts";
import type { AccessLabel, AccessSettings, ColumnName } from "../schema/access-settings.ts";
import type { Random } from "../schema/random.ts";
import type { Database } from "./database.ts";

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

/**
 * What is measured as one: accounts, or clusters of them. `requests` and `prompts` are relations with the columns of the
 * tables `request` and `promptSample` whose column `account` is the number of the unit, so that one query serves both.
 */
export interface Units {
  readonly of: "account" | "cluster";
  /** Units are numbered 0 to count - 1. */
  readonly count: number;
  /** Name of a table or view. */
  readonly requests: string;
  readonly prompts: string;
}

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
  /** Why a NaN is one: the same words for all, or by unit. */
  readonly notApplicable: string | ((unit: number) => string);
}

/** Sections of the analysis that a step may give; each is given by one step only. */
export type AnalysisParts = Pick<
  AccessAnalysis,
  | "kinds"
  | "distributions"
  | "accounts"
  | "flaggedAccounts"
  | "clusters"
  | "clusterCount"
  | "timeline"
  | "exhibits"
  | "topics"
  | "probabilityModel"
>;

/** What a step has found. Everything is optional; a features step may give nothing but its tables. */
export interface StepResult {
  readonly indicators?: readonly IndicatorColumn[];
  readonly parts?: Partial<AnalysisParts>;
  readonly caveats?: AccessAnalysis["caveats"];
  /** A measure that this log cannot carry although its columns are there: said in `off`. */
  readonly off?: AccessAnalysis["off"];
}

/** What a step may know besides the database and the settings. */
export interface StepContext {
  readonly units: Units;
  /** What the mapping names. */
  readonly columns: ReadonlySet<ColumnName>;
  readonly log: LogStats;
  /** What earlier steps gave for these units, by name. */
  readonly indicators: ReadonlyMap<IndicatorName, IndicatorColumn>;
  /** What earlier steps gave for accounts, whatever the units are now. */
  readonly accountIndicators: ReadonlyMap<IndicatorName, IndicatorColumn>;
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
