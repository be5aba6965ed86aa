import { describe, expect, it } from "vitest";
import { renderHtml } from "../../src/report/html/html.tsx";
import type { Analysis } from "../../src/schema/analysis.ts";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";

const bytes = (page: string) => new TextEncoder().encode(page).length;

/** The sample with so many times its four suspects, and every text with `filler` after it. */
function enlarged(analysis: Analysis, copies: number, filler: string): Analysis {
  const suspects = Array.from({ length: copies }, (_, copy) =>
    analysis.suspects.map((suspect) => ({
      ...suspect,
      name: `${suspect.name}-${copy}`,
      sentence: suspect.sentence + filler,
      notExcluded: suspect.notExcluded.map((text) => text + filler),
      caveats: suspect.caveats.map((caveat) => ({ ...caveat, message: caveat.message + filler })),
    })),
  ).flat();
  const bySuspect = <T>(record: Readonly<Record<string, T>> | undefined) =>
    Object.fromEntries(
      suspects.flatMap(({ name }) => {
        const value = record?.[name.replace(/-\d+$/, "")];
        return value === undefined ? [] : [[name, value]];
      }),
    );
  const { reportData } = analysis;
  return {
    ...analysis,
    suspects,
    reportData: {
      ...reportData,
      exhibits: Object.fromEntries(
        Object.entries(bySuspect(reportData.exhibits)).map(([name, list]) => [
          name,
          list.map((one) => ({ ...one, suspectExcerpt: one.suspectExcerpt + filler })),
        ]),
      ),
      families: bySuspect(reportData.families),
      leaveOneControlOut: bySuspect(reportData.leaveOneControlOut),
      leaveOneFamilyOut: bySuspect(reportData.leaveOneFamilyOut),
    },
  };
}

describe("a page stays under three megabytes", { timeout: 120_000 }, () => {
  it.each([60, 200, 400])("with %i models, nothing cut but tables", async (models) => {
    const page = await renderHtml(sampleAnalysis({ controls: models - 6, exhibits: 4 }));
    expect(bytes(page)).toBeLessThan(3_000_000);
    expect(page.includes("This page is shortened")).toBe(false);
    expect(page.includes("one pixel each")).toBe(models > 60);
    expect(page.includes('id="figure-tree"')).toBe(true);
  });

  it.each([
    ["many suspects", 40, 55, ""],
    ["texts of signs that are written out", 9, 20, "\u202E".repeat(4000)],
    ["both", 100, 60, "\u{E0041}".repeat(2000)],
  ])("with %s, and says that it is shortened", async (_, copies, controls, filler) => {
    const large = enlarged(sampleAnalysis({ controls, exhibits: 4 }), copies, filler);
    const page = await renderHtml(large);
    expect(bytes(page)).toBeLessThan(3_000_000);
    expect(page.includes("This page is shortened")).toBe(true);
    expect(page.includes("acme-chat-7b-0")).toBe(true);
  });
});
