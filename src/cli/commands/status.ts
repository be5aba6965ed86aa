import { resolve } from "node:path";
import { visibleJson } from "../../report/json.ts";
import { defineCommand } from "../define-command.ts";
import { optionalConfig } from "../optional-config.ts";
import { priceLists } from "../price-lists.ts";
import { readRunState } from "../run-state/read-run-state.ts";
import { renderRunState } from "../run-state/render-run-state.ts";
import { setConcurrency } from "../run-state/set-concurrency.ts";

/** `congener status`: how a run stands, from another shell too, and how fast it is to go. */
export const statusCommand = defineCommand({
  command: "status <run>",
  describe: "Say how a run stands, while it goes on too, and change its speed",
  builder: (yargs) =>
    yargs
      .positional("run", { type: "string", demandOption: true, describe: "Run folder" })
      .option("set-concurrency", {
        type: "number",
        requiresArg: true,
        describe: "Requests at once, per origin and key, from now on; the running process takes it up",
      })
      .option("prices", {
        type: "string",
        requiresArg: true,
        describe: "File of prices, before the configuration's and the few that are shipped",
      })
      .option("json", { type: "boolean", default: false, describe: "Print the state as JSON" })
      .example("$0 status results/acme", "How far it is, what it costs, what comes next")
      .example("$0 status results/acme --set-concurrency 2", "Slow it down while it runs"),
  handler: async (argv) => {
    const { context, run } = argv;
    const dir = resolve(context.cwd, run);
    if (argv.setConcurrency !== undefined) context.note(await setConcurrency(dir, run, argv.setConcurrency));
    const prices = await priceLists(argv.prices, await optionalConfig(argv, context), context.cwd);
    const state = await readRunState(dir, prices);
    context.print(
      argv.json
        ? visibleJson(state)
        : renderRunState(state, run, { columns: context.columns, now: Date.now() }),
    );
  },
});
