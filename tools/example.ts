/**
 * Makes the committed example anew: `npm run example` runs the built demo into results/example, with fewer samples
 * than usual to keep it small, and puts its summary into the README. test/readme.test.ts says when the two no longer agree.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { summaryExcerpt } from "../test/readme-excerpt.ts";

rmSync("results/example", { recursive: true, force: true });
const demo = ["dist/cli/bin.js", "demo", "--seed", "4", "--samples", "4", "--out", "results/example"];
const { status } = spawnSync(process.execPath, demo, { stdio: "inherit" });
if (status !== 0) throw new Error(`congener demo ended with ${status}`);
const readme = readFileSync("README.md", "utf8");
writeFileSync(
  "README.md",
  readme.replace(
    /(<!-- excerpt: demo -->\n)[\s\S]*?(<!-- \/excerpt -->)/,
    (_all, before: string, after: string) => `${before}${summaryExcerpt("results/example")}${after}`,
  ),
);
