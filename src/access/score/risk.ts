import { type AccessSettings, type ScoredIndicator, scoredIndicators } from "../../schema/access-settings.ts";
import type { UnitFindings } from "../step.ts";

/** What an indicator adds to the risk of a unit. */
export interface RiskPart {
  readonly name: ScoredIndicator;
  readonly value: number;
  readonly threshold: number;
  /** min(1, max(0, value / threshold)). */
  readonly filled: number;
  /** Share of the weights of the indicators that apply. */
  readonly weight: number;
}

/**
 * Parts of a unit's risk: risk = sum(weight min(1, max(0, value / threshold))) over the indicators that apply, their
 * weights brought to a sum of 1. Empty where none applies (or those that do weigh nothing). It never falls when an
 * indicator that applies rises.
 */
export function riskParts(
  { indicators }: Pick<UnitFindings, "indicators">,
  unit: number,
  { weights, thresholds }: Pick<AccessSettings, "weights" | "thresholds">,
): RiskPart[] {
  const parts = scoredIndicators.flatMap((name) => {
    const value = indicators.get(name)?.values[unit] ?? Number.NaN;
    if (!Number.isFinite(value) || weights[name] === 0) return [];
    const threshold = thresholds[name];
    return [
      {
        name,
        value,
        threshold,
        filled: Math.min(1, Math.max(0, value / threshold)),
        weight: weights[name],
      },
    ];
  });
  const sum = parts.reduce((total, part) => total + part.weight, 0);
  return parts.map((part) => ({ ...part, weight: part.weight / sum }));
}

/** Weighted sum of a unit's indicators against their thresholds, in [0, 1]; NaN without a part. */
export function riskOf(parts: readonly RiskPart[]): number {
  if (parts.length === 0) return Number.NaN;
  return Math.min(
    1,
    parts.reduce((sum, part) => sum + part.weight * part.filled, 0),
  );
}
