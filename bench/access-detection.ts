/**
 * How `congener access` fares against simulated campaigns and honest customers, over several seeds: scans after every few
 * days, recall by rule, days and exchanges until a campaign is detected, false alarms by kind.
 * Run: npm run bench:access-detection -- [--seeds 21,22,23,24] [--rows 120000] [--share 0.15] [--every 7]
 *      [--campaigns naive,spread | none] > table.md
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { campaignNames } from "../src/access/simulate/campaigns.ts";
import { detectionTables } from "../src/access/simulate/detection-table.ts";
import { type Evaluation, evaluateDetection } from "../src/access/simulate/evaluate.ts";
import { simulationDefaults } from "../src/access/simulate/simulate-log.ts";

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "21,22,23,24" },
    rows: { type: "string", default: "120000" },
    share: { type: "string", default: "0.15" },
    every: { type: "string", default: "7" },
    campaigns: { type: "string", default: campaignNames.join(",") },
  },
});
const chosen = flags.campaigns.split(",");
const evaluations: Evaluation[] = [];
for (const seed of flags.seeds.split(",").map(Number)) {
  const folder = mkdtempSync(join(tmpdir(), "congener-access-detection-"));
  try {
    const evaluation = await evaluateDetection({
      simulation: {
        ...simulationDefaults,
        seed,
        rows: Number(flags.rows),
        campaignShare: Number(flags.share),
        campaigns: campaignNames.filter((name) => chosen.includes(name)),
      },
      everyDays: Number(flags.every),
      folder,
      memory: "1GB",
      threads: 2,
      congenerVersion: "bench",
      signal: new AbortController().signal,
      progress: (what) => process.stderr.write(`seed ${seed}: ${what}\n`),
    });
    evaluations.push(evaluation);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(detectionTables(evaluations));
