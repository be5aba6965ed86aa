import type { Analysis } from "../schema/analysis.ts";
import { renderCsv } from "./csv.ts";
import { renderHtml } from "./html/html.tsx";
import { renderJson } from "./json.ts";
import { renderMarkdown } from "./markdown.ts";
import { type ReportFormat, reportFormats } from "./report-formats.ts";

/** A file of a report: a base name and its text. */
export interface ReportFile {
  readonly name: string;
  readonly content: string;
}

type Renderer = (analysis: Analysis) => ReportFile[] | Promise<ReportFile[]>;

/** Every format of a report, by the name that the command line takes. */
const renderers = {
  html: async (analysis) => [{ name: "report.html", content: await renderHtml(analysis) }],
  md: (analysis) => [{ name: "report.md", content: renderMarkdown(analysis) }],
  json: (analysis) => [{ name: "report.json", content: renderJson(analysis) }],
  csv: (analysis) =>
    Object.entries(renderCsv(analysis)).map(([table, content]) => ({ name: `report.${table}.csv`, content })),
} as const satisfies Record<ReportFormat, Renderer>;

/**
 * Files of a report in the given formats: `report.html`, `report.md`, `report.json` and `report.<table>.csv`. The same
 * analysis gives the same bytes.
 */
export async function renderReportFiles(
  analysis: Analysis,
  formats: readonly ReportFormat[] = reportFormats,
): Promise<ReportFile[]> {
  const files = await Promise.all([...new Set(formats)].map((format) => renderers[format](analysis)));
  return files.flat();
}
