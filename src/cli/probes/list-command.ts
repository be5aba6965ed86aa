import Table from "cli-table3";
import { promptText } from "../../probes/prompt-text.ts";
import { selectProbes } from "../../probes/select-probes.ts";
import { visibleJson } from "../../report/json.ts";
import { visibleText } from "../../report/visible-text.ts";
import type { Suite } from "../../schema/probe.ts";
import type { CliContext } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";
import { loadSuites, suiteOption } from "./load-suites.ts";

/** `congener probes list`. */
export const listCommand = defineCommand({
  command: "list",
  describe: "List suites and their probes",
  builder: (yargs) =>
    yargs
      .option("suite", suiteOption)
      .option("family", listOption("Only probes of these families"))
      .option("json", { type: "boolean", description: "Print whole probes as JSON" }),
  handler: async ({ context, suite, family, json }) => {
    const loaded = await loadSuites(suite, context.cwd);
    // A family need not be in every suite, but it must be in one.
    if (family !== undefined)
      selectProbes(
        loaded.flatMap(({ probes }) => probes),
        { families: family },
      );
    const suites = loaded
      .map((one) => {
        const probes = one.probes.filter((probe) => family?.includes(probe.family) ?? true);
        return { ...one, probes };
      })
      .filter(({ probes }) => probes.length > 0);
    if (json === true) context.print(visibleJson({ suites }));
    else for (const one of suites) printSuite(one, context);
  },
});

/** One line of text that fits a column. */
function shortened(text: string, width: number): string {
  const signs = [...visibleText(text, { maxLength: 1_000 })];
  return signs.length > width ? `${signs.slice(0, width - 1).join("")}…` : signs.join("");
}

function printSuite(suite: Suite, context: CliContext): void {
  const families = new Set(suite.probes.map(({ family }) => family)).size;
  const count = (value: number, one: string, more: string) => `${value} ${value === 1 ? one : more}`;
  const size = `${count(suite.probes.length, "probe", "probes")} in ${count(families, "family", "families")}`;
  const heading = `${suite.name} ${suite.version}: ${size}, ${suite.hash.slice(0, 12)}`;
  context.print(context.style("bold", visibleText(heading, { maxLength: 200 })));
  if (suite.description !== "") context.print(shortened(suite.description, context.columns));
  const table = new Table({
    chars: Object.fromEntries(
      ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"]
        .concat(["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"])
        .map((name) => [name, ""]),
    ),
    style: { "padding-left": 0, "padding-right": 2, head: [], border: [] },
  });
  const idWidth = Math.max(...suite.probes.map(({ id }) => id.length));
  const familyWidth = Math.max(...suite.probes.map(({ family }) => family.length));
  const rest = Math.max(20, context.columns - idWidth - familyWidth - 14);
  for (const probe of suite.probes)
    table.push([
      probe.id,
      visibleText(probe.family, { maxLength: 80 }),
      probe.answer.kind,
      shortened(promptText(probe), rest),
    ]);
  context.print(`${table.toString().replace(/ +$/gm, "")}\n`);
}
