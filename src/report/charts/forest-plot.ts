import type { Affinity } from "../../schema/analysis.ts";
import { drawChart, rowAxis } from "./chart.ts";
import { chartLabels } from "./chart-labels.ts";

/** Controls that get a row of their own; the others share the last row. */
const ownRows = 18;

/**
 * Forest plot of one affinity: the suspect with its interval above the controls, closest first. Beyond eighteen
 * controls the farther ones share a row of ticks. Null when the affinity could not be estimated.
 */
export async function drawForestPlot(
  suspect: string,
  affinity: Affinity,
  title: string,
): Promise<string | null> {
  if (affinity.estimate === null) return null;
  const known = affinity.controls
    .flatMap(({ name, estimate }) => (estimate === null ? [] : [{ name, estimate }]))
    .sort((a, b) => b.estimate - a.estimate || (a.name < b.name ? -1 : 1));
  const near = known.length <= ownRows + 1 ? known : known.slice(0, ownRows);
  const far = known.slice(near.length);
  const labels = chartLabels([suspect, ...near.map((control) => control.name)]);
  const label = (name: string) => labels.get(name) ?? name;
  const others = `${far.length} farther controls`;
  const controls = [
    ...near.map((control) => ({ row: label(control.name), value: control.estimate })),
    ...far.map((control) => ({ row: others, value: control.estimate })),
  ];
  const own = label(suspect);
  const rows = [own, ...near.map((control) => label(control.name)), ...(far.length > 0 ? [others] : [])];
  const [low, high] = affinity.interval ?? [affinity.estimate, affinity.estimate];
  const values = [0, low, high, affinity.estimate, ...known.map((control) => control.estimate)];
  const y = {
    field: "row",
    type: "nominal",
    scale: { domain: rows },
    axis: {
      ...rowAxis,
      labelFontWeight: { condition: { test: "datum.index === 0", value: "bold" }, value: "normal" },
    },
  } as const;
  return drawChart({
    width: 300,
    height: { step: 17 },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: "rule", color: "var(--rule)" },
        encoding: { x: { datum: 0, type: "quantitative" } },
      },
      {
        data: { values: controls },
        mark: {
          type: "point",
          shape: "circle",
          size: 34,
          color: "var(--muted)",
          filled: false,
          strokeWidth: 1.2,
        },
        encoding: {
          y,
          x: {
            field: "value",
            type: "quantitative",
            scale: { domain: [Math.min(...values), Math.max(...values)], nice: true },
            axis: { title, tickCount: 6, grid: true },
          },
        },
      },
      {
        data: { values: [{ row: own, low, high }] },
        mark: { type: "rule", color: "var(--accent)", strokeWidth: 3 },
        encoding: { y, x: { field: "low", type: "quantitative" }, x2: { field: "high" } },
      },
      {
        data: { values: [{ row: own, value: affinity.estimate }] },
        mark: { type: "point", shape: "diamond", size: 90, filled: true, color: "var(--accent)", opacity: 1 },
        encoding: { y, x: { field: "value", type: "quantitative" } },
      },
    ],
  });
}
