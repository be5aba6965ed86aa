import type { SuspectAnalysis } from "../../schema/analysis.ts";
import type { SensitivityCase } from "../sensitivity.ts";
import { drawChart, rowAxis } from "./chart.ts";
import { ratioAxis } from "./ratio-chart.ts";

/**
 * What a likelihood ratio rests on: as reported with its interval, and below a circle for each recomputation without a
 * control, a family of probes, retried samples or incomplete probes. Null without a ratio or any recomputation.
 */
export async function drawSensitivity(
  suspect: SuspectAnalysis,
  cases: readonly SensitivityCase[],
): Promise<string | null> {
  const { log10LR, log10LRBound: bound } = suspect;
  const circles = cases.flatMap(({ label, values }) =>
    values.flatMap((value) => (value.log10LR === null ? [] : [{ row: label, value: value.log10LR }])),
  );
  if (log10LR === null || circles.length === 0) return null;
  const [low, high] = suspect.log10LRInterval ?? [log10LR, log10LR];
  const own = "as reported";
  const rows = [own, ...cases.filter(({ values }) => values.length > 0).map(({ label }) => label)];
  const { domain, x } = ratioAxis([low, high, ...(bound ?? []), ...circles.map(({ value }) => value)]);
  const y = {
    field: "row",
    type: "nominal",
    scale: { domain: rows },
    axis: {
      ...rowAxis,
      labelFontWeight: { condition: { test: "datum.index === 0", value: "bold" }, value: "normal" },
    },
  } as const;
  const beyond = (bound === null ? [] : rows).flatMap((row) => [
    { row, from: domain[0], to: bound?.[0] ?? domain[0] },
    { row, from: bound?.[1] ?? domain[1], to: domain[1] },
  ]);
  return drawChart({
    width: 460,
    height: { step: 22 },
    layer: [
      {
        data: { values: beyond },
        mark: { type: "bar", height: { band: 1 }, color: "var(--shade)" },
        encoding: { y, x: { ...x, field: "from" }, x2: { field: "to" } },
      },
      {
        data: { values: [{}] },
        mark: { type: "rule", color: "var(--muted)", strokeDash: [3, 3] },
        encoding: { x: { ...x, datum: 1 } },
      },
      {
        data: { values: [{ row: own, low, high }] },
        mark: { type: "rule", color: "var(--accent)", strokeWidth: 3 },
        encoding: { y, x: { ...x, field: "low" }, x2: { field: "high" } },
      },
      {
        data: { values: circles },
        mark: {
          type: "point",
          shape: "circle",
          size: 40,
          filled: false,
          color: "var(--ink)",
          strokeWidth: 1.1,
          opacity: 0.75,
        },
        encoding: { y, x: { ...x, field: "value" } },
      },
      {
        data: { values: [{ row: own, value: log10LR }] },
        mark: { type: "point", shape: "diamond", size: 90, filled: true, color: "var(--accent)", opacity: 1 },
        encoding: { y, x: { ...x, field: "value" } },
      },
    ],
  });
}
