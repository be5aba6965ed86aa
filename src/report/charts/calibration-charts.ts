import type { Calibration } from "../../schema/calibration.ts";
import { drawChart } from "./chart.ts";

/** Points a curve keeps: more cannot be told apart at this size. */
const curvePoints = 160;

/**
 * Tippett plot: for each log10 LR, the share of held-out pairs of known origin that got at least that much. Dashed
 * lines are the bounds that the report puts on any ratio. Null without pairs.
 */
export async function drawTippettPlot(calibration: Calibration): Promise<string | null> {
  const curves = [
    ...exceedance(calibration.distilledLog10LR, "distilled"),
    ...exceedance(calibration.unrelatedLog10LR, "unrelated"),
  ];
  if (curves.length === 0) return null;
  return drawChart({
    width: 300,
    height: 220,
    layer: [
      {
        data: { values: calibration.bounds.log10LR.map((bound) => ({ bound })) },
        mark: { type: "rule", color: "var(--muted)", strokeDash: [3, 3] },
        encoding: { x: { field: "bound", type: "quantitative" } },
      },
      {
        data: { values: curves },
        mark: { type: "line", interpolate: "step-before", strokeWidth: 2 },
        encoding: {
          x: { field: "x", type: "quantitative", axis: { title: "log10 LR, before bounding", tickCount: 6 } },
          y: {
            field: "share",
            type: "quantitative",
            scale: { domain: [0, 1] },
            axis: { title: "share of pairs", format: ".0%", tickCount: 5 },
          },
          color: {
            field: "kind",
            type: "nominal",
            scale: { domain: ["distilled", "unrelated"], range: ["var(--accent)", "var(--second)"] },
            legend: null,
          },
          strokeDash: {
            field: "kind",
            type: "nominal",
            scale: {
              domain: ["distilled", "unrelated"],
              range: [
                [1, 0],
                [6, 3],
              ],
            },
            legend: null,
          },
        },
      },
    ],
  });
}

/** PAV plot: log10 LR before and after the best monotone recalibration; on the diagonal, the ratios mean what they say. */
export async function drawPavPlot(calibration: Calibration): Promise<string | null> {
  if (calibration.pav.length === 0) return null;
  const points = thin(calibration.pav).map(([before, after]) => ({ before, after }));
  const all = points.flatMap((point) => [point.before, point.after]);
  const ends = [Math.min(...all), Math.max(...all)];
  return drawChart({
    width: 300,
    height: 220,
    layer: [
      {
        data: { values: ends.map((end) => ({ end })) },
        mark: { type: "line", color: "var(--muted)", strokeDash: [3, 3], strokeWidth: 1 },
        encoding: { x: { field: "end", type: "quantitative" }, y: { field: "end", type: "quantitative" } },
      },
      {
        data: { values: points },
        mark: { type: "line", color: "var(--accent)", strokeWidth: 2, interpolate: "step-after" },
        encoding: {
          x: { field: "before", type: "quantitative", axis: { title: "log10 LR as given", tickCount: 6 } },
          y: { field: "after", type: "quantitative", axis: { title: "log10 LR after PAV", tickCount: 6 } },
        },
      },
    ],
  });
}

/** Share of the sorted values that are at least each of them. */
function exceedance(sorted: readonly number[], kind: string) {
  const points = sorted.map((x, index) => ({ x, share: (sorted.length - index) / sorted.length, kind }));
  const last = sorted.at(-1);
  return [...thin(points), ...(last === undefined ? [] : [{ x: last, share: 0, kind }])];
}

function thin<T>(points: readonly T[]): T[] {
  if (points.length <= curvePoints) return [...points];
  const step = (points.length - 1) / (curvePoints - 1);
  return Array.from({ length: curvePoints }, (_, index) => points[Math.round(index * step)] as T);
}
