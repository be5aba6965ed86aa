import { basename, dirname, extname, resolve } from "node:path";
import { UsageError } from "../../errors.ts";
import { renderHistoryJson } from "../../report/history-json.ts";
import { type History, historySchema } from "../../schema/history.ts";
import { writeReportFile } from "../../store/run-writer.ts";
import { defineCommand } from "../define-command.ts";
import { makeHistory } from "../history/make-history.ts";
import { renderHistory } from "../history/render-history.ts";
import { listOption } from "../list-option.ts";

const failConditions = ["endpoint-changed", "finding-changed"] as const;

/** `congener history`: what changed from run to run. */
export const historyCommand = defineCommand({
  command: "history <runs..>",
  describe: "Say what changed over several runs: the endpoints, or the findings",
  builder: (yargs) =>
    yargs
      .positional("runs", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "Two run folders or more; they are put in the order in which they were started",
      })
      .option("target", listOption("Only these targets; to be chosen before looking; default: all"))
      .option("alpha", {
        type: "number",
        default: 0.05,
        requiresArg: true,
        describe: "Probability of any false alarm over the whole history, runs added later included",
      })
      .option("since", {
        type: "string",
        requiresArg: true,
        describe: "Compare every later run with this one instead of with the run before",
      })
      .option("moved", listOption("Targets that are the same endpoint at another URL"))
      .option("seed", { type: "number", default: 1, requiresArg: true, describe: "Seed of permutations" })
      .option("json", { type: "boolean", default: false, describe: "Print the history as JSON" })
      .option("out", {
        alias: "o",
        type: "string",
        requiresArg: true,
        describe: "Write it to a file, too: .json",
      })
      .option("fail-on", listOption("Exit with 1 when this was found in any look", failConditions))
      .example("$0 history results/acme-*", "each run against the one before")
      .example(
        "$0 history results/acme-* --since results/acme-05 --target acme-chat",
        "one endpoint, one baseline",
      ),
  handler: async (argv) => {
    const { context, failOn } = argv;
    const render = argv.out === undefined ? null : rendererFor(argv.out);
    if (!Number.isSafeInteger(argv.seed))
      throw new UsageError("history.seed", `--seed must be a whole number, got ${argv.seed}`);
    const history = historySchema.parse(
      await makeHistory({
        cwd: context.cwd,
        runs: argv.runs,
        targets: argv.target,
        since: argv.since,
        moved: argv.moved,
        alpha: argv.alpha,
        seed: argv.seed,
        version: context.version,
        note: context.note,
      }),
    );
    if (argv.out !== undefined && render !== null) {
      const path = resolve(context.cwd, argv.out);
      await writeReportFile(dirname(path), basename(path), await render(history));
    }
    context.print(argv.json ? renderHistoryJson(history) : renderHistory(history, context.columns));
    if (failOn !== undefined && holds(history, failOn)) context.setExitCode(1);
    else if (
      history.looks.every(({ endpointTests, findings }) => endpointTests === 0 && findings.length === 0)
    )
      context.setExitCode(3);
  },
});

/** By the file's ending, before any work is done. */
function rendererFor(file: string): (history: History) => string | Promise<string> {
  const ending = extname(file).toLowerCase();
  if (ending === ".json") return renderHistoryJson;
  throw new UsageError(
    "history.out",
    `-o ${file} ends in ${ending || "nothing"}: expected a file name that ends in .json`,
  );
}

function holds(history: History, conditions: readonly string[]): boolean {
  return history.looks.some(
    ({ endpoints, findings }) =>
      (conditions.includes("endpoint-changed") &&
        endpoints.some(({ verdict }) => verdict === "endpoint-changed")) ||
      (conditions.includes("finding-changed") &&
        findings.some(({ verdict }) => verdict === "finding-changed")),
  );
}
