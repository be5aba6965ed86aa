import { relative, resolve } from "node:path";
import { type CampaignName, campaignNames } from "../../access/simulate/campaigns.ts";
import { detectionTables } from "../../access/simulate/detection-table.ts";
import { simulationDefaults } from "../../access/simulate/simulate-log.ts";
import { simulatedFormats, writeSimulatedLog } from "../../access/simulate/write-simulated-log.ts";
import { UsageError } from "../../errors.ts";
import { defineCommand } from "../define-command.ts";
import { shellWord } from "../shell-word.ts";

/** Days from scan to scan of an evaluation, unless it is said. */
const everyDays = 7;

/** `congener access simulate`: a log of ordinary customers and campaigns, with the truth beside it. */
export const simulateCommand = defineCommand({
  command: "simulate",
  describe: "Write a simulated log of ordinary customers and campaigns, and the truth beside it",
  builder: (yargs) =>
    yargs
      .option("out", { alias: "o", type: "string", demandOption: true, describe: "New or empty folder" })
      .option("rows", {
        type: "number",
        default: simulationDefaults.rows,
        describe: "Requests, about; some 27,000 in 42 days at least, for every kind of customer is there",
      })
      .option("days", {
        type: "number",
        default: simulationDefaults.days,
        describe: "Days, from 14 on",
      })
      .option("format", {
        choices: simulatedFormats,
        default: "jsonl" as const,
        describe: "Format of the log",
      })
      .option("campaign", {
        type: "string",
        array: true,
        describe: `Campaigns: ${campaignNames.join(", ")}, or none [all]`,
      })
      .option("share", {
        type: "number",
        default: simulationDefaults.campaignShare,
        describe: "Share of the requests that campaigns send together, 0 to 0.9",
      })
      .option("seed", { type: "number", default: simulationDefaults.seed, describe: "Seed" })
      .option("evaluate", {
        type: "boolean",
        describe:
          "Scan the log as it grows and print what is detected, when, and which honest accounts with it",
      })
      .option("every", { type: "number", describe: `With --evaluate: days from scan to scan [${everyDays}]` })
      .option("json", { type: "boolean", describe: "Print what was written, or detected, as JSON" })
      .example("$0 access simulate -o sim --campaign spread --campaign slow", "Two campaigns"),
  handler: async ({ out, rows, days, format, campaign, share, seed, evaluate, every, json, context }) => {
    const folder = resolve(context.cwd, out);
    checkNumber("rows", rows, [1000, 100_000_000], true);
    checkNumber("days", days, [14, 366], true);
    checkNumber("share", share, [0, 0.9], false);
    checkNumber("seed", seed, [0, 2 ** 31 - 1], true);
    const campaigns = campaignsOf(campaign);
    const simulation = { ...simulationDefaults, rows, days, campaigns, campaignShare: share, seed };
    if (every !== undefined && !evaluate)
      throw new UsageError("access.every", "--every goes with --evaluate: without it nothing is scanned");
    checkNumber("every", every ?? everyDays, [1, days], true);
    context.note("drawing requests");
    if (evaluate) {
      const { evaluateDetection } = await import("../../access/simulate/evaluate.ts");
      const evaluation = await evaluateDetection({
        simulation,
        everyDays: every ?? everyDays,
        folder,
        memory: "2GB",
        threads: 2,
        congenerVersion: context.version,
        signal: context.takeInterrupts(),
        progress: context.note,
      });
      context.print(
        json ? JSON.stringify({ schemaVersion: 1, ...evaluation }) : detectionTables([evaluation]),
      );
      return;
    }
    const written = await writeSimulatedLog(folder, simulation, format);
    const { labels } = written.simulated;
    const harvesters = labels.filter((label) => label.campaign !== "").length;
    if (json) {
      context.print(
        JSON.stringify({
          schemaVersion: 1,
          log: written.log,
          rows: written.rows,
          accounts: labels.length,
          campaignAccounts: harvesters,
          campaigns,
        }),
      );
      return;
    }
    const shown = (path: string) => shellWord(relative(context.cwd, resolve(folder, path)) || ".");
    context.print(
      [
        `wrote ${written.rows.toLocaleString("en-US")} requests of ${labels.length.toLocaleString("en-US")} accounts, ${harvesters.toLocaleString("en-US")} of them in ${campaigns.length} campaigns: ${shown(written.log)}, truth.csv, mapping.yaml, access.yaml`,
        "next:",
        `  congener access scan ${shown(written.log)} --map ${shown("mapping.yaml")} --settings ${shown("access.yaml")} -o ${shown("scan")}`,
        `  congener access policy ${shown("scan")} --dry-run --labels ${shown("truth.csv")}`,
      ].join("\n"),
    );
  },
});

function campaignsOf(named: readonly string[] | undefined): readonly CampaignName[] {
  if (named === undefined) return simulationDefaults.campaigns;
  const words = named.flatMap((text) => text.split(",")).filter((word) => word !== "none");
  return [...new Set(words)].map((word) => {
    const known = campaignNames.find((name) => name === word);
    if (known === undefined)
      throw new UsageError(
        "access.campaign",
        `--campaign ${word}: expected ${campaignNames.join(", ")} or none`,
      );
    return known;
  });
}

function checkNumber(
  name: string,
  value: number,
  [least, most]: readonly [number, number],
  whole: boolean,
): void {
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return;
  throw new UsageError(
    `access.${name}`,
    `--${name} ${value}: expected a ${whole ? "whole number" : "number"} from ${least} to ${most}`,
  );
}
