import type { Analysis } from "../../schema/analysis.ts";
import { treeOrder } from "./group-matrix.ts";
import { heatSteps, stepOf } from "./heat-map.ts";
import { palettePng } from "./palette-png.ts";

/** Every model's affinity to every other one as an image, for more models than a chart with names holds. */
export interface HeatRaster {
  /** `data:` URIs of the same image in the colours of the light and the dark page. */
  readonly day: string;
  readonly night: string;
  /** Models in the order of rows and columns. */
  readonly names: readonly string[];
  /** Cells and the strip of roles, in pixels. */
  readonly size: number;
  /** Models that are in the tables only. */
  readonly leftOut: number;
}

/** Two images of so many models have 550 kB. */
const mostModels = 600;

/** Colours beside those of the steps: no affinity, reference, suspect, baseline, controls. */
const others = {
  none: { day: "#fdfdfb", night: "#141619" },
  reference: { day: "#93451a", night: "#e3a47c" },
  suspect: { day: "#1d4e79", night: "#8fbbe4" },
  baseline: { day: "#5a5a55", night: "#a5a49d" },
} as const;
const palette = [...heatSteps, ...Object.values(others)];
const placeOf = (kind: keyof typeof others) => heatSteps.length + Object.keys(others).indexOf(kind);

/** Draws the matrix in the order of the tree, with a strip at its left and top that marks reference, suspects and baselines. */
export function drawHeatRaster(analysis: Analysis): HeatRaster {
  const order = treeOrder(analysis);
  const names = order.slice(0, mostModels);
  const { names: rows, content } = analysis.reportData.matrix;
  const index = new Map(rows.map((name, at) => [name, at]));
  const roles = new Map(analysis.reportData.models.map(({ name, role }) => [name, role]));
  const strip = Math.max(3, Math.round(names.length / 40));
  const size = names.length + strip + 1;
  const pixels = new Uint8Array(size * size).fill(placeOf("none"));
  names.forEach((name, at) => {
    const role = roles.get(name);
    if (role === "reference" || role === "suspect" || role === "baseline")
      for (let across = 0; across < strip; across++) {
        pixels[across * size + at + strip + 1] = placeOf(role);
        pixels[(at + strip + 1) * size + across] = placeOf(role);
      }
    const row = content[index.get(name) ?? -1] ?? [];
    names.forEach((other, column) => {
      const value = row[index.get(other) ?? -1] ?? null;
      if (value !== null && column !== at)
        pixels[(at + strip + 1) * size + column + strip + 1] = stepOf(value);
    });
  });
  const image = (time: "day" | "night") =>
    palettePng({ width: size, height: size, pixels, palette: palette.map((colour) => colour[time]) });
  return { day: image("day"), night: image("night"), names, size, leftOut: order.length - names.length };
}
