import { describe, expect, it } from "vitest";
import { renderHtml } from "../../src/report/html/html.tsx";
import { renderReportFiles } from "../../src/report/report-files.ts";
import { analysisSchema, type Evidence } from "../../src/schema/analysis.ts";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";

describe("renderReportFiles", () => {
  it("names a file for each format, each format once", async () => {
    const files = await renderReportFiles(sampleAnalysis(), ["md", "md", "csv"]);
    const names = files.map((file) => file.name);
    expect(names).toContain("report.md");
    expect(names).toContain("report.findings.csv");
    expect(new Set(names).size).toBe(names.length);
  });

  it("gives the same bytes every time, and leaves the analysis alone", async () => {
    const analysis = sampleAnalysis();
    const before = JSON.stringify(analysis);
    const first = await renderReportFiles(analysis);
    const second = await renderReportFiles(analysisSchema.parse(JSON.parse(before)));
    expect(second).toEqual(first);
    expect(JSON.stringify(analysis)).toBe(before);
  });
});

describe("renderHtml", () => {
  it("stays under three megabytes and ten seconds for 300 controls and long answers", {
    timeout: 60_000,
  }, async () => {
    const analysis = sampleAnalysis({ controls: 300, exhibits: 4 });
    for (const exhibits of Object.values(analysis.reportData.exhibits))
      for (const exhibit of exhibits) exhibit.suspectExcerpt = exhibit.suspectExcerpt.repeat(20_000);
    const started = performance.now();
    const page = await renderHtml(analysis);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(page.length).toBeLessThan(3_000_000);
    expect(page).toContain("Controls of one lab share a row");
  });

  it("says nothing that the evidence does not", async () => {
    const page = await renderHtml(sampleAnalysis());
    expect(page).not.toMatch(/\bproo(f|ve)|\bproves?\b|\bproven\b/i);
    expect(page).toContain("LR at least 15");
    const finding = page.slice(page.indexOf('id="finding-2"'), page.indexOf('id="finding-3"'));
    expect(finding).toContain("not distinguished");
    expect(finding).not.toMatch(/\bsame\b/);
  });

  it("prints every p-value with its n and its method", async () => {
    const analysis = sampleAnalysis();
    const page = text(await renderHtml(analysis));
    for (const suspect of analysis.suspects)
      for (const line of [suspect.sameModel, suspect.rankAmongControls, ...suspect.evidence])
        expectTest(page, line);
    expect(page.match(/\bp = [\d.]+/g)?.length).toBe(page.match(/\bp = [\d.]+ \(n = /g)?.length);
  });

  it("says why where a number is missing", async () => {
    const page = text(await renderHtml(sampleAnalysis()));
    expect(page).toContain("no habit affinity could be computed from 6 probes");
    expect(page).toContain("the self term is not above zero");
    expect(page).not.toMatch(/\b(NaN|Infinity|undefined|null)\b(?! hyp)/);
  });

  it("shows the notice of a miniature only on a miniature", async () => {
    const notice = "it says nothing about any real model";
    expect(await renderHtml(sampleAnalysis({ miniature: true }))).toContain(notice);
    expect(await renderHtml(sampleAnalysis())).not.toContain(notice);
  });

  it("renders an analysis with nothing in it", async () => {
    const analysis = sampleAnalysis();
    const bare = analysisSchema.parse({
      ...analysis,
      suspects: [],
      caveats: [],
      ladder: { source: "", steps: [] },
      reportData: {
        ...{
          models: [],
          suites: [],
          sources: [],
          exhibits: {},
          families: {},
          leaveOneControlOut: {},
          commands: [],
        },
        ...{ matrix: { names: [], content: [] }, calibration: null },
      },
    });
    expect(text(await renderHtml(bare))).toContain("No calibration was used");
    expect((await renderReportFiles(bare)).length).toBeGreaterThan(10);
  });
});

function expectTest(page: string, line: Evidence): void {
  if (line.pValue === null) return;
  expect(page).toContain(`(n = ${line.n} ${line.nUnit})${line.method}`);
}

/** Text of a page, with tags taken out and entities read. */
function text(page: string): string {
  return page
    .slice(page.indexOf("<body>"))
    .replace(/<[^>]+>/g, "")
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&amp;", "&");
}
