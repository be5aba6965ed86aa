import { z } from "zod";
import { type Analysis, analysisSchema } from "../schema/analysis.ts";

/** JSON that is safe to look at in a terminal or an editor: what cannot be seen, or reorders text, is escaped. */
const unseen =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}\u{16FE4}]/gu;

/** What `compare --json` prints: the analysis without the data of charts and tables. Ends in a line end. */
export function renderComparisonJson(analysis: Analysis): string {
  const { reportData: _reportData, ...comparison } = analysis;
  return toJson(comparison);
}

/** The whole analysis; parsed again it equals its source. Ends in a line end. */
export function renderJson(analysis: Analysis): string {
  return toJson(analysis);
}

/** JSON Schema (2020-12) of `analysis.json` and of `report.json`. */
export function analysisJsonSchema(): Record<string, unknown> {
  return { title: "Congener analysis", ...z.toJSONSchema(analysisSchema, { target: "draft-2020-12" }) };
}

/** JSON Schema (2020-12) of what `compare --json` prints. */
export function comparisonJsonSchema(): Record<string, unknown> {
  const comparison = analysisSchema.omit({ reportData: true });
  return { title: "Congener comparison", ...z.toJSONSchema(comparison, { target: "draft-2020-12" }) };
}

export function toJson(value: unknown): string {
  return `${visibleJson(value)}\n`;
}

/**
 * JSON of any value that is safe to print: what cannot be seen, reorders text or steers a terminal stands as an escape
 * of JSON, so that it is read again as it was. Every `--json` goes through it.
 *
 * @param indent - spaces a level; 0 gives one line
 */
export function visibleJson(value: unknown, indent = 2): string {
  // Line feeds are the layout's own; in strings, JSON.stringify has escaped them already.
  return JSON.stringify(value, null, indent).replace(unseen, (character) =>
    character === "\n" ? "\n" : escapeUnits(character),
  );
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16).padStart(4, "0");
    return `\\u${unit}`;
  }).join("");
}
