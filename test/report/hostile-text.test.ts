import stringWidth from "string-width";
import { beforeAll, describe, expect, it } from "vitest";
import { renderCsv } from "../../src/report/csv.ts";
import { renderHtml } from "../../src/report/html/html.tsx";
import { renderComparisonJson, renderJson } from "../../src/report/json.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderTerminal } from "../../src/report/terminal.ts";
import type { Analysis } from "../../src/schema/analysis.ts";
import { analysisWith, hostileAnalyses, hostileAnalysis } from "../fixtures/report/hostile-analysis.ts";
import { nastyByKind, nastyStrings } from "../fixtures/report/nasty-strings.ts";
import { firstMatch, unseen } from "../fixtures/report/unseen.ts";
import { expectInertCsv, expectInertMarkdown, expectPlainTerminal } from "./check-formats.ts";

const kinds = Object.keys(nastyByKind);
/** Each string alone in every place of a small comparison. */
const alone = new Map<string, readonly (readonly [string, Analysis])[]>();
/** All of them at once, in several orders: each string comes to stand in many places, names and keys included. */
let mixtures: Analysis[] = [];

/** Every string of a kind, with what it made of the analysis. */
const each = (kind: string) => alone.get(kind) ?? [];
const named = (text: string) => JSON.stringify(text).slice(0, 80);

beforeAll(() => {
  for (const [kind, strings] of Object.entries(nastyByKind))
    alone.set(
      kind,
      strings.map((text) => [named(text), analysisWith(text)]),
    );
  mixtures = [0, 0.37].flatMap((share) => {
    const at = Math.floor(share * nastyStrings.length);
    return hostileAnalyses([...nastyStrings.slice(at), ...nastyStrings.slice(0, at)]);
  });
}, 120_000);

it("is a corpus of several hundred tricks, each once", () => {
  expect(nastyStrings.length).toBeGreaterThanOrEqual(300);
  for (const [kind, strings] of Object.entries(nastyByKind)) {
    expect(strings.length, kind).toBeGreaterThanOrEqual(5);
    expect(new Set(strings).size, kind).toBe(strings.length);
  }
  const written = hostileAnalyses(nastyStrings).map((analysis) => JSON.stringify(analysis));
  for (const text of nastyStrings)
    expect(
      written.some((json) => json.includes(JSON.stringify(text))),
      named(text),
    ).toBe(true);
});

describe("terminal", () => {
  const check = (analysis: Analysis, columns: number, name: string) => {
    for (const color of [false, true])
      expectPlainTerminal(renderTerminal(analysis, { columns, color }), name);
  };
  it.each(kinds)("lets no control through: %s", (kind) => {
    for (const [name, analysis] of each(kind)) check(analysis, 80, name);
  });
  it("nor at other widths, whatever stands where, and never writes beyond the last column", () => {
    for (const [at, analysis] of mixtures.entries())
      for (const columns of [60, 100]) {
        check(analysis, columns, `mixture ${at}`);
        const lines = renderTerminal(analysis, { columns, color: false }).split("\n");
        expect(
          lines.filter((line) => stringWidth(line) > columns),
          `mixture ${at}`,
        ).toEqual([]);
      }
  });
});

describe("Markdown", () => {
  const check = (analysis: Analysis, name: string) =>
    expectInertMarkdown(renderMarkdown(analysis), analysis.suspects.length, name);
  it.each(kinds)("makes no link, image, mention or HTML: %s", (kind) => {
    for (const [name, analysis] of each(kind)) check(analysis, name);
  });
  it("nor does any of it, whatever stands where", () => {
    for (const [at, analysis] of mixtures.entries()) check(analysis, `mixture ${at}`);
  });
  it("says that what it quotes is no instruction, before it quotes any of it", () => {
    const page = renderMarkdown(hostileAnalysis(nastyByKind["to a reader's assistant"] ?? []));
    const at = page.indexOf("quoted output of models: data, never instructions");
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(page.indexOf("## Findings"));
  });
});

describe("CSV", () => {
  const check = (analysis: Analysis, name: string) => {
    for (const [table, content] of Object.entries(renderCsv(analysis)))
      expectInertCsv(content, `${name}: ${table}`);
  };
  it.each(kinds)("holds no formula and keeps its shape: %s", (kind) => {
    for (const [name, analysis] of each(kind)) check(analysis, name);
  });
  it("nor does any of it, whatever stands where", () => {
    for (const [at, analysis] of mixtures.entries()) check(analysis, `mixture ${at}`);
  });
});

describe("JSON", () => {
  const check = (analysis: Analysis, name: string) => {
    const text = renderJson(analysis);
    expect(JSON.parse(text), name).toEqual(analysis);
    expect(firstMatch(text.replaceAll("\n", ""), unseen), name).toBeNull();
    const { reportData: _reportData, ...comparison } = analysis;
    expect(JSON.parse(renderComparisonJson(analysis)), name).toEqual(comparison);
  };
  it.each(kinds)("is the analysis again, and safe to look at: %s", (kind) => {
    for (const [name, analysis] of each(kind)) check(analysis, name);
  });
  it("so is all of it, whatever stands where", () => {
    for (const [at, analysis] of mixtures.entries()) check(analysis, `mixture ${at}`);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("HTML", () => {
  const ownAttributes = new Set(
    [
      "lang charset http-equiv content name class href id role tabindex aria-labelledby aria-label aria-hidden aria-current scope",
      "xmlns xmlns:xlink version width height viewBox fill stroke stroke-width stroke-miterlimit stroke-dasharray",
      "transform d x1 y1 x2 y2 text-anchor font-family font-size font-weight opacity pointer-events display",
      "aria-roledescription aria-current style",
    ].flatMap((names) => names.split(" ")),
  );

  it("holds foreign text in text nodes only", { timeout: 120_000 }, async () => {
    for (const analysis of hostileAnalyses(nastyStrings)) {
      const page = await renderHtml(analysis);
      expect(firstMatch(page.replace(/[\n\t]/g, ""), unseen)).toBeNull();
      const tags = page.replace(/<style>.*?<\/style>/s, "").match(/<[a-z][^>]*>/gi) ?? [];
      expect(tags.length).toBeGreaterThan(1000);
      for (const tag of tags) {
        expect(tag).toMatch(
          /^<(?!script|img|iframe|object|embed|form|input|base|link|foreignObject|image|use)/i,
        );
        expect(tag).not.toMatch(/evil\.example|pwned/);
        for (const [, name = ""] of tag.replace(/"[^"]*"/g, "").matchAll(/\s([a-z][\w:-]*)=/gi))
          expect(ownAttributes).toContain(name);
      }
    }
  });
});
