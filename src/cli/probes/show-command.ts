import { stringify } from "yaml";
import { selectProbes } from "../../probes/select-probes.ts";
import { visibleJson } from "../../report/json.ts";
import { visibleText } from "../../report/visible-text.ts";
import { probeHash } from "../../schema/identity.ts";
import { defineCommand } from "../define-command.ts";
import { loadSuites, suiteOption } from "./load-suites.ts";

/** `congener probes show`. */
export const showCommand = defineCommand({
  command: "show <id>",
  describe: "Show one probe: prompt, how its answer is read, and why it is telling",
  builder: (yargs) =>
    yargs
      .positional("id", { type: "string", demandOption: true, description: "Id of the probe" })
      .option("suite", suiteOption)
      .option("json", { type: "boolean", description: "Print the probe as JSON" }),
  handler: async ({ context, id, suite, json }) => {
    const suites = await loadSuites(suite, context.cwd);
    const [probe] = selectProbes(
      suites.flatMap(({ probes }) => probes),
      { ids: [id] },
    );
    if (probe === undefined) return;
    const inSuites = suites
      .filter(({ probes }) => probes.some((other) => other.id === id))
      .map(({ name }) => name);
    const record = { ...probe, suites: inSuites, hash: probeHash(probe) };
    if (json === true) context.print(visibleJson(record));
    else
      for (const line of stringify(record, { lineWidth: Math.max(40, context.columns - 2) })
        .trimEnd()
        .split("\n"))
        context.print(visibleText(line, { maxLength: 10_000 }));
  },
});
