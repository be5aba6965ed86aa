import { accessInitCommand } from "../access/init-command.ts";
import { accessPolicyCommand } from "../access/policy-command.ts";
import { accessReportCommand } from "../access/report-command.ts";
import { scanCommand } from "../access/scan-command.ts";
import { simulateCommand } from "../access/simulate-command.ts";
import { defineCommand } from "../define-command.ts";

/** `congener access init|scan|report|policy|simulate`: evidence from the provider's own request logs. */
export const accessCommand = defineCommand({
  command: "access <command>",
  describe: "Find harvesting in a provider's own request logs",
  builder: (yargs) =>
    yargs
      .command(accessInitCommand)
      .command(scanCommand)
      .command(accessReportCommand)
      .command(accessPolicyCommand)
      .command(simulateCommand)
      .demandCommand(1, "access needs init, scan, report, policy or simulate")
      .example("$0 access init", "Write mapping.yaml, access.yaml and limits.yaml"),
  handler: () => {},
});
