import type { IndicatorName } from "../../schema/access.ts";
import type { AccessSettings } from "../../schema/access-settings.ts";
import { fromScale } from "../baseline/scale.ts";
import type { UnitFindings } from "../step.ts";
import type { RiskPart } from "./risk.ts";

const phrases: Readonly<Partial<Record<IndicatorName, string>>> = {
  queriesPerDay: "requests on the busiest day",
  topicDiversity: "breadth of topics",
  systematicCoverage: "systematic coverage",
  chainOfThoughtShare: "share that asks for reasoning",
  competitorCorrelation: "correlation with releases",
  topicEntropy: "entropy of topics",
  nearDuplicateShare: "share of near-duplicate prompts",
  modelWrittenShare: "share of prompts that look model-written",
  fullLengthShare: "share of full-length answers",
  logprobShare: "share that asks for log-probabilities",
  noFollowUpShare: "share without a follow-up",
  roundTheClock: "round-the-clock duty",
  burstiness: "burstiness",
  synchrony: "synchrony with other accounts",
  linkageDegree: "links to other accounts",
};

/**
 * What puts a unit before the analyst, strongest first: the parts of its risk that are at least half full, by what they
 * add to it, then the other indicators whose q is at or below the settings' false discovery rate, by q. Each with value,
 * threshold, baseline and q. Empty for an ordinary unit.
 */
export function reasonsOf(
  found: Pick<UnitFindings, "indicators" | "baselines">,
  unit: number,
  { parts, settings }: { readonly parts: readonly RiskPart[]; readonly settings: AccessSettings },
): string[] {
  const filled = parts
    .filter((part) => part.filled >= 0.5)
    .sort((first, second) => second.weight * second.filled - first.weight * first.filled);
  const named = new Set<IndicatorName>(filled.map((part) => part.name));
  const surprising = [...found.baselines.values()]
    .map((baseline) => ({ name: baseline.name, q: baseline.qValue[unit] ?? Number.NaN }))
    .filter(({ name, q }) => q <= settings.baseline.falseDiscoveryRate && !named.has(name))
    .sort((first, second) => first.q - second.q);
  return [
    ...filled.map(
      (part) =>
        `${inWords(part.name)} ${figure(part.value)} against a threshold of ${figure(part.threshold)}${comparison(found, part.name, unit)}`,
    ),
    ...surprising.map(
      ({ name }) =>
        `${inWords(name)} ${figure(found.indicators.get(name)?.values[unit] ?? Number.NaN)}${comparison(found, name, unit)}`,
    ),
  ];
}

/** `; typical of 812 accounts (direct): 0.31, effect 4.2, q = 0.003`. */
function comparison(
  { indicators, baselines }: Pick<UnitFindings, "indicators" | "baselines">,
  name: IndicatorName,
  unit: number,
): string {
  const baseline = baselines.get(name);
  const column = indicators.get(name);
  const median = baseline?.median[unit] ?? Number.NaN;
  if (baseline === undefined || column === undefined || !Number.isFinite(median)) return "";
  const effect = baseline.effect[unit] ?? Number.NaN;
  const q = baseline.qValue[unit] ?? Number.NaN;
  return [
    `; typical of ${baseline.accounts[unit]} accounts (${baseline.comparedWith(unit)}): ${figure(fromScale(column.scale, median))}`,
    Number.isFinite(effect) ? `, effect ${effect.toFixed(1)}` : "",
    Number.isFinite(q) ? `, q ${q < 1e-4 ? "< 0.0001" : `= ${q.toPrecision(2)}`}` : "",
  ].join("");
}

/** What an indicator is called in a sentence; one without a phrase by its name, taken apart. */
function inWords(name: IndicatorName): string {
  return phrases[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Shares to two places, counts to three digits and in groups of thousands. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return "?";
  if (Math.abs(value) < 10 && !Number.isInteger(value)) return value.toFixed(2);
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}
