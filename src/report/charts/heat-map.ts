import { drawChart } from "./chart.ts";
import { chartLabels } from "./chart-labels.ts";
import type { GroupedMatrix } from "./group-matrix.ts";

/** Steps of the colour scale: an affinity of at least `from`, drawn in the page's variable, and what that is by day and night. */
export const heatSteps = [
  {
    from: Number.NEGATIVE_INFINITY,
    label: "below 0",
    color: "var(--heat-0)",
    day: "#f1f0ea",
    night: "#1d2024",
  },
  { from: 0, label: "0 to 0.1", color: "var(--heat-1)", day: "#dfe8f0", night: "#1f2d3a" },
  { from: 0.1, label: "0.1 to 0.2", color: "var(--heat-2)", day: "#bcd0e2", night: "#254259" },
  { from: 0.2, label: "0.2 to 0.4", color: "var(--heat-3)", day: "#85a9cb", night: "#33628a" },
  { from: 0.4, label: "0.4 to 0.7", color: "var(--heat-4)", day: "#4377a6", night: "#5c93c2" },
  { from: 0.7, label: "0.7 and more", color: "var(--heat-5)", day: "#123f69", night: "#b5d6f2" },
] as const;

/** Heat map of content affinities, rows named and columns numbered alike; cells that are not defined stay empty. */
export async function drawHeatMap(matrix: GroupedMatrix): Promise<string | null> {
  const { names, values } = matrix;
  if (names.length < 2) return null;
  const labels = chartLabels(names, 24);
  const rows = names.map((name, index) => `${labels.get(name)}  ${index + 1}`);
  const cells = values.flatMap((row, i) =>
    row.flatMap((value, j) =>
      value === null || i === j ? [] : [{ row: rows[i], column: j + 1, step: stepOf(value) }],
    ),
  );
  const size = names.length > 40 ? 11 : names.length > 24 ? 14 : 20;
  return drawChart({
    width: { step: size },
    height: { step: size },
    data: { values: cells },
    mark: { type: "rect", stroke: "var(--paper)", strokeWidth: 1 },
    encoding: {
      y: {
        field: "row",
        type: "ordinal",
        scale: { domain: rows },
        axis: { title: null, ticks: false, domain: false, labelFontSize: size > 12 ? 11 : 9 },
      },
      x: {
        field: "column",
        type: "ordinal",
        scale: { domain: names.map((_, index) => index + 1) },
        axis: {
          title: null,
          orient: "top",
          ticks: false,
          domain: false,
          labelAngle: 0,
          labelFontSize: size > 12 ? 10 : 8,
          labelOverlap: true,
        },
      },
      fill: {
        field: "step",
        type: "ordinal",
        scale: { domain: heatSteps.map((_, index) => index), range: heatSteps.map((step) => step.color) },
        legend: null,
      },
    },
  });
}

/** Place in `heatSteps` of an affinity. */
export function stepOf(value: number): number {
  return heatSteps.findLastIndex((step) => value >= step.from);
}
