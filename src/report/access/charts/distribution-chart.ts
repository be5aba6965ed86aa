import type { AccountRecord, Distribution } from "../../../schema/access.ts";
import { drawChart, rowAxis } from "../../charts/chart.ts";
import { chartLabels } from "../../charts/chart-labels.ts";
import { indicatorOf, indicatorValue } from "../indicator-words.ts";

/** Kinds of customer that have a row, and accounts that are marked. */
const bounds = { kinds: 10, marks: 12 } as const;

/**
 * One indicator over ordinary accounts: a row for each kind of customer with a cell for each bin, darker where more of
 * the kind's accounts are; a diamond for each account that is before the analyst, on the row of its kind; a dashed line at
 * the threshold. Null without bins.
 */
export async function drawDistribution(
  { name, edges, kinds, threshold }: Distribution,
  marked: readonly AccountRecord[],
): Promise<string | null> {
  const shown = [...kinds]
    .sort((a, b) => b.accounts - a.accounts || (a.kind < b.kind ? -1 : 1))
    .slice(0, bounds.kinds);
  const bins = edges.length - 1;
  if (bins < 1 || shown.length === 0) return null;
  const labels = chartLabels(shown.map(({ kind }) => kind));
  const cells = shown.flatMap(({ kind, counts }) => {
    const most = Math.max(1, ...counts);
    return counts.slice(0, bins).flatMap((count, bin) =>
      // The root keeps a bin of one account visible beside one of thousands.
      count === 0
        ? []
        : [{ row: labels.get(kind) ?? "", from: bin, to: bin + 1, dark: Math.sqrt(count / most) }],
    );
  });
  const points = marked.slice(0, bounds.marks).flatMap((account) => {
    const row = labels.get(account.kind);
    const value = indicatorOf(account, name)?.value ?? null;
    return row === undefined || value === null ? [] : [{ row, at: binPlace(edges, value) }];
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * bins));
  const wording = Object.fromEntries(ticks.map((bin) => [bin, indicatorValue(edges[bin] ?? 0)]));
  const across: [number, number] = [-0.5, bins + 0.5];
  const rows = [...labels.values()];
  const y = { field: "row", type: "nominal", scale: { domain: rows }, axis: rowAxis } as const;
  const x = {
    type: "quantitative",
    scale: { domain: across, nice: false, zero: false },
    axis: { title: null, values: ticks, grid: false, labelExpr: `(${JSON.stringify(wording)})[datum.value]` },
  } as const;
  return drawChart({
    width: 300,
    height: { step: 18 },
    layer: [
      {
        data: { values: cells },
        mark: { type: "bar", height: 12, color: "var(--accent)" },
        encoding: {
          ...{ y, x: { ...x, field: "from" }, x2: { field: "to" } },
          opacity: {
            field: "dark",
            type: "quantitative",
            scale: { domain: [0, 1], range: [0.12, 0.9] },
            legend: null,
          },
        },
      },
      {
        data: { values: threshold === null ? [] : [{ at: binPlace(edges, threshold) }] },
        mark: { type: "rule", color: "var(--ink)", strokeDash: [3, 3] },
        encoding: { x: { ...x, field: "at" } },
      },
      {
        data: { values: points },
        mark: { type: "point", shape: "diamond", filled: true, size: 60, color: "var(--second)", opacity: 1 },
        encoding: { y, x: { ...x, field: "at" } },
      },
    ],
  });
}

/** Place of a value on an axis of bins of one width: its bin and the way through it; the ends for what is beyond. */
export function binPlace(edges: readonly number[], value: number): number {
  const bins = edges.length - 1;
  const above = edges.findIndex((edge) => edge > value);
  if (above === 0) return -0.35;
  if (above < 0) return value === edges[bins] ? bins : bins + 0.35;
  const [low = 0, high = 1] = [edges[above - 1], edges[above]];
  return above - 1 + (high > low ? (value - low) / (high - low) : 0.5);
}
