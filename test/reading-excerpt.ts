import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderTerminal } from "../src/report/terminal.ts";
import { analysisSchema } from "../src/schema/analysis.ts";

/** The suspect whose first screen docs/reading-a-report.md goes through: a high ratio that is still no finding. */
const shownSuspect = "distilled-low";

/** A comparison's terminal summary for that suspect alone, as a Markdown block. */
export function readingExcerpt(run: string): string {
  const analysis = analysisSchema.parse(JSON.parse(readFileSync(join(run, "analysis.json"), "utf8")));
  const suspects = analysis.suspects.filter(({ name }) => name === shownSuspect);
  const text = renderTerminal({ ...analysis, suspects }, { columns: 100, color: false });
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}
