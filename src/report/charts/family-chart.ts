import type { ReportData } from "../../schema/analysis.ts";
import { drawChart, rowAxis } from "./chart.ts";
import { chartLabels } from "./chart-labels.ts";

/** Bars of each probe family's share of the content affinity, largest first; null without families. */
export async function drawFamilyChart(families: ReportData["families"][string]): Promise<string | null> {
  if (families.length === 0) return null;
  const sorted = [...families]
    .sort((a, b) => b.share - a.share || (a.family < b.family ? -1 : 1))
    .slice(0, 24);
  const labels = chartLabels(sorted.map((one) => one.family));
  const rows = sorted.map((one) => ({ row: labels.get(one.family) ?? "", share: one.share }));
  return drawChart({
    width: 300,
    height: { step: 17 },
    data: { values: rows },
    mark: { type: "bar", height: 9, color: "var(--accent)" },
    encoding: {
      y: {
        field: "row",
        type: "nominal",
        scale: { domain: rows.map((row) => row.row) },
        axis: rowAxis,
      },
      x: {
        field: "share",
        type: "quantitative",
        scale: { nice: true },
        axis: { title: "share of the content affinity", format: ".0%", tickCount: 5 },
      },
    },
  });
}
