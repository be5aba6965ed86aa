import { accessInitCommand } from "../access/init-command.ts";
import { scanCommand } from "../access/scan-command.ts";
import { defineCommand } from "../define-command.ts";

/** `congener access init|scan`: evidence from the provider's own request logs. */
export const accessCommand = defineCommand({
  command: "access <command>",
  describe: "Find harvesting in a provider's own request logs",
  builder: (yargs) =>
    yargs
      .command(accessInitCommand)
      .command(scanCommand)
      .demandCommand(1, "access needs init or scan")
      .example("$0 access init", "Write mapping.yaml, access.yaml and limits.yaml"),
  handler: () => {},
});
