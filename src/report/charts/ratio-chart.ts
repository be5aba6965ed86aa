import type { SuspectAnalysis } from "../../schema/analysis.ts";
import { drawChart, rowAxis } from "./chart.ts";
import { chartLabels } from "./chart-labels.ts";

/** Logarithmic axis of likelihood ratios, symmetric about 1, that reaches past all the given log10 values. */
export function ratioAxis(log10: readonly number[]) {
  const reach = Math.ceil(Math.max(1.6, ...log10.map(Math.abs)) * 2 + 0.4) / 2;
  const domain: [number, number] = [-reach, reach];
  const most = Math.floor(reach);
  const x = {
    type: "quantitative",
    scale: { domain, nice: false },
    axis: {
      title: "likelihood ratio: left, more probable if independent; right, more probable if derived",
      values: Array.from({ length: 2 * most + 1 }, (_, index) => index - most),
      grid: true,
      // Numbers only: no foreign text enters an expression.
      labelExpr:
        "datum.value < 0 ? '1/' + format(pow(10, -datum.value), ',d') : format(pow(10, datum.value), ',d')",
    },
  } as const;
  return { domain, x };
}

/**
 * Likelihood ratios of all suspects on one logarithmic axis: point, interval and, shaded, what the calibration's
 * bounds leave out of reach; a line marks the ratio of ten that `derived` asks for. Null when no suspect has a ratio.
 */
export async function drawRatioChart(suspects: readonly SuspectAnalysis[]): Promise<string | null> {
  const labels = chartLabels(suspects.map((suspect) => suspect.name));
  const rows = suspects.flatMap((suspect) => {
    if (suspect.log10LR === null) return [];
    const [low, high] = suspect.log10LRInterval ?? [suspect.log10LR, suspect.log10LR];
    return [
      { row: labels.get(suspect.name), value: suspect.log10LR, low, high, bound: suspect.log10LRBound },
    ];
  });
  if (rows.length === 0) return null;
  const { domain, x } = ratioAxis(rows.flatMap((row) => [row.low, row.high, ...(row.bound ?? [])]));
  const beyond = rows.flatMap(({ row, bound }) =>
    bound === null
      ? []
      : [
          { row, from: domain[0], to: bound[0] },
          { row, from: bound[1], to: domain[1] },
        ],
  );
  const y = {
    field: "row",
    type: "nominal",
    scale: { domain: rows.map((row) => row.row ?? "") },
    axis: rowAxis,
  } as const;
  return drawChart({
    width: 460,
    height: { step: 24 },
    layer: [
      {
        data: { values: beyond },
        mark: { type: "bar", height: { band: 0.96 }, color: "var(--shade)" },
        encoding: { y, x: { ...x, field: "from" }, x2: { field: "to" } },
      },
      {
        data: { values: [{}] },
        mark: { type: "rule", color: "var(--rule)" },
        encoding: { x: { ...x, datum: 0 } },
      },
      {
        data: { values: [{}] },
        mark: { type: "rule", color: "var(--muted)", strokeDash: [3, 3] },
        encoding: { x: { ...x, datum: 1 } },
      },
      {
        data: { values: rows.map(({ row, low, high }) => ({ row, low, high })) },
        mark: { type: "rule", color: "var(--accent)", strokeWidth: 3 },
        encoding: { y, x: { ...x, field: "low" }, x2: { field: "high" } },
      },
      {
        data: { values: rows.map(({ row, value }) => ({ row, value })) },
        mark: { type: "point", shape: "diamond", size: 90, filled: true, color: "var(--accent)", opacity: 1 },
        encoding: { y, x: { ...x, field: "value" } },
      },
    ],
  });
}
