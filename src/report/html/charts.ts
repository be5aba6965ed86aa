import type { Analysis, SuspectAnalysis } from "../../schema/analysis.ts";
import { drawPavPlot, drawTippettPlot } from "../charts/calibration-charts.ts";
import { drawFamilyChart } from "../charts/family-chart.ts";
import { drawForestPlot } from "../charts/forest-plot.ts";
import { type GroupedMatrix, groupMatrix } from "../charts/group-matrix.ts";
import { drawHeatMap } from "../charts/heat-map.ts";
import { drawHeatRaster, type HeatRaster } from "../charts/heat-raster.ts";
import { drawMixture, mixtureParts } from "../charts/mixture-chart.ts";
import { drawPowerChart } from "../charts/power-chart.ts";
import { drawRatioChart } from "../charts/ratio-chart.ts";
import { drawSensitivity } from "../charts/sensitivity-chart.ts";
import { drawTree } from "../charts/tree-chart.ts";
import { ownEntry } from "../own-entry.ts";
import { sensitivityCases } from "../sensitivity.ts";
import { shortTree } from "../short-tree.ts";

/** Charts of one suspect's section. */
export interface SuspectCharts {
  readonly content: string | null;
  readonly habit: string | null;
  readonly families: string | null;
  readonly power: string | null;
  readonly teachers: string | null;
  readonly versions: string | null;
  readonly sensitivity: string | null;
}

/** A section without charts. */
export const noCharts: SuspectCharts = {
  content: null,
  habit: null,
  families: null,
  power: null,
  teachers: null,
  versions: null,
  sensitivity: null,
};

/** Every chart of the page, as SVG markup; null where there is nothing to draw. */
export interface Charts {
  readonly ratios: string | null;
  readonly suspects: readonly SuspectCharts[];
  readonly matrix: GroupedMatrix;
  readonly heatMap: string | null;
  /** Every model's row, where the heat map has rows of labs or leaves models out. */
  readonly raster: HeatRaster | null;
  readonly tree: string | null;
  /** Tips that the tree is drawn with; null without a tree. */
  readonly treeTips: number | null;
  readonly tippett: string | null;
  readonly pav: string | null;
}

/** Suspects that get charts; further ones have their numbers in tables, which keeps the page under three megabytes. */
const chartedSuspects = 12;

/** The same page without drawings. */
export function undrawn(charts: Charts): Charts {
  return {
    ...charts,
    ...{ ratios: null, heatMap: null, raster: null, tree: null, treeTips: null, tippett: null, pav: null },
    suspects: [],
  };
}

/** Draws every chart that the page of an analysis needs. */
export async function drawCharts(analysis: Analysis): Promise<Charts> {
  const { calibration } = analysis.reportData;
  const matrix = groupMatrix(analysis);
  const shortened = matrix.leftOut > 0 || matrix.sizes.some((size) => size > 1);
  const tree = drawnTree(analysis);
  return {
    ratios: await drawRatioChart(analysis.suspects.slice(0, 2 * chartedSuspects)),
    suspects: await Promise.all(
      analysis.suspects.map((suspect, index) => suspectCharts(analysis, suspect, index < chartedSuspects)),
    ),
    matrix,
    heatMap: await drawHeatMap(matrix),
    raster: shortened ? drawHeatRaster(analysis) : null,
    tree: tree === null ? null : await drawTree(tree, rolesOf(analysis)),
    treeTips: tree === null ? null : tree.tips.length,
    tippett: calibration === null ? null : await drawTippettPlot(calibration),
    pav: calibration === null ? null : await drawPavPlot(calibration),
  };
}

function rolesOf({ reportData }: Analysis) {
  return new Map(reportData.models.map(({ name, role }) => [name, role]));
}

function drawnTree(analysis: Analysis) {
  const { modelTree } = analysis.reportData;
  if (modelTree === undefined || modelTree.merges.length === 0) return null;
  const { roles, reference, suspects } = analysis;
  return shortTree(
    modelTree,
    new Set([reference, ...suspects.map(({ name }) => name), ...Object.values(roles.baselines)]),
  );
}

async function suspectCharts(
  analysis: Analysis,
  suspect: SuspectAnalysis,
  drawn: boolean,
): Promise<SuspectCharts> {
  if (!drawn) return noCharts;
  const line = suspect.evidence.find((one) => one.line === "several-references");
  const mixture = (question: string) => (line === undefined ? [] : mixtureParts(line, question));
  return {
    content: await drawForestPlot(suspect.name, suspect.contentAffinity, "content affinity to the reference"),
    habit: await drawForestPlot(suspect.name, suspect.habitAffinity, "habit affinity to the reference"),
    families: await drawFamilyChart(ownEntry(analysis.reportData.families, suspect.name) ?? []),
    power: await drawPowerChart(suspect.power),
    teachers: await drawMixture(mixture("teacher")),
    versions: await drawMixture(mixture("version")),
    sensitivity: await drawSensitivity(suspect, sensitivityCases(analysis, suspect)),
  };
}
