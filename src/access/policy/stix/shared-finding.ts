import type { PolicyDecision } from "../../../schema/access.ts";

/** What may be known elsewhere of a campaign: how it behaves, nothing of who it is. */
export interface SharedFinding {
  readonly accounts: number;
  /** Rounded to two digits. */
  readonly requests: number;
  /** Whole UTC days, ISO 8601. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** Measures beyond their limits. */
  readonly measures: PolicyDecision["measures"];
  /** Structure of the templates that it fills: different values by slot, and how much of the grid was asked. */
  readonly templates: readonly {
    readonly slots: readonly number[];
    readonly fillings: number;
    readonly gridShare: number | null;
  }[];
  /** Autonomous systems that much of it comes from and few others. */
  readonly systems: readonly number[];
}
