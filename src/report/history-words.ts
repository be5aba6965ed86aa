import type {
  ChangeTest,
  EndpointChange,
  EndpointDescription,
  FindingChange,
  History,
  ScoreChange,
} from "../schema/history.ts";
import { findingWords } from "./finding-words.ts";
import {
  formatCount,
  formatInterval,
  formatNumber,
  formatPercent,
  formatRatio,
  notAvailable,
} from "./numbers.ts";

/** How a verdict on an endpoint is called; never "unchanged". */
export const endpointVerdictWords: Readonly<Record<EndpointChange["verdict"], string>> = {
  "endpoint-changed": "ALARM",
  "no-change-detected": "no alarm",
  "configuration-changed": "configured otherwise",
  "not-tested": "not tested",
};

/** How a verdict on a finding is called. */
export const findingVerdictWords: Readonly<Record<FindingChange["verdict"], string>> = {
  "finding-changed": "CHANGED",
  "score-changed": "SCORE CHANGED",
  "not-beyond-sampling": "not beyond sampling",
  "not-known": "not known",
  "no-change-detected": "no change detected",
};

/** The design and its guarantee in one sentence each. */
export function designWords(history: History): string[] {
  const { looks, runs, design } = history;
  const against =
    design === "consecutive"
      ? "each run against the one before"
      : `each later run against ${looks[0]?.earlier ?? ""}`;
  return [
    `${runs.length} runs, ${looks.length} ${looks.length === 1 ? "look" : "looks"}: ${against}.`,
    history.errorControl,
  ];
}

/** Effect with its interval: in percent, or the squared shift as it is. */
export function effectWords({ test, effect, interval }: ChangeTest): string {
  if (effect === null) return notAvailable;
  const [scale, digits, unit] = test === "answer-shift" ? [1, 4, ""] : [100, 1, " %"];
  const scaled = (value: number) => formatNumber(scale * value, digits);
  const range = interval === null ? "" : ` (${scaled(interval[0])} to ${scaled(interval[1])})`;
  return `${scaled(effect)}${range}${unit}`;
}

/** Effect that would have been detected with probability 0.8. */
export function detectableWords({ test, detectable }: ChangeTest): string {
  if (detectable === null) return notAvailable;
  return test === "answer-shift" ? formatNumber(detectable, 4) : formatPercent(detectable, 1);
}

/** Finding with its bounded likelihood ratio and interval. */
export function standWords({ finding, log10LR, log10LRInterval }: FindingChange["earlier"]): string {
  const ratio =
    log10LR === null
      ? "no LR"
      : `LR ${formatRatio(log10LR)}${
          log10LRInterval === null
            ? ""
            : ` (${formatRatio(log10LRInterval[0])} to ${formatRatio(log10LRInterval[1])})`
        }`;
  return `${findingWords[finding]}, ${ratio}`;
}

/** Change of the score with its interval. */
export const scoreWords = ({ estimate, interval }: ScoreChange): string =>
  estimate === null ? notAvailable : `${formatNumber(estimate)} (${formatInterval(interval)})`;

/** What is told without a test, one phrase a subject; only what is known. */
export function descriptionWords(description: EndpointDescription): { what: string; words: string }[] {
  const { latencyMs, characters, servedModels, fingerprints, outcomes, answered } = description;
  const medians = (
    { earlier, later }: EndpointDescription["latencyMs"],
    what: string,
    unit: string,
  ): { what: string; words: string }[] =>
    earlier.median === null || later.median === null
      ? []
      : [
          {
            what,
            words: `${formatCount(Math.round(earlier.median))} → ${formatCount(Math.round(later.median))} ${unit}`,
          },
        ];
  const named = ({ earlier, later }: EndpointDescription["servedModels"], what: string) =>
    earlier.length === 0 && later.length === 0
      ? []
      : [{ what, words: `${names(earlier)} → ${names(later)}` }];
  const notOk = (counts: EndpointDescription["outcomes"]["earlier"]) => {
    const entries = Object.entries(counts).filter(([outcome, count]) => outcome !== "ok" && count > 0);
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return entries.length === 0
      ? `none of ${formatCount(all)}`
      : `${entries.map(([outcome, count]) => `${formatCount(count)} ${outcome}`).join(", ")} of ${formatCount(all)}`;
  };
  const dates = (range: EndpointDescription["answered"]["earlier"]) =>
    range === null ? notAvailable : `${range.from.slice(0, 16)} to ${range.to.slice(0, 16)}`;
  return [
    ...(answered.earlier === null && answered.later === null
      ? []
      : [{ what: "Answered", words: `${dates(answered.earlier)} → ${dates(answered.later)}` }]),
    ...medians(characters, "Length", "characters (median)"),
    ...medians(latencyMs, "Latency", "ms (median)"),
    { what: "Without a usable answer", words: `${notOk(outcomes.earlier)} → ${notOk(outcomes.later)}` },
    ...named(servedModels, "Served model"),
    ...named(fingerprints, "Fingerprint"),
  ];
}

const mostNames = 4;
function names(list: EndpointDescription["servedModels"]["earlier"]): string {
  if (list.length === 0) return "not told";
  const shown = list.slice(0, mostNames).map(({ name, count }) => `${name} (${formatCount(count)})`);
  return list.length > mostNames
    ? `${shown.join(", ")} and ${list.length - mostNames} others`
    : shown.join(", ");
}
