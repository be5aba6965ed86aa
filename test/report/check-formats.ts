import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { expect } from "vitest";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { formulaStart, parseCsv } from "../fixtures/report/parse-csv.ts";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";
import { firstMatch, unseen } from "../fixtures/report/unseen.ts";

/** Congener's own bold and dim, the only escapes that it writes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what it is about
const ownStyle = /\u001B\[(?:1|2|22)m/g;

/** Fails where a text for a terminal holds anything that moves, hides or steers. */
export function expectPlainTerminal(text: string, name: string): void {
  expect(firstMatch(text.replace(ownStyle, "").replaceAll("\n", ""), unseen), name).toBeNull();
}

const markdownTags = "h1 h2 p ul li strong em code table thead tbody tr th td blockquote".split(" ");
/** What a forge makes of text by itself: addresses, mentions, issues, commits, merge requests, emoji. */
const live =
  /:\/\/|www\.|@|[#!~]\d|&amp;\d|\$\d|\bGH-\d|mailto:|xmpp:|:[\w+-]*[a-z][\w+-]*:|:100:|\b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40}\b/i;

const readMarkdown = (source: string) =>
  micromark(source, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
const headingsOf = (page: string) =>
  [...page.matchAll(/<h2>(.*?)<\/h2>/gs)].map(([, heading = ""]) => heading);
/** Headings of a report without hostile texts, those of suspects included. */
const ownHeadings = headingsOf(readMarkdown(renderMarkdown(sampleAnalysis())));

/** Fails where a Markdown report, read as GitHub reads it, holds a link, an image, a mention or HTML of its own. */
export function expectInertMarkdown(source: string, suspects: number, name: string): void {
  expect(firstMatch(source.replaceAll("\n", ""), unseen), name).toBeNull();
  const page = readMarkdown(source);
  const tags = [...new Set([...page.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map((match) => match[1] ?? ""))];
  expect(
    tags.filter((tag) => !markdownTags.includes(tag)),
    name,
  ).toEqual([]);
  expect(firstMatch(page, /<[a-z][^>]*\s(?:href|src|id|style|class|on\w+)=/), name).toBeNull();
  // Code spans may hold an address; nothing live may stand outside of them.
  expect(firstMatch(page.replace(/<code>.*?<\/code>/gs, ""), live), name).toBeNull();
  const headings = headingsOf(page);
  expect(headings.filter((heading) => heading.startsWith("<code>")).length, name).toBe(suspects);
  expect(
    headings.filter((heading) => !heading.startsWith("<code>") && !ownHeadings.includes(heading)),
    name,
  ).toEqual([]);
  expect(page.match(/<h1>/g)?.length, name).toBe(1);
}

const number = /^-?\d+(\.\d+)?(e-?\d+)?$/;

/** Fails where a CSV table is torn, or where a spreadsheet would compute. */
export function expectInertCsv(content: string, name: string): void {
  const rows = parseCsv(content);
  expect(new Set(rows.map((row) => row.length)).size, name).toBe(1);
  const isBad = (cell: string) => unseen.test(cell) || (!number.test(cell) && formulaStart.test(cell));
  expect(rows.flat().find(isBad), name).toBeUndefined();
  // Spreadsheets of many countries part cells at semicolons, and quotes within a cell then mean nothing.
  const parted = content.split(/[;\r\n]/).find((cell) => formulaStart.test(cell) && !/^-?\d/.test(cell));
  expect(parted, `${name} at semicolons`).toBeUndefined();
}
