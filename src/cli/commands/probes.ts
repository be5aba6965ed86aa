import { defineCommand } from "../define-command.ts";
import { lintCommand } from "../probes/lint-command.ts";
import { listCommand } from "../probes/list-command.ts";
import { rankCommand } from "../probes/rank-command.ts";
import { schemaCommand } from "../probes/schema-command.ts";
import { showCommand } from "../probes/show-command.ts";

/** `congener probes list|show|lint|rank|schema`: what is asked, whether it is fit to be asked, and what it tells. */
export const probesCommand = defineCommand({
  command: "probes <command>",
  describe: "List, show, check and rank probes",
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .command(showCommand)
      .command(lintCommand)
      .command(rankCommand)
      .command(schemaCommand)
      .demandCommand(1, "probes needs list, show, lint, rank or schema")
      .example("$0 probes list --family naming", "What is asked of one family")
      .example("$0 probes lint my-suite.yaml", "Check a suite of your own"),
  handler: () => {},
});
