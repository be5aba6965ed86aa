import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderTerminal } from "../src/report/terminal.ts";
import { analysisSchema } from "../src/schema/analysis.ts";

/** The part of a comparison's terminal summary that the README shows, as a Markdown block: up to the first sentence. */
export function summaryExcerpt(run: string): string {
  const analysis = analysisSchema.parse(JSON.parse(readFileSync(join(run, "analysis.json"), "utf8")));
  const text = renderTerminal(analysis, { columns: 100, color: false });
  const end = text.indexOf("Reason: ");
  return `\`\`\`text\n${(end === -1 ? text : text.slice(0, end)).trimEnd()}\n\`\`\`\n`;
}
