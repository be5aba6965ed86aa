import { type AccountRecord, type ClusterRecord, indicatorNames } from "../../schema/access.ts";
import type { StepContext, UnitFindings } from "../step.ts";

/** Effects are cut here: how far beyond is a matter of the tail, not of the likelihood of a campaign. */
const furthest = 8;

/** What the probability rests on: the effect of every indicator, and the evidence that links a unit to others. */
export const featureNames: readonly string[] = [...indicatorNames, "linkNats"];

/**
 * Features of a unit, in the order of `featureNames`: effects against its kind, cut to [-8, 8] and divided by 4, and
 * ln(1 + nats of its cluster's evidence an account). What does not apply is 0, the value of an ordinary account.
 */
export function featuresOf(
  found: UnitFindings,
  { linkage }: Pick<StepContext, "linkage">,
): (unit: number) => number[] {
  const sizes = new Float64Array(linkage?.count ?? 0);
  linkage?.clusterOf.forEach((cluster) => {
    if (cluster >= 0) sizes[cluster] = (sizes[cluster] ?? 0) + 1;
  });
  return (unit) => {
    const cluster = found.units.of === "cluster" ? unit : (linkage?.clusterOf[unit] ?? -1);
    return [
      ...indicatorNames.map((name) => effectFeature(found.baselines.get(name)?.effect[unit])),
      cluster < 0 ? 0 : linkFeature(linkage?.nats[cluster] ?? 0, sizes[cluster] ?? 1),
    ];
  };
}

/** The same from a record of `access.json` and that of its cluster, if it has one. */
export function recordFeatures(
  { indicators }: Pick<AccountRecord, "indicators">,
  cluster: Pick<ClusterRecord, "nats" | "size"> | null,
): number[] {
  const effects = new Map(indicators.map(({ name, effect }) => [name, effect]));
  return [
    ...indicatorNames.map((name) => effectFeature(effects.get(name) ?? undefined)),
    cluster === null ? 0 : linkFeature(cluster.nats, cluster.size),
  ];
}

const effectFeature = (effect: number | undefined): number =>
  effect === undefined || !Number.isFinite(effect) ? 0 : Math.min(furthest, Math.max(-furthest, effect)) / 4;

const linkFeature = (nats: number, accounts: number): number => Math.log1p(nats / Math.max(1, accounts));
