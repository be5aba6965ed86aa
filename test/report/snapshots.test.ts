import { describe, expect, it } from "vitest";
import { drawForestPlot } from "../../src/report/charts/forest-plot.ts";
import { drawRatioChart } from "../../src/report/charts/ratio-chart.ts";
import { renderCsv } from "../../src/report/csv.ts";
import { renderHtml } from "../../src/report/html/html.tsx";
import { analysisJsonSchema, comparisonJsonSchema, renderComparisonJson } from "../../src/report/json.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderTerminal } from "../../src/report/terminal.ts";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";

const analysis = sampleAnalysis({ controls: 5, exhibits: 2 });
const file = (name: string) => `./snapshots/${name}`;

/** Long decimals rounded: a last digit that differs between machines is not a change of the report. */
const rounded = (text: string) =>
  text.replace(/\d+\.\d{4,}/g, (number) => String(Number(Number(number).toFixed(3))));
const lined = (markup: string) => markup.replaceAll("><", ">\n<");

describe("a report looks as it did", () => {
  it("on a wide terminal", async () => {
    await expect(renderTerminal(analysis, { columns: 110, color: false })).toMatchFileSnapshot(
      file("wide.txt"),
    );
  });

  it("on a terminal of eighty characters, in colour", async () => {
    await expect(renderTerminal(analysis, { columns: 80, color: true })).toMatchFileSnapshot(
      file("narrow.txt"),
    );
  });

  it("on a terminal too narrow for a table, for a miniature", async () => {
    const miniature = { ...analysis, miniature: true };
    await expect(renderTerminal(miniature, { columns: 60, color: false })).toMatchFileSnapshot(
      file("list.txt"),
    );
  });

  it("as Markdown", async () => {
    await expect(renderMarkdown(analysis)).toMatchFileSnapshot(file("report.md"));
  });

  it("as JSON of a comparison", async () => {
    await expect(rounded(renderComparisonJson(analysis))).toMatchFileSnapshot(file("comparison.json"));
  });

  it("as CSV", async () => {
    for (const [table, content] of Object.entries(renderCsv(analysis)))
      await expect(rounded(content.replaceAll("\r\n", "\n"))).toMatchFileSnapshot(file(`${table}.csv`));
  });

  it("as HTML, apart from style and drawings", async () => {
    const page = (await renderHtml(analysis))
      .replace(/<style>.*?<\/style>/s, "<style></style>")
      .replace(/<svg .*?<\/svg>/gs, "<svg></svg>");
    await expect(lined(page)).toMatchFileSnapshot(file("report.html"));
  });

  it("in its charts", async () => {
    const [suspect] = analysis.suspects;
    if (suspect === undefined) throw new Error("the sample has suspects");
    const forest = await drawForestPlot(suspect.name, suspect.contentAffinity, "content affinity");
    await expect(lined(rounded(forest ?? ""))).toMatchFileSnapshot(file("forest-plot.svg"));
    const ratios = await drawRatioChart(analysis.suspects);
    await expect(lined(rounded(ratios ?? ""))).toMatchFileSnapshot(file("ratio-chart.svg"));
  });

  it("in its JSON Schemas", async () => {
    const schema = `${JSON.stringify(analysisJsonSchema(), null, 2)}\n`;
    await expect(schema).toMatchFileSnapshot(file("analysis.schema.json"));
    const { properties, required, ...rest } = analysisJsonSchema() as Record<
      "properties" | "required",
      object
    >;
    expect(properties).toHaveProperty("reportData");
    expect(required).toContain("reportData");
    expect({ ...comparisonJsonSchema(), properties: {}, required: [], title: "" }).toEqual({
      ...{ ...rest, properties: {}, required: [], title: "" },
    });
    expect(comparisonJsonSchema().properties).not.toHaveProperty("reportData");
  });
});
