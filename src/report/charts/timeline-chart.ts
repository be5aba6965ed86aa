import { drawChart } from "./chart.ts";

/** One comparison on a timeline. */
export interface TimelinePoint {
  /** ISO time. */
  readonly createdAt: string;
  readonly log10LR: number;
  readonly interval: readonly [number, number] | null;
}

/**
 * Likelihood ratio of one suspect and one reference over time: point and interval of each comparison on a logarithmic
 * axis; lines mark the ratios of one and of ten. Nothing connects the points: between two comparisons nothing was asked.
 *
 * @returns SVG markup; null with fewer than two points
 */
export async function drawTimelineChart(points: readonly TimelinePoint[]): Promise<string | null> {
  if (points.length < 2) return null;
  const rows = points.map(({ createdAt, log10LR, interval }) => ({
    time: Date.parse(createdAt),
    value: log10LR,
    low: interval?.[0] ?? log10LR,
    high: interval?.[1] ?? log10LR,
  }));
  const reach =
    Math.ceil(Math.max(1.2, ...rows.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)])) * 2) / 2;
  const times = rows.map(({ time }) => time);
  // A day at least, so that two comparisons of one afternoon have an axis too.
  const margin = Math.max(43_200_000, (Math.max(...times) - Math.min(...times)) * 0.04);
  const time: [number, number] = [Math.min(...times) - margin, Math.max(...times) + margin];
  const ratio: [number, number] = [-reach, reach];
  const x = {
    type: "temporal",
    scale: { type: "utc", domain: time, nice: false },
    axis: { title: null, format: "%Y-%m-%d", tickCount: 5, labelOverlap: "greedy", grid: false },
  } as const;
  const y = {
    type: "quantitative",
    scale: { domain: ratio, nice: false },
    axis: {
      title: "likelihood ratio",
      values: Array.from({ length: 2 * Math.floor(reach) + 1 }, (_, index) => index - Math.floor(reach)),
      grid: true,
      labelExpr:
        "datum.value < 0 ? '1/' + format(pow(10, -datum.value), ',d') : format(pow(10, datum.value), ',d')",
    },
  } as const;
  return drawChart({
    width: 560,
    height: 150,
    layer: [
      {
        data: { values: [{}] },
        mark: { type: "rule", color: "var(--rule)" },
        encoding: { y: { ...y, datum: 0 } },
      },
      {
        data: { values: [{}] },
        mark: { type: "rule", color: "var(--muted)", strokeDash: [3, 3] },
        encoding: { y: { ...y, datum: 1 } },
      },
      {
        data: { values: rows },
        mark: { type: "rule", color: "var(--accent)", strokeWidth: 3 },
        encoding: { x: { ...x, field: "time" }, y: { ...y, field: "low" }, y2: { field: "high" } },
      },
      {
        data: { values: rows },
        mark: { type: "point", shape: "diamond", size: 90, filled: true, color: "var(--accent)", opacity: 1 },
        encoding: { x: { ...x, field: "time" }, y: { ...y, field: "value" } },
      },
    ],
  });
}
