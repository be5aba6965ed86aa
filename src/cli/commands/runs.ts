import { defineCommand } from "../define-command.ts";
import { listRunsCommand } from "../run-state/list-runs-command.ts";

/** `congener runs list`: what lies in a folder of runs. */
export const runsCommand = defineCommand({
  command: "runs <command>",
  describe: "List runs",
  builder: (yargs) =>
    yargs
      .command(listRunsCommand)
      .demandCommand(1, "runs needs list")
      .example("$0 runs list", "Every run below results/"),
  handler: () => {},
});
