import type { AccountRecord } from "../../schema/access.ts";
import type { AccessLabel } from "../../schema/access-settings.ts";
import type { CampaignName } from "./campaigns.ts";

/** Ways to flag an account; each is counted by itself, `any` is all but the review. */
export const detectionRules = ["risk", "q", "probability", "cluster", "policy", "any"] as const;

/** A way to flag an account; see `detectionRules`. */
export type DetectionRule = (typeof detectionRules)[number];

/** What one scan of a beginning of the log says of every account, by its name. */
export interface DayFindings {
  /** Days that the scan saw. */
  readonly day: number;
  readonly accounts: ReadonlyMap<
    string,
    AccountRecord & { readonly rules: Readonly<Record<DetectionRule, boolean>> }
  >;
}

/** How one rule fares against one campaign. */
export interface RuleEvaluation {
  readonly rule: DetectionRule;
  /** Share of its accounts that are flagged after the last day. */
  readonly accounts: number;
  /** Share of its requests that those accounts sent. */
  readonly exchanges: number;
  /** Days from its first request to the first scan that flags half of its accounts seen by then; null: none does. */
  readonly detectedAfterDays: number | null;
  /** Share of what it harvested that was served before that scan; 1 where none detects it. */
  readonly servedBefore: number;
}

/** How the rules fare against one campaign. */
export interface CampaignEvaluation {
  readonly campaign: CampaignName;
  readonly accounts: number;
  readonly harvested: number;
  readonly rules: readonly RuleEvaluation[];
}

/** Recall, time to detection and what was served before, for every campaign and rule. */
export function campaignEvaluations(input: {
  readonly labels: readonly AccessLabel[];
  /** Requests harvested by day, by campaign. */
  readonly harvested: ReadonlyMap<CampaignName, readonly number[]>;
  readonly found: readonly DayFindings[];
}): CampaignEvaluation[] {
  return [...input.harvested].map(([campaign, byDay]) => {
    const names = input.labels.filter((label) => label.campaign === campaign).map(({ account }) => account);
    const harvested = total(byDay);
    const firstDay = byDay.findIndex((count) => count > 0);
    return {
      campaign,
      accounts: names.length,
      harvested,
      rules: detectionRules.map((rule) => {
        const states = input.found.map(({ day, accounts }) => {
          const seen = names.flatMap((name) => accounts.get(name) ?? []);
          const flagged = seen.filter(({ rules }) => rules[rule]);
          const requests = (some: typeof seen) => total(some.map((one) => one.requests));
          return {
            day,
            accounts: flagged.length / Math.max(1, seen.length),
            exchanges: requests(flagged) / Math.max(1, requests(seen)),
          };
        });
        // A campaign that has not begun cannot be found: its accounts may be customers until then.
        const detected = states.find(({ day, accounts }) => day > firstDay && accounts >= 0.5);
        return {
          rule,
          accounts: states.at(-1)?.accounts ?? 0,
          exchanges: states.at(-1)?.exchanges ?? 0,
          detectedAfterDays: detected === undefined ? null : detected.day - firstDay,
          servedBefore:
            detected === undefined ? 1 : total(byDay.slice(0, detected.day)) / Math.max(1, harvested),
        };
      }),
    };
  });
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
