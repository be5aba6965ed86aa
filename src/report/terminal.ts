import Table from "cli-table3";
import stringWidth from "string-width";
import type { Analysis, SuspectAnalysis } from "../schema/analysis.ts";
import { canaryResultWords, greenResultWords } from "./canary-words.ts";
import { closerControls, findingWords, miniatureNotice, ratioWords } from "./finding-words.ts";
import { foldLine } from "./fold-line.ts";
import { formatInterval, formatNumber, formatRatio, notAvailable } from "./numbers.ts";
import { visibleText } from "./visible-text.ts";

/** What the terminal can show. */
export interface TerminalOptions {
  /** Width in characters; under 76 each suspect is listed instead of tabulated. */
  readonly columns: number;
  /** Whether bold and dim may be used; the words are the same without. */
  readonly color: boolean;
}

type Paint = (text: string) => string;
const heads = ["Suspect", "Finding", "LR", "Content", "Habit", "Closer controls"] as const;
/** What the columns after the first need: `not distinguished` on one line or two, `−0.12 to −0.03`, `12 of 120`. */
const layouts = {
  wide: { widths: [17, 14, 14, 14, 9], gap: 2 },
  narrow: { widths: [13, 13, 13, 13, 9], gap: 1 },
};
const widest = 110;

/**
 * Summary of a comparison for a terminal: the two hypotheses, a table of findings with the bounded likelihood ratio,
 * both affinities and the controls that are closer, and one sentence a suspect. No control character of any foreign
 * text gets through.
 *
 * @returns lines without a final line end
 */
export function renderTerminal(analysis: Analysis, options: TerminalOptions): string {
  const columns = Math.min(widest, Math.max(40, Math.floor(options.columns)));
  const bold: Paint = (text) => (options.color ? `\u001B[1m${text}\u001B[22m` : text);
  const dim: Paint = (text) => (options.color ? `\u001B[2m${text}\u001B[22m` : text);
  const { suspects, hypotheses } = analysis;
  const tabulated = columns >= 76;
  return [
    ...(analysis.miniature ? [bold(miniatureNotice), ""] : []),
    ...wrap(`Reference: ${visibleText(analysis.reference, { maxLength: 80 })}`, columns, 2).map((line, at) =>
      at === 0 ? `Reference: ${bold(line.slice(11))}` : bold(line),
    ),
    ...wrap(`Derived: ${show(hypotheses.derived)}`, columns, 2),
    ...wrap(`Independent: ${show(hypotheses.independent)}`, columns, 2),
    "",
    ...(tabulated
      ? [findingsTable(suspects, columns, bold)]
      : suspects.map((one) => findingList(one, columns, bold))),
    ...wrap(ratioNote(suspects), columns, 0).map(dim),
    ...suspects.flatMap((suspect) => ["", ...notes(suspect, columns, bold, dim)]),
    ...analysis.caveats.flatMap((caveat) => [
      "",
      ...wrap(`Caveat: ${show(caveat.message)} ${show(caveat.advice)}`, columns, 2),
    ]),
  ].join("\n");
}

const show = (text: string): string => visibleText(text, { maxLength: 600 });

function ratioNote(suspects: readonly SuspectAnalysis[]): string {
  const bounds = suspects.flatMap(({ log10LRBound: bound }) =>
    bound === null ? [] : [`${formatRatio(bound[0])} to ${formatRatio(bound[1])}`],
  );
  const bounded =
    bounds.length === 0 ? "" : `, bounded by the calibration to ${[...new Set(bounds)].join(" or ")}`;
  return `LR: how many times more probable the answers are if derived than if independent${bounded}. Ranges are intervals.`;
}

function notes(suspect: SuspectAnalysis, columns: number, bold: Paint, dim: Paint): string[] {
  const [first = "", ...rest] = wrap(show(suspect.sentence), columns, 0);
  const codes = suspect.caveats.map((caveat) => visibleText(caveat.code, { maxLength: 60 })).join(", ");
  const missing =
    suspect.log10LR === null ? `No LR: ${show(suspect.log10LRReason ?? "no reason recorded")}.` : "";
  const reason = `Reason: ${visibleText(suspect.reason, { maxLength: 60 })}.`;
  const detail = [reason, missing, codes === "" ? "" : `Caveats: ${codes}.`]
    .filter((part) => part !== "")
    .join(" ");
  const canaries = (suspect.canary?.tests ?? []).flatMap((test) =>
    suspect.canary === undefined
      ? []
      : wrap(`Canaries of ${show(test.name)}: ${canaryResultWords(test, suspect.canary)}`, columns, 2),
  );
  const greenLists = (suspect.canary?.greenTests ?? []).flatMap((test) =>
    suspect.canary === undefined
      ? []
      : wrap(`Canaries of ${show(test.name)}: ${show(greenResultWords(test, suspect.canary))}`, columns, 2),
  );
  return [bold(first), ...rest.map(bold), ...canaries, ...greenLists, ...wrap(detail, columns, 2).map(dim)];
}

function cells(suspect: SuspectAnalysis): Record<(typeof heads)[number], string[]> {
  const { contentAffinity: content, habitAffinity: habit, log10LRInterval: interval } = suspect;
  const range = (values: readonly [number, number] | null) =>
    values === null ? [] : [formatInterval(values)];
  const ratios = interval === null ? [] : [`${formatRatio(interval[0])} to ${formatRatio(interval[1])}`];
  const number = (value: number | null) => (value === null ? notAvailable : formatNumber(value));
  return {
    Suspect: [visibleText(suspect.name, { maxLength: 80 })],
    Finding: [findingWords[suspect.finding]],
    LR: [ratioWords(suspect), ...ratios],
    Content: [number(content.estimate), ...range(content.interval)],
    Habit: [number(habit.estimate), ...range(habit.interval)],
    "Closer controls": [closerControls(content)],
  };
}

function findingsTable(suspects: readonly SuspectAnalysis[], columns: number, bold: Paint): string {
  const { widths, gap } = columns < 100 ? layouts.narrow : layouts.wide;
  const left = columns - widths.reduce((sum, width) => sum + width + gap, 0);
  const rows = suspects.map(cells);
  const longest = Math.max(7, ...rows.map((row) => stringWidth(row.Suspect.join(""))));
  const first = Math.min(left, longest + gap);
  const table = plainTable([first, ...widths.map((width) => width + gap)], { rule: "─", gap });
  table.push(heads.map((head) => bold(head)));
  for (const row of rows) {
    const name = foldLine(row.Suspect.join(""), first - gap);
    table.push(heads.map((head) => (head === "Suspect" ? name.map(bold) : row[head]).join("\n")));
  }
  return `${trimEnds(table.toString())}\n`;
}

function findingList(suspect: SuspectAnalysis, columns: number, bold: Paint): string {
  const row = cells(suspect);
  const label = Math.max(...heads.slice(1).map((head) => head.length)) + 4;
  const table = plainTable([label, columns - label]);
  for (const head of heads.slice(1)) {
    const [value = "", range] = row[head];
    table.push([`  ${head}`, range === undefined ? value : `${value} (${range})`]);
  }
  const name = foldLine(row.Suspect.join(" "), columns).map(bold).join("\n");
  return `${name}\n${trimEnds(table.toString())}\n`;
}

/** Text broken at words to the width, lines after the first indented. */
function wrap(text: string, columns: number, indent: number): string[] {
  return foldLine(text, columns - indent).map((line, index) =>
    index === 0 ? line : " ".repeat(indent) + line,
  );
}

/** Table without vertical lines; `rule` is drawn between rows, `gap` columns apart. */
function plainTable(colWidths: number[], { rule, gap } = { rule: "", gap: 0 }) {
  const empty = [
    "top",
    "top-mid",
    "top-left",
    "top-right",
    "bottom",
    "bottom-mid",
    "bottom-left",
    "bottom-right",
  ];
  const sides = ["left", "left-mid", "right", "right-mid", "middle"];
  const none = Object.fromEntries([...empty, ...sides].map((border) => [border, ""]));
  return new Table({
    chars: { ...none, mid: rule, "mid-mid": "" },
    colWidths,
    wordWrap: true,
    style: { head: [], border: [], "padding-left": 0, "padding-right": gap },
  });
}

function trimEnds(lines: string): string {
  return lines.replace(/ +$/gm, "");
}
