/**
 * Makes the committed example anew: `npm run example` runs the built demo into results/example, with fewer samples
 * than usual to keep it small, and puts its summary into the README and docs/reading-a-report.md; tests say when they no longer agree.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { summaryExcerpt } from "../test/readme-excerpt.ts";
import { readingExcerpt } from "../test/reading-excerpt.ts";

rmSync("results/example", { recursive: true, force: true });
const demo = ["dist/cli/bin.js", "demo", "--seed", "4", "--samples", "4", "--out", "results/example"];
const { status } = spawnSync(process.execPath, demo, { stdio: "inherit" });
if (status !== 0) throw new Error(`congener demo ended with ${status}`);

/** Replaces what stands between the marks of an excerpt in a page. */
function putExcerpt(page: string, name: string, excerpt: string): void {
  const marked = new RegExp(`(<!-- excerpt: ${name} -->\\n)[\\s\\S]*?(<!-- /excerpt -->)`);
  const put = (_all: string, before: string, after: string) => `${before}${excerpt}${after}`;
  writeFileSync(page, readFileSync(page, "utf8").replace(marked, put));
}
putExcerpt("README.md", "demo", summaryExcerpt("results/example"));
putExcerpt("docs/reading-a-report.md", "reading", readingExcerpt("results/example"));
