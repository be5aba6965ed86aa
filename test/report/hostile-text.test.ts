import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import { renderCsv } from "../../src/report/csv.ts";
import { renderHtml } from "../../src/report/html/html.tsx";
import { renderComparisonJson, renderJson } from "../../src/report/json.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderTerminal } from "../../src/report/terminal.ts";
import { analysisWith, hostileAnalysis } from "../fixtures/report/hostile-analysis.ts";
import { nastyStrings } from "../fixtures/report/nasty-strings.ts";

const cases = nastyStrings.map(
  (text, index) => [index, JSON.stringify(text).slice(0, 60), analysisWith(text)] as const,
);
/** All of them at once, in ten orders: each string comes to stand in many places, names and keys included. */
const mixtures = Array.from({ length: 10 }, (_, turn) => {
  const at = Math.floor((turn * nastyStrings.length) / 10);
  return hostileAnalysis([...nastyStrings.slice(at), ...nastyStrings.slice(0, at)]);
});
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u2800\u3164\u115F]/u;
const analyses = () => [...cases.map(([, , analysis]) => analysis), ...mixtures];

describe("terminal", () => {
  it.each(cases)("lets no control through: %i %s", (_index, _shown, analysis) => {
    for (const columns of [60, 100])
      expect(renderTerminal(analysis, { columns, color: false }).replaceAll("\n", "")).not.toMatch(unseen);
    const coloured = renderTerminal(analysis, { columns: 80, color: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: Congener's own bold and dim are the only escapes allowed
    expect(coloured.replace(/\u001B\[(?:1|2|22)m|\n/g, "")).not.toMatch(unseen);
  });
});

describe("Markdown", () => {
  const ownTags = "h1 h2 p ul li strong em code table thead tbody tr th td blockquote".split(" ");
  it.each([...analyses().entries()])("makes no link, image or HTML: analysis %i", (_index, analysis) => {
    const source = renderMarkdown(analysis);
    expect(source.replaceAll("\n", "")).not.toMatch(unseen);
    const page = micromark(source, {
      allowDangerousHtml: true,
      allowDangerousProtocol: true,
      extensions: [gfm()],
      htmlExtensions: [gfmHtml()],
    });
    const tags = new Set([...page.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map((match) => match[1]));
    expect([...tags].filter((tag) => !ownTags.includes(tag ?? ""))).toEqual([]);
    expect(page).not.toMatch(/<[a-z][^>]*\s(?:href|src)=/);
    // Code spans may hold an address; nothing that turns text into links by itself may stand outside of them.
    const prose = page.replace(/<code>.*?<\/code>/gs, "");
    expect(prose).not.toMatch(/:\/\/|www\.|@|#\d/);
    expect(page.match(/<h2>/g)?.length).toBe(analysis.suspects.length + 3);
  });
});

describe("CSV", () => {
  it.each([...analyses().entries()])(
    "holds no formula and keeps its shape: analysis %i",
    (_index, analysis) => {
      for (const [table, content] of Object.entries(renderCsv(analysis))) {
        const rows = parseCsv(content);
        expect(new Set(rows.map((row) => row.length)).size, table).toBe(1);
        for (const cell of rows.flat()) {
          expect(cell).not.toMatch(unseen);
          if (!/^-?\d+(\.\d+)?(e-?\d+)?$/.test(cell)) expect(cell).not.toMatch(/^[\s"]*[=+\-@＝＋－＠|%]/u);
        }
      }
    },
  );
});

describe("JSON", () => {
  it.each([...analyses().entries()])(
    "is the analysis again, and safe to look at: analysis %i",
    (_index, analysis) => {
      const text = renderJson(analysis);
      expect(JSON.parse(text)).toEqual(analysis);
      expect(text.replaceAll("\n", "")).not.toMatch(unseen);
      const { reportData: _reportData, ...comparison } = analysis;
      expect(JSON.parse(renderComparisonJson(analysis))).toEqual(comparison);
    },
  );
});

describe("HTML", () => {
  const ownAttributes = new Set(
    [
      "lang charset http-equiv content name class href id role tabindex aria-labelledby aria-label aria-hidden scope",
      "xmlns xmlns:xlink version width height viewBox fill stroke stroke-width stroke-miterlimit stroke-dasharray",
      "transform d x1 y1 x2 y2 text-anchor font-family font-size font-weight opacity pointer-events display",
      "aria-roledescription style",
    ].flatMap((names) => names.split(" ")),
  );

  it("holds foreign text in text nodes only", { timeout: 120_000 }, async () => {
    for (const analysis of mixtures.slice(0, 4)) {
      const page = await renderHtml(analysis);
      expect(page.replace(/[\n\t]/g, "")).not.toMatch(unseen);
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

/** Rows of an RFC 4180 text; strict, so that a stray quote fails. */
function parseCsv(text: string): string[][] {
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  const rows: string[][] = [[]];
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    if (match === null) throw new Error(`not RFC 4180 at ${at}: ${text.slice(at, at + 80)}`);
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === "\r\n" && field.lastIndex < text.length) rows.push([]);
  }
  return rows;
}
