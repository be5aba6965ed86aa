import type { ModelSummary } from "../../schema/analysis.ts";
import type { ShortTree } from "../short-tree.ts";
import { drawChart } from "./chart.ts";
import { chartLabels } from "./chart-labels.ts";

/** Branches with less support are drawn without a number. */
export const shownSupport = 0.5;

/** Colours of names by role; a tip of several models is muted. */
const colours: Readonly<Record<ModelSummary["role"] | "several", string>> = {
  reference: "var(--second)",
  suspect: "var(--accent)",
  baseline: "var(--ink)",
  control: "var(--ink)",
  other: "var(--muted)",
  several: "var(--muted)",
};

/**
 * Dendrogram: tips at the left, joined at their mean distance, with the bootstrap support of a branch in percent where it
 * has at least half of the replicates. Null for fewer than three tips.
 */
export async function drawTree(
  { tips, merges }: ShortTree,
  roles: ReadonlyMap<string, ModelSummary["role"]>,
): Promise<string | null> {
  if (tips.length < 3) return null;
  const labels = chartLabels(
    tips.map(({ models }) => models[0] ?? ""),
    26,
  );
  const names = tips.map(({ models }, at) => {
    const [first = ""] = models;
    const role = models.length === 1 ? (roles.get(first) ?? "other") : "several";
    const named = role === "reference" || role === "suspect" || role === "baseline";
    const more = models.length > 1 ? ` + ${models.length - 1}` : named && first !== role ? ` (${role})` : "";
    return { y: at, label: `${labels.get(first)}${more}`, role };
  });
  const places: { x: number; y: number }[] = tips.map(({ distance }, y) => ({ x: distance, y }));
  const lines: { x: number; x2: number; y: number; y2: number }[] = tips.flatMap(({ distance }, y) =>
    distance > 0 ? [{ x: 0, x2: distance, y, y2: y }] : [],
  );
  const supports: { x: number; y: number; text: string }[] = [];
  for (const { parts, distance, support } of merges) {
    const [one, other] = [places[parts[0]], places[parts[1]]];
    if (one === undefined || other === undefined) continue;
    for (const part of [one, other]) lines.push({ x: part.x, x2: distance, y: part.y, y2: part.y });
    lines.push({ x: distance, x2: distance, y: one.y, y2: other.y });
    const middle = (one.y + other.y) / 2;
    places.push({ x: distance, y: middle });
    if (support !== null && support >= shownSupport)
      supports.push({ x: distance, y: middle, text: String(Math.round(100 * support)) });
  }
  const far = Math.max(0.1, ...merges.map(({ distance }) => distance));
  const down: [number, number] = [tips.length - 0.5, -0.5];
  const across: [number, number] = [0, far];
  const y = {
    field: "y",
    type: "quantitative",
    axis: null,
    scale: { domain: down, nice: false, zero: false },
  } as const;
  const x = {
    field: "x",
    type: "quantitative",
    scale: { domain: across, nice: true },
    axis: {
      title: "mean distance between the models of two branches (1 − content affinity)",
      tickCount: 6,
      grid: true,
    },
  } as const;
  const small = tips.length > 40;
  return drawChart({
    width: 420,
    height: tips.length * (small ? 12 : 17),
    layer: [
      {
        data: { values: lines },
        mark: { type: "rule", color: "var(--ink)", strokeWidth: 1.2 },
        encoding: { x, x2: { field: "x2" }, y, y2: { field: "y2" } },
      },
      {
        data: { values: supports },
        mark: {
          type: "text",
          align: "left",
          dx: 3,
          dy: -5,
          fontSize: small ? 8.5 : 9.5,
          color: "var(--accent)",
        },
        encoding: { x, y, text: { field: "text" } },
      },
      {
        data: { values: names },
        mark: { type: "text", align: "right", dx: -6, fontSize: small ? 9 : 11 },
        encoding: {
          x: { datum: 0, type: "quantitative" },
          y,
          text: { field: "label" },
          color: {
            field: "role",
            type: "nominal",
            scale: { domain: Object.keys(colours), range: Object.values(colours) },
            legend: null,
          },
        },
      },
    ],
  });
}
