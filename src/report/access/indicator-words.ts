import type { IndicatorName, IndicatorResult } from "../../schema/access.ts";
import { formatCount, formatNumber, notAvailable } from "../numbers.ts";

/** What an indicator is called, and what it measures, in plain words. */
export const indicatorWords: Readonly<Record<IndicatorName, readonly [name: string, meaning: string]>> = {
  queriesPerDay: ["Requests on the busiest day", "volume, by UTC day"],
  topicDiversity: [
    "Topic diversity",
    "distinct topics in a fixed number of draws, so that it does not grow with volume; 1 is spread evenly over all topics",
  ],
  systematicCoverage: [
    "Systematic coverage",
    "share of distinct prompts that fill a template with slots, times the share of requests that are no repeats",
  ],
  chainOfThoughtShare: [
    "Asks for reasoning",
    "share of requests that ask for reasoning, by parameter or in words",
  ],
  competitorCorrelation: [
    "Correlation with releases",
    "rank correlation of daily volume with closeness to named releases",
  ],
  topicEntropy: ["Topic entropy", "entropy of topics, corrected for unseen ones"],
  nearDuplicateShare: ["Near-duplicate prompts", "share of prompts in a family of near duplicates"],
  modelWrittenShare: ["Model-written prompts", "share of prompts that look written by a model; descriptive"],
  fullLengthShare: ["Full-length answers", "share of answers that ran to their limit"],
  logprobShare: ["Asks for log-probabilities", "share of requests"],
  noFollowUpShare: ["No follow-up", "share of answers after which no conversation goes on"],
  roundTheClock: ["Round-the-clock duty", "hours of the day in use against what the volume allows"],
  burstiness: ["Burstiness", "how far requests bunch beyond chance"],
  synchrony: ["Synchrony", "activity in step with another account, in nats of surprise"],
  volumeJump: ["Jump in volume", "the busiest day against the days before it"],
  hourlyExcess: ["Excess in an hour", "an hour's volume against what is usual in that hour of the week"],
  releaseTurn: ["Turn to a release", "share of requests that turn to a model right after its release"],
  linkageDegree: ["Links to other accounts", "accounts that evidence links it with"],
};

/** What an indicator is called. */
export const indicatorTitle = (name: IndicatorName): string => indicatorWords[name][0];

/** A value in its indicator's unit: a whole number in groups, else two places. */
export function indicatorValue(value: number | null): string {
  if (value === null) return notAvailable;
  return Math.abs(value) >= 100 || (Number.isInteger(value) && Math.abs(value) > 1)
    ? `${value < 0 ? "−" : ""}${formatCount(Math.round(Math.abs(value)))}`
    : formatNumber(value);
}

/** The indicator of one account or cluster; undefined where it was not measured. */
export const indicatorOf = (
  { indicators }: { readonly indicators: readonly IndicatorResult[] },
  name: IndicatorName,
): IndicatorResult | undefined => indicators.find((one) => one.name === name);
