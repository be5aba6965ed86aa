import type { Distribution } from "../../schema/access.ts";
import type { AccessSettings, ScoredIndicator } from "../../schema/access-settings.ts";
import type { IndicatorColumn } from "../step.ts";
import { everybody, type GroupBaseline } from "./comparison.ts";
import { likeliestShape } from "./empirical-null.ts";
import { fromScale } from "./scale.ts";

const bins = 40;

/** What a chart of an indicator shows: how it is spread over accounts, by kind, in 40 bins of equal width on its scale. */
export function distributionOf(
  column: IndicatorColumn,
  places: Float64Array,
  {
    kinds,
    baselines,
    settings,
  }: {
    readonly kinds: readonly string[];
    readonly baselines: ReadonlyMap<string, GroupBaseline>;
    readonly settings: AccessSettings;
  },
): Distribution | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const place of places)
    if (Number.isFinite(place)) {
      low = Math.min(low, place);
      high = Math.max(high, place);
    }
  if (low > high) return null;
  const width = (high - low || 1) / bins;
  const counts = new Map<string, number[]>();
  places.forEach((place, account) => {
    if (!Number.isFinite(place)) return;
    const kind = kinds[account] ?? "unknown";
    const ofKind = counts.get(kind) ?? new Array<number>(bins).fill(0);
    counts.set(kind, ofKind);
    const bin = Math.min(bins - 1, Math.floor((place - low) / width));
    ofKind[bin] = (ofKind[bin] ?? 0) + 1;
  });
  const all = baselines.get(everybody);
  return {
    name: column.name,
    unit: column.unit,
    threshold: settings.thresholds[column.name as ScoredIndicator] ?? null,
    scale: column.scale,
    edges: Array.from({ length: bins + 1 }, (_, edge) => fromScale(column.scale, low + edge * width)),
    kinds: [...counts].sort().map(([kind, ofKind]) => {
      const baseline = baselines.get(kind) ?? all;
      return {
        kind,
        accounts: ofKind.reduce((sum, count) => sum + count, 0),
        counts: ofKind,
        median: fromScale(column.scale, baseline?.median ?? low),
        spread: baseline?.spread ?? 0,
      };
    }),
    null: all === undefined ? null : nullOf(all),
  };
}

function nullOf({ fitted, accounts, median, spread }: GroupBaseline): Distribution["null"] {
  const shape = likeliestShape(fitted);
  const { pile } = fitted;
  const piled =
    pile.share > 0 ? `; ${Math.round(100 * pile.share)} % of the accounts share the lowest value` : "";
  return {
    method:
      shape === null
        ? `too few different values for a shape${piled}`
        : `truncated maximum likelihood, averaged over skewed t shapes${piled}`,
    centre: shape?.centre ?? median,
    spread: shape?.spread ?? spread,
    degreesOfFreedom: shape?.degreesOfFreedom ?? null,
    accounts,
  };
}
