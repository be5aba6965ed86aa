import { readdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { PriceList } from "../../config/prices.ts";
import { CongenerError, StoreError, UsageError } from "../../errors.ts";
import { visibleJson } from "../../report/json.ts";
import { formatCount } from "../../report/numbers.ts";
import { visibleText } from "../../report/visible-text.ts";
import { defineCommand } from "../define-command.ts";
import { optionalConfig } from "../optional-config.ts";
import { textTable } from "../plan/text-table.ts";
import { priceLists } from "../price-lists.ts";
import { type RunState, readRunState } from "./read-run-state.ts";
import { costText } from "./render-run-state.ts";

/** `congener runs list`. */
export const listRunsCommand = defineCommand({
  command: "list [dir]",
  describe: "List the runs in a folder with status, samples, dates and cost",
  builder: (yargs) =>
    yargs
      .positional("dir", { type: "string", default: "results", describe: "Folder that holds run folders" })
      .option("prices", {
        type: "string",
        requiresArg: true,
        describe: "File of prices, before the configuration's and the few that are shipped",
      })
      .option("json", { type: "boolean", default: false, describe: "Print the list as JSON" }),
  handler: async (argv) => {
    const { context, dir } = argv;
    const prices = await priceLists(argv.prices, await optionalConfig(argv, context), context.cwd);
    const runs = await listRuns(resolve(context.cwd, dir), prices, context.cwd);
    if (argv.json) {
      context.print(visibleJson({ schemaVersion: 1, runs }));
      return;
    }
    if (runs.length === 0) {
      context.note(`no run in ${visibleText(dir, { maxLength: 200 })}; start one with: congener run`);
      return;
    }
    const rows = runs.map((run) => [
      visibleText(run.run, { maxLength: 60 }),
      run.error === null ? run.status : visibleText(`unreadable: ${run.error}`, { maxLength: 120 }),
      ...(run.error === null
        ? [
            String(run.targets),
            `${formatCount(run.recorded)} of ${formatCount(run.planned)}`,
            run.createdAt.slice(0, 10),
            run.updatedAt.slice(0, 10),
            costText(run.costUSD, run.unpriced),
          ]
        : ["", "", "", "", ""]),
    ]);
    const head = ["Run", "Status", "Targets", "Samples", "Started", "Written", "Cost"];
    for (const line of textTable(head, rows, context.columns)) context.print(line);
  },
});

/** A row of the list; what cannot be read is a row too. */
type ListedRun =
  | ({ readonly run: string; readonly error: null; readonly targets: number } & Pick<
      RunState,
      | "name"
      | "origin"
      | "status"
      | "planned"
      | "recorded"
      | "createdAt"
      | "updatedAt"
      | "costUSD"
      | "unpriced"
    >)
  | { readonly run: string; readonly error: string };

async function listRuns(folder: string, prices: readonly PriceList[], cwd: string): Promise<ListedRun[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      "runs.folder",
      `cannot list runs in ${folder}: ${why}; expected a folder of run folders`,
      {
        cause,
      },
    );
  });
  const runs: ListedRun[] = [];
  for (const { name: entry } of entries.filter((one) => one.isDirectory() || one.isSymbolicLink())) {
    const dir = join(folder, entry);
    const run = relative(cwd, dir) || ".";
    try {
      const { name, origin, status, planned, recorded, createdAt, updatedAt, costUSD, unpriced, targets } =
        await readRunState(dir, prices);
      const state = { name, origin, status, planned, recorded, createdAt, updatedAt, costUSD, unpriced };
      runs.push({ run, error: null, targets: targets.length, ...state });
    } catch (error) {
      if (error instanceof StoreError && error.code === "store.no-run") continue;
      if (!(error instanceof CongenerError)) throw error;
      runs.push({ run, error: error.message });
    }
  }
  const time = (run: ListedRun) => (run.error === null ? run.updatedAt : "");
  return runs.sort((first, second) => (time(first) < time(second) ? 1 : -1));
}
