import type { AccessLimits } from "../../schema/access-settings.ts";
import type { Subject } from "./subject.ts";

/** Why something is decided. */
export type GroundName =
  | "volume"
  | "topics"
  | "risk"
  | "template"
  | "reasoning"
  | "releases"
  | "unusual"
  | "atypical"
  | "linked"
  | "probability";

/** A measure beyond its limit. */
export interface Ground {
  readonly name: GroundName;
  /** In words. */
  readonly words: string;
  readonly measure: { readonly name: string; readonly value: number; readonly limit: number };
}

/**
 * Grounds that never verify or stop anybody: what a heavy honest user gives too; and what is made of other grounds, so that
 * one fact would count twice: being atypical in a measure that has a limit, and the probability, which holds the effects of
 * all indicators and the evidence of links.
 */
const uncounted: ReadonlySet<GroundName> = new Set(["volume", "topics", "risk", "atypical", "probability"]);
/** Grounds that compare with ordinary customers, so that what is usual for a kind is none. */
const ofContrast: ReadonlySet<GroundName> = new Set(["unusual", "atypical", "linked", "probability"]);

/** Whether a ground counts towards verify and stop. */
export const counts = ({ name }: Ground): boolean => !uncounted.has(name);

/** Whether a ground says that the account differs from ordinary customers. */
export const contrasts = ({ name }: Ground): boolean => ofContrast.has(name);

/**
 * Every measure of an account or cluster that is beyond its limit. A stricter limit (a lower one; for the false discovery
 * rate a higher one) never loses a ground. What could not be measured is none.
 */
export function groundsOf(subject: Subject, limits: AccessLimits): Ground[] {
  const above = (name: GroundName, words: string, value: number, limit: number, measure: string): Ground[] =>
    value > limit
      ? [{ name, words: `${words}, over ${inWords(limit)}`, measure: { name: measure, value, limit } }]
      : [];
  const { busiestHour, topicsPerDay, systematicCoverage, chainOfThoughtShare, competitorCorrelation } =
    subject;
  const { risk, probability, linked } = subject;
  return [
    ...above(
      "volume",
      `${inWords(busiestHour)} requests in its busiest hour`,
      busiestHour,
      limits.requestsPerHour,
      "busiestHour",
    ),
    ...above(
      "topics",
      `${inWords(topicsPerDay)} topics on one day`,
      topicsPerDay,
      limits.uniqueTopicsPerDay,
      "topicsPerDay",
    ),
    ...above("risk", `risk ${inWords(risk)}`, risk, limits.risk, "risk"),
    ...above(
      "template",
      `${percent(systematicCoverage)} of its prompts fill templates`,
      systematicCoverage,
      limits.systematicCoverage,
      "systematicCoverage",
    ),
    ...above(
      "reasoning",
      `${percent(chainOfThoughtShare)} of its requests ask for reasoning`,
      chainOfThoughtShare,
      limits.chainOfThoughtShare,
      "chainOfThoughtShare",
    ),
    ...above(
      "releases",
      `its volume goes with releases (${inWords(competitorCorrelation)})`,
      competitorCorrelation,
      limits.competitorCorrelation,
      "competitorCorrelation",
    ),
    ...unlike("unusual", subject.unusualQ, subject.unusualIn, limits),
    ...unlike("atypical", subject.atypicalQ, subject.atypicalIn, limits),
    ...(linked >= limits.linkedAccounts
      ? [
          {
            name: "linked" as const,
            words: `one of ${inWords(linked)} linked accounts`,
            measure: { name: "linkedAccounts", value: linked, limit: limits.linkedAccounts },
          },
        ]
      : []),
    ...above(
      "probability",
      `probability ${inWords(probability)} of a campaign`,
      probability,
      limits.probability,
      "probability",
    ),
  ];
}

function unlike(
  name: "unusual" | "atypical",
  q: number,
  indicator: string | null,
  { falseDiscoveryRate }: AccessLimits,
): Ground[] {
  if (!(q <= falseDiscoveryRate)) return [];
  const words = `unlike its kind of customer in ${indicator ?? "an indicator"} (q ${inWords(q)})`;
  return [{ name, words, measure: { name: `${name}Q`, value: q, limit: falseDiscoveryRate } }];
}

const figures = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });
const inWords = (value: number): string => figures.format(value);
const percent = (share: number): string => `${Math.round(share * 100)} %`;
