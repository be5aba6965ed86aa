import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderCsv } from "../../src/report/csv.ts";
import { foldLine } from "../../src/report/fold-line.ts";
import { renderHtml } from "../../src/report/html/html.tsx";
import { renderJson, visibleJson } from "../../src/report/json.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderTerminal } from "../../src/report/terminal.ts";
import { visibleText } from "../../src/report/visible-text.ts";
import type { Analysis } from "../../src/schema/analysis.ts";
import { analysisWith } from "../fixtures/report/hostile-analysis.ts";
import { nastyStrings } from "../fixtures/report/nasty-strings.ts";
import { parseCsv } from "../fixtures/report/parse-csv.ts";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";
import { firstMatch, unseen } from "../fixtures/report/unseen.ts";
import { expectInertCsv, expectInertMarkdown, expectPlainTerminal } from "./check-formats.ts";

/** Signs that formats are made of, any character at all, lone surrogates, and pieces of known tricks. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.string({
        unit: fc.constantFrom(..."`|\\[]()<>!*_#=+-@;,\"'&~$:%/\n\r\t \u001B\u009B"),
        maxLength: 8,
      }),
      fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom(...nastyStrings.filter(({ length }) => length < 60)),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

describe("whatever the text", () => {
  it("no format lets it act", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const analysis = analysisWith(text);
        expectInertMarkdown(renderMarkdown(analysis), 1, "Markdown");
        for (const [table, content] of Object.entries(renderCsv(analysis))) expectInertCsv(content, table);
        expectPlainTerminal(renderTerminal(analysis, { columns: 80, color: true }), "terminal");
        const json = renderJson(analysis);
        expectPlainTerminal(json, "JSON");
        expect(JSON.parse(json)).toEqual(analysis);
      }),
      { seed: 11, numRuns: 150 },
    );
  });

  it("a table gives it back, but for what is written out and an apostrophe before a formula", () => {
    const withoutGuard = (text: string) => text.replace(/(^|;)'/g, "$1");
    fc.assert(
      fc.property(anyText, (text) => {
        const rows = parseCsv(renderCsv(analysisWith(text)).findings ?? "");
        const at = rows[0]?.indexOf("reference") ?? -1;
        const { reference } = analysisWith(text);
        expect(withoutGuard(rows[1]?.[at] ?? "")).toBe(
          withoutGuard(visibleText(reference, { maxLength: 20_000 })),
        );
      }),
      { seed: 12, numRuns: 60 },
    );
  });

  it("JSON of any value is read back as it was", () => {
    fc.assert(
      fc.property(fc.jsonValue(), anyText, (value, text) => {
        const whole = { value, [text]: text };
        for (const indent of [0, 2]) {
          const json = visibleJson(whole, indent);
          expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(whole)));
          expect(firstMatch(json.replaceAll("\n", ""), unseen)).toBeNull();
        }
      }),
      { seed: 13, numRuns: 300 },
    );
  });

  it("is visible, and folds into lines that hold all of it", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 10, max: 100 }), (text, columns) => {
        const shown = visibleText(text, { maxLength: 10_000 });
        expect(firstMatch(shown, unseen)).toBeNull();
        // Made visible again it says the same of itself: no escape can be forged.
        expect(visibleText(shown).includes("⟨U+27E8⟩")).toBe(shown.includes("⟨"));
        const lines = foldLine(shown, columns);
        expect(lines.join("").replaceAll(" ", "")).toBe(shown.replaceAll(" ", ""));
        for (const line of lines) expect(line).not.toMatch(/\p{Surrogate}/u);
      }),
      { seed: 14, numRuns: 500 },
    );
  });
});

describe("texts of megabytes", () => {
  const sample = sampleAnalysis();
  const [suspect, ...others] = sample.suspects;
  if (suspect === undefined) throw new Error("the sample analysis has no suspect");
  const huge = (text: string): Analysis => ({
    ...sample,
    suspects: [{ ...suspect, sentence: text, reason: text, verbal: text, notExcluded: [text] }, ...others],
    reportData: {
      ...sample.reportData,
      models: sample.reportData.models.map((model) => ({ ...model, servedModels: [text] })),
      exhibits: {
        [suspect.name]: (sample.reportData.exhibits[suspect.name] ?? []).map((exhibit) => ({
          ...exhibit,
          phrase: text,
          prompt: text,
          suspectExcerpt: text,
          referenceExcerpt: text,
        })),
      },
    },
  });

  it.each([
    ["one line of 10 MB", "A".repeat(10_000_000)],
    ["10 MB of what cannot be seen", "\u202E".repeat(10_000_000)],
    ["200,000 lines", "a line\n".repeat(200_000)],
    ["a million backticks", "`".repeat(1_000_000)],
    ["a million marks", `z${"\u0301".repeat(1_000_000)}`],
  ])("stay a page: %s", { timeout: 120_000 }, async (_name, text) => {
    const analysis = huge(text);
    // What is cut is said, and what is shown does not grow with the text.
    expect(renderTerminal(analysis, { columns: 80, color: false }).length).toBeLessThan(60_000);
    expect(renderMarkdown(analysis).length).toBeLessThan(120_000);
    const page = await renderHtml(analysis);
    expect(page.length).toBeLessThan(3_000_000);
    expect(page).toContain("⟨cut: ");
    const cells = Object.values(renderCsv(analysis)).flatMap((content) => parseCsv(content).flat());
    // Every character of 20,000 may be written out in eight.
    expect(Math.max(...cells.map((cell) => cell.length))).toBeLessThan(8 * 20_000 + 100);
  });
});
