import { resolve } from "node:path";
import type { BadRowLimit } from "../../access/log/bad-rows.ts";
import { loadMapping } from "../../access/log/load-mapping.ts";
import { loadYamlSettings } from "../../access/settings-file.ts";
import { UsageError } from "../../errors.ts";
import type { AccessAnalysis } from "../../schema/access.ts";
import { accessSettingsSchema } from "../../schema/access-settings.ts";
import type { CliContext } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { databaseLimits } from "./database-limits.ts";
import { summaryLines, summaryNotes } from "./scan-summary.ts";

/** `congener access scan`: measures every account of a request log. */
export const scanCommand = defineCommand({
  command: "scan <log..>",
  describe: "Measure every account of a request log",
  builder: (yargs) =>
    yargs
      .positional("log", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "Files, folders or patterns: JSONL, CSV, Parquet; .gz too",
      })
      .option("map", {
        alias: "m",
        type: "string",
        default: "mapping.yaml",
        describe: "Which column of the log is what",
      })
      .option("out", { alias: "o", type: "string", demandOption: true, describe: "Folder of the output" })
      .option("settings", {
        alias: "s",
        type: "string",
        describe: "How to measure; left out, every default. congener access init writes it",
      })
      .option("labels", {
        type: "string",
        describe: "CSV of what accounts are known to be: account, kind, campaign",
      })
      .option("memory", {
        type: "string",
        default: "3GB",
        describe: "Memory of the database; the process takes some 0.5 GB more, the rest goes to disk",
      })
      .option("threads", { type: "number", default: 2, describe: "Threads of the database" })
      .option("bad-rows", {
        type: "string",
        default: "1%",
        describe: "Rows that may be unusable before the scan stops: a share, or a number",
      })
      .option("json", { type: "boolean", describe: "Print the summary as JSON" })
      .example("$0 access scan logs/*.jsonl.gz --map mapping.yaml -o access", "A month of logs"),
  handler: async (argv) => {
    const { context } = argv;
    const at = (path: string) => resolve(context.cwd, path);
    const limits = databaseLimits(argv);
    // The measures are loaded when something is measured: help and a wrong flag need none of them.
    const { scan } = await import("../../access/scan.ts");
    const signal = context.takeInterrupts();
    const folder = at(argv.out);
    const progress = progressLine(context);
    const analysis = await scan({
      logs: argv.log,
      cwd: context.cwd,
      mapping: await loadMapping(at(argv.map)),
      settings:
        argv.settings === undefined
          ? accessSettingsSchema.parse({})
          : await loadYamlSettings(at(argv.settings), accessSettingsSchema),
      labelsFile: argv.labels === undefined ? null : at(argv.labels),
      folder,
      ...limits,
      badRows: badRowLimit(argv.badRows),
      now: new Date(),
      congenerVersion: context.version,
      signal,
      progress: progress.say,
      ...(argv.quiet ? {} : { tick: progress.tick }),
    }).catch((error: unknown) => {
      progress.end();
      if (!signal.aborted) throw error;
      context.note("interrupted: nothing was written");
      return null;
    });
    progress.end();
    if (analysis === null) return;
    if (argv.json) context.print(JSON.stringify(summaryOf(analysis)));
    else tellSummary(context, analysis, argv.out);
  },
});

/** Notes of what is being done; on a terminal the last one grows by the share that is done. */
function progressLine(context: CliContext) {
  let said = "";
  let open = false;
  const end = () => {
    if (open) context.stderr.write("\n");
    open = false;
  };
  return {
    end,
    say(what: string) {
      if (what === said) return;
      end();
      said = what;
      context.note(what);
    },
    tick(share: number) {
      if (!context.isTTY) return;
      open = true;
      context.stderr.write(`\r  ${Math.floor(share * 100)} %`);
    },
  };
}

/** @throws UsageError for what is no share in percent and no number of rows */
export function badRowLimit(text: string): BadRowLimit {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim().replace(/\s+%/, "%")) ?? [];
  const value = Number(number);
  if (number !== undefined && percent === "%" && value <= 100) return { share: value / 100 };
  if (number !== undefined && percent === "" && Number.isInteger(value)) return { count: value };
  throw new UsageError(
    "access.bad-rows-limit",
    `--bad-rows ${text}: expected a share as 1%, or a number of rows`,
  );
}

function summaryOf(analysis: AccessAnalysis) {
  const { log, off, flaggedAccounts, clusterCount, caveats, kinds } = analysis;
  return {
    schemaVersion: analysis.schemaVersion,
    log,
    kinds,
    off,
    flaggedAccounts,
    clusterCount,
    accounts: analysis.accounts.slice(0, analysis.settings.reviewBudget),
    clusters: analysis.clusters.slice(0, 10).map(({ members: _, edges: __, ...cluster }) => cluster),
    caveats,
  };
}

function tellSummary(context: CliContext, analysis: AccessAnalysis, out: string): void {
  for (const line of summaryNotes(analysis, context.columns)) context.note(line);
  for (const line of summaryLines(analysis, context.columns)) context.print(line);
  context.print(`wrote ${out}: access.json, accounts.csv (real ids, keep it), access.duckdb`);
}
