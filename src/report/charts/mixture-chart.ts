import type { Evidence } from "../../schema/analysis.ts";
import { drawChart, rowAxis } from "./chart.ts";
import { chartLabels } from "./chart-labels.ts";

/** One candidate of the mixture: its weight with interval, null where no block of probes moves it. */
export interface MixturePart {
  readonly model: string;
  readonly role: string;
  readonly weight: number;
  readonly low: number | null;
  readonly high: number | null;
}

const shownParts = 10;

/** The candidates of one question (`teacher` or `version`) in the line of several references, largest weight first. */
export function mixtureParts(line: Evidence, question: string): MixturePart[] {
  const number = (value: unknown) => (typeof value === "number" ? value : null);
  return line.table
    .filter((row) => row.question === question)
    .map((row) => ({
      model: String(row.model ?? ""),
      role: String(row.role ?? ""),
      weight: number(row.weight) ?? 0,
      low: number(row.low),
      high: number(row.high),
    }));
}

/**
 * Admixture bars: how much of the suspect's departure from the panel each candidate takes, with its interval. The
 * reference is always drawn; candidates beyond the first ten, and those without weight, share a row. Null without candidates.
 */
export async function drawMixture(parts: readonly MixturePart[]): Promise<string | null> {
  if (parts.length === 0) return null;
  const first = parts.filter(
    ({ role, weight }, at) => role === "reference" || (at < shownParts && weight > 0),
  );
  const rest = parts.length - first.length;
  const labels = chartLabels(first.map(({ model }) => model));
  const rows = first.map((part) => ({ ...part, row: labels.get(part.model) ?? "" }));
  const others = rest === 1 ? "1 other candidate" : `${rest} other candidates`;
  const left = parts.filter((part) => !first.includes(part)).reduce((sum, { weight }) => sum + weight, 0);
  const bars = [
    ...rows.map(({ row, weight, role }) => ({ row, weight, reference: role === "reference" })),
    ...(rest > 0 ? [{ row: others, weight: left, reference: false }] : []),
  ];
  const y = {
    field: "row",
    type: "nominal",
    scale: { domain: bars.map(({ row }) => row) },
    axis: rowAxis,
  } as const;
  const reach = Math.max(0.1, ...bars.map(({ weight }) => weight), ...rows.map(({ high }) => high ?? 0));
  const scale = { domain: [0, reach] as [number, number], nice: true };
  return drawChart({
    width: 300,
    height: { step: 17 },
    layer: [
      {
        data: { values: bars },
        mark: { type: "bar", height: 9, opacity: 0.65 },
        encoding: {
          y,
          x: {
            field: "weight",
            type: "quantitative",
            scale,
            axis: { title: "weight in the suspect’s departure", tickCount: 6, grid: true },
          },
          fill: {
            field: "reference",
            type: "nominal",
            scale: { domain: [true, false], range: ["var(--accent)", "var(--rule)"] },
            legend: null,
          },
        },
      },
      {
        data: {
          values: rows.flatMap(({ row, low, high }) =>
            low === null || high === null ? [] : [{ row, low, high }],
          ),
        },
        mark: { type: "rule", color: "var(--ink)", strokeWidth: 1.4 },
        encoding: { y, x: { field: "low", type: "quantitative" }, x2: { field: "high" } },
      },
    ],
  });
}
