import { toJson } from "../json.ts";
import type { ReportFile } from "../report-files.ts";
import type { ReportFormat } from "../report-formats.ts";
import { renderAccessCsv } from "./access-csv.ts";
import { renderAccessHtml } from "./access-html.tsx";
import { renderAccessMarkdown } from "./access-markdown.ts";
import { type AccessReport, type AccessReportInput, accessReport } from "./access-report.ts";

type Renderer = (report: AccessReport) => ReportFile[] | Promise<ReportFile[]>;

const renderers: Readonly<Record<ReportFormat, Renderer>> = {
  html: async (report) => [{ name: "access-report.html", content: await renderAccessHtml(report) }],
  md: (report) => [{ name: "access-report.md", content: renderAccessMarkdown(report) }],
  json: (report) => [{ name: "access-report.json", content: renderAccessJson(report) }],
  csv: (report) =>
    Object.entries(renderAccessCsv(report)).map(([name, content]) => ({
      name: `access-report.${name}.csv`,
      content,
    })),
};

/**
 * Files of a report on a scan in the given formats. The same input gives the same bytes; personal data is masked before
 * anything is rendered.
 */
export async function renderAccessReportFiles(
  input: AccessReportInput,
  formats: readonly ReportFormat[],
): Promise<ReportFile[]> {
  const report = accessReport(input);
  const files = await Promise.all([...new Set(formats)].map((format) => renderers[format](report)));
  return files.flat();
}

/** The analysis as the report prints it, excerpts and policy counts, and of a comparison its findings. */
function renderAccessJson({ analysis, excerpts, policy, run, hashes, commands }: AccessReport): string {
  return toJson({
    schemaVersion: 1,
    analysis,
    excerpts: [...excerpts.values()],
    policy,
    beside:
      run === null
        ? null
        : {
            run: run.run,
            reference: run.reference,
            suspects: run.suspects.map(({ name, finding, log10LR, log10LRInterval, canary }) => ({
              ...{ name, finding, log10LR, log10LRInterval },
              fedThrough: (canary?.tests ?? []).map((test) => ({
                secret: test.name,
                lists: 1 + (test.clusters?.length ?? 0),
                clusters: test.clusters ?? [],
              })),
            })),
          },
    hashes,
    commands,
  });
}
