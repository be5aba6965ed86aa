import type { Analysis, SuspectAnalysis } from "../../schema/analysis.ts";
import { drawPavPlot, drawTippettPlot } from "../charts/calibration-charts.ts";
import { drawFamilyChart } from "../charts/family-chart.ts";
import { drawForestPlot } from "../charts/forest-plot.ts";
import { type GroupedMatrix, groupMatrix } from "../charts/group-matrix.ts";
import { drawHeatMap } from "../charts/heat-map.ts";
import { drawPowerChart } from "../charts/power-chart.ts";
import { drawRatioChart } from "../charts/ratio-chart.ts";
import { ownEntry } from "../own-entry.ts";

/** Charts of one suspect's section. */
export interface SuspectCharts {
  readonly content: string | null;
  readonly habit: string | null;
  readonly families: string | null;
  readonly power: string | null;
}

/** A section without charts. */
export const noCharts: SuspectCharts = { content: null, habit: null, families: null, power: null };

/** Every chart of the page, as SVG markup; null where there is nothing to draw. */
export interface Charts {
  readonly ratios: string | null;
  readonly suspects: readonly SuspectCharts[];
  readonly matrix: GroupedMatrix;
  readonly heatMap: string | null;
  readonly tippett: string | null;
  readonly pav: string | null;
}

/** Suspects that get charts; further ones have their numbers in tables, which keeps the page under three megabytes. */
const chartedSuspects = 12;

/** Draws every chart that the page of an analysis needs. */
export async function drawCharts(analysis: Analysis): Promise<Charts> {
  const { calibration } = analysis.reportData;
  const matrix = groupMatrix(analysis);
  return {
    ratios: await drawRatioChart(analysis.suspects.slice(0, 2 * chartedSuspects)),
    suspects: await Promise.all(
      analysis.suspects.map((suspect, index) => suspectCharts(analysis, suspect, index < chartedSuspects)),
    ),
    matrix,
    heatMap: await drawHeatMap(matrix),
    tippett: calibration === null ? null : await drawTippettPlot(calibration),
    pav: calibration === null ? null : await drawPavPlot(calibration),
  };
}

async function suspectCharts(
  analysis: Analysis,
  suspect: SuspectAnalysis,
  drawn: boolean,
): Promise<SuspectCharts> {
  if (!drawn) return noCharts;
  return {
    content: await drawForestPlot(suspect.name, suspect.contentAffinity, "content affinity to the reference"),
    habit: await drawForestPlot(suspect.name, suspect.habitAffinity, "habit affinity to the reference"),
    families: await drawFamilyChart(ownEntry(analysis.reportData.families, suspect.name) ?? []),
    power: await drawPowerChart(suspect.power),
  };
}
