import { describe, expect, it } from "vitest";
import { chartLabels } from "../../src/report/charts/chart-labels.ts";
import { drawForestPlot } from "../../src/report/charts/forest-plot.ts";
import { groupMatrix } from "../../src/report/charts/group-matrix.ts";
import { drawHeatMap } from "../../src/report/charts/heat-map.ts";
import { drawPowerChart } from "../../src/report/charts/power-chart.ts";
import { excerptSegments } from "../../src/report/excerpt-segments.ts";
import { renderHtml } from "../../src/report/html/html.tsx";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";

describe("chartLabels", () => {
  it("keeps long names with one beginning apart", () => {
    const long = "organisation/model-with-a-long-name-";
    const labels = chartLabels([`${long}1`, `${long}2`, "short", `${long}1`], 12);
    expect([...labels.values()]).toEqual(["organisatio…", "organisatio… (2)", "short"]);
  });

  it("names what has no visible name", () => {
    expect([...chartLabels(["", "  ", "\u202E"]).values()]).toEqual(["(blank)", "(blank) (2)", "⟨U+202E⟩"]);
  });
});

describe("groupMatrix", () => {
  it("keeps every model of a small comparison, in the order of the tree, those without a place last", () => {
    const analysis = sampleAnalysis({ controls: 12 });
    const { names, sizes, leftOut, values } = groupMatrix(analysis);
    const { modelTree, matrix } = analysis.reportData;
    expect(names).toEqual([...(modelTree?.tips ?? []), ...(modelTree?.leftOut ?? [])]);
    const place = (name = "") => matrix.names.indexOf(name);
    expect(values[0]?.[1]).toBe(matrix.content[place(names[0])]?.[place(names[1])]);
    expect(sizes).toEqual(Array.from({ length: 17 }, () => 1));
    expect(leftOut).toBe(0);
  });

  it("puts reference and suspects first in an analysis without a tree", () => {
    const analysis = sampleAnalysis({ controls: 12 });
    const { modelTree: _tree, ...reportData } = analysis.reportData;
    const { names, sizes, leftOut } = groupMatrix({ ...analysis, reportData });
    expect(names.slice(0, 2)).toEqual(["aurora-2-large", "acme-chat-7b"]);
    expect(sizes).toEqual(Array.from({ length: 17 }, () => 1));
    expect(leftOut).toBe(0);
  });

  it("puts the controls of a lab into one row above the limit, with the mean of their affinities", () => {
    const analysis = sampleAnalysis({ controls: 84 });
    const { matrix } = analysis.reportData;
    const grouped = groupMatrix(analysis);
    expect(grouped.sizes).toEqual([1, 1, 1, 1, 1, ...Array.from({ length: 12 }, () => 7)]);
    const birch = grouped.names.indexOf("Birch, 7 models");
    const members = matrix.names.flatMap((name, index) => (name.startsWith("birch-") ? [index] : []));
    const mean = members.reduce((sum, index) => sum + (matrix.content[0]?.[index] ?? 0), 0) / members.length;
    expect(grouped.values[0]?.[birch]).toBeCloseTo(mean, 12);
  });

  it("says how many it leaves out where even the labs are too many", () => {
    const grouped = groupMatrix(sampleAnalysis({ controls: 84 }), 10);
    expect(grouped.names.length).toBe(10);
    expect(grouped.leftOut).toBe(49);
  });
});

describe("drawings", () => {
  it("put far controls into one row, so that the plot stays on a page", async () => {
    const [suspect] = sampleAnalysis({ controls: 120 }).suspects;
    if (suspect === undefined) throw new Error("the sample has suspects");
    const svg = (await drawForestPlot(suspect.name, suspect.contentAffinity, "affinity")) ?? "";
    expect(svg).toContain("101 farther controls");
    expect(Number(/ height="(\d+)/.exec(svg)?.[1])).toBeLessThan(420);
  });

  it("are left out where there is nothing to draw", async () => {
    const { suspects } = sampleAnalysis();
    const without = suspects.find((suspect) => suspect.habitAffinity.estimate === null);
    if (without === undefined) throw new Error("the sample has a suspect without habit affinity");
    expect(await drawForestPlot(without.name, without.habitAffinity, "affinity")).toBeNull();
    expect(await drawHeatMap({ names: ["one"], values: [[null]], sizes: [1], leftOut: 0 })).toBeNull();
  });

  it("hold no id, script, link or fixed light colour", async () => {
    const svg = (await drawHeatMap(groupMatrix(sampleAnalysis()))) ?? "";
    expect(svg).toContain("var(--heat-5)");
    expect(svg).not.toMatch(/ id="|<script|href=|url\(|fill="(?:white|#fff|#000|black)/);
  });
});

describe("excerptSegments", () => {
  it("marks the phrase whatever its case and punctuation, every time", () => {
    expect(
      excerptSegments("So, Marrow and  Lamplight; marrow, and lamplight!", "marrow and lamplight"),
    ).toEqual([
      { text: "So, ", marked: false },
      { text: "Marrow and  Lamplight", marked: true },
      { text: "; ", marked: false },
      { text: "marrow, and lamplight", marked: true },
      { text: "!", marked: false },
    ]);
  });

  it.each([
    ["我想，守护灯塔的人叫林海。", "守护灯塔的人", "守护灯塔的人"],
    ["守护，灯塔的人", "守护灯塔的人", "守护，灯塔的人"],
    ["Das GPT模型 ist da", "gpt模型", "GPT模型"],
  ])("marks a phrase of a script without spaces: %s", (text, phrase, found) => {
    const marked = excerptSegments(text, phrase).filter((segment) => segment.marked);
    expect(marked).toEqual([{ text: found, marked: true }]);
  });

  it("does not mark inside a word, nor a phrase that is not there", () => {
    expect(excerptSegments("category", "cat")).toEqual([{ text: "category", marked: false }]);
    expect(excerptSegments("", "cat")).toEqual([{ text: "", marked: false }]);
    expect(excerptSegments("text", "")).toEqual([{ text: "text", marked: false }]);
  });

  it("moves its window to the phrase, without tearing a surrogate pair", () => {
    const segments = excerptSegments(`${"😀".repeat(400)} here ${"😀".repeat(400)}`, "here", {
      before: 11,
      total: 30,
    });
    expect(segments.map((segment) => segment.marked)).toEqual([false, false, true, false, false]);
    expect(segments.map((segment) => segment.text).join("")).not.toMatch(/\p{Cs}/u);
  });

  it("takes words that are signs of regular expressions, and bounded time", () => {
    expect(excerptSegments("a (b) [c", "(b) [c").some((segment) => segment.marked)).toBe(true);
    const started = performance.now();
    excerptSegments("a ".repeat(1_000_000), "a ".repeat(1_000_000));
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("drawPowerChart", () => {
  const { suspects } = sampleAnalysis();
  const powerOf = (name: string) => {
    const power = suspects.find((suspect) => suspect.name === name)?.power;
    if (power === undefined) throw new Error(`no suspect ${name}`);
    return power;
  };

  it("names both axes with their unit, and marks the smallest detectable share only where there is one", async () => {
    const found = await drawPowerChart(powerOf("honest-13b"));
    expect(found).toContain("probes answered as the reference answers them (%)");
    expect(found).toContain("probability of detection (%)");
    expect(found).toContain("var(--second)");
    const never = await drawPowerChart(powerOf("quiet-mini"));
    expect(never).toContain("probability of detection (%)");
    expect(never).not.toContain("var(--second)");
  });

  it("draws nothing without a curve", async () => {
    expect(await drawPowerChart({ power: null, effect: "none", reason: "none" })).toBeNull();
  });

  it("is told in words in HTML and in Markdown: what is detectable, or that nothing is", async () => {
    const analysis = sampleAnalysis();
    const markdown = renderMarkdown(analysis);
    const page = await renderHtml(analysis);
    for (const name of ["honest-13b", "quiet-mini"]) {
      const { detection } = powerOf(name);
      if (detection === undefined) throw new Error("the sample has it");
      expect(page).toContain(detection.statement);
      expect(markdown).toContain(`What this run can detect: ${detection.statement}`);
    }
    expect(page).toContain("The diamond is the smallest share with a power of 0.8: 22 %.");
    expect(page.match(/The diamond is/g)).toHaveLength(1);
    expect(markdown).toMatch(/\| Power \| 0\.27 \| 0\.73 /);
    expect(page.match(/What this run can detect/g)).toHaveLength(2);
  });
});
