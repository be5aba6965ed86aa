import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import { stringify } from "yaml";
import { UsageError } from "../../errors.ts";
import { findingText, type LintFinding } from "../../probes/finding.ts";
import { lintSuite } from "../../probes/lint-suite.ts";
import { loadSuite, readSuiteFile, suiteFiles, suiteNames } from "../../probes/load-suite.ts";
import type { ParsedSuiteFile } from "../../probes/parse-suite-file.ts";
import { promptText } from "../../probes/prompt-text.ts";
import { selectProbes } from "../../probes/select-probes.ts";
import { visibleText } from "../../report/visible-text.ts";
import { probeHash, suiteHash } from "../../schema/identity.ts";
import type { Suite } from "../../schema/probe.ts";
import type { CliContext } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";

/** Suites that ship with the package. */
const shippedFolder = fileURLToPath(new URL("../../../probes", import.meta.url));

const suiteOption = listOption("Suites by name, or YAML files; default: all that ship with congener");

/** A path that the user typed, or the name of a suite. */
function located(suite: string, cwd: string): string {
  return /[/\\]|\.ya?ml$/.test(suite) ? resolve(cwd, suite) : suite;
}

async function loadSuites(names: readonly string[] | undefined, cwd: string): Promise<Suite[]> {
  const wanted = names ?? (await suiteNames(shippedFolder));
  return Promise.all(wanted.map((name) => loadSuite(located(name, cwd), shippedFolder)));
}

const count = (value: number, what: string): string => `${value} ${what}${value === 1 ? "" : "s"}`;

/** One line of text that fits a column. */
function shortened(text: string, width: number): string {
  const signs = [...visibleText(text, { maxLength: 1_000 })];
  return signs.length > width ? `${signs.slice(0, width - 1).join("")}…` : signs.join("");
}

function printSuite(suite: Suite, context: CliContext): void {
  const families = new Set(suite.probes.map(({ family }) => family)).size;
  const heading = `${suite.name} ${suite.version}: ${suite.probes.length} probes in ${families} families, ${suite.hash.slice(0, 12)}`;
  context.print(context.style("bold", visibleText(heading, { maxLength: 200 })));
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

const listCommand = defineCommand({
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
    if (json === true) context.print(JSON.stringify({ suites }, null, 2));
    else for (const one of suites) printSuite(one, context);
  },
});

const showCommand = defineCommand({
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
    if (json === true) context.print(JSON.stringify(record, null, 2));
    else
      for (const line of stringify(record, { lineWidth: Math.max(40, context.columns - 2) })
        .trimEnd()
        .split("\n"))
        context.print(visibleText(line, { maxLength: 10_000 }));
  },
});

/** Parsed files, and a finding for each that does not parse. */
async function readForLint(
  paths: readonly string[],
): Promise<{ files: ParsedSuiteFile[]; broken: string[] }> {
  const files: ParsedSuiteFile[] = [];
  const broken: string[] = [];
  for (const path of paths)
    try {
      files.push(await readSuiteFile(path));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      broken.push(error.message);
    }
  return { files, broken };
}

const lintCommand = defineCommand({
  command: "lint [files..]",
  describe: "Check suite files: ids, prompts, reasons, extractors; exit 2 on an error",
  builder: (yargs) =>
    yargs
      .positional("files", {
        type: "string",
        array: true,
        description: "YAML files or names of suites, checked together; default: all that ship with congener",
      })
      .option("json", { type: "boolean", description: "Print findings as JSON" }),
  handler: async ({ context, files: given, json }) => {
    const wanted = given === undefined || given.length === 0 ? await suiteNames(shippedFolder) : given;
    const paths = await Promise.all(
      wanted.map((name) => suiteFiles(located(name, context.cwd), shippedFolder)),
    );
    const { files, broken } = await readForLint([...new Set(paths.flat())]);
    const findings: LintFinding[] = lintSuite(files);
    if (json === true)
      context.print(
        JSON.stringify(
          {
            suites: files.map(({ name, version, file, probes }) => ({
              name,
              version,
              file,
              probes: probes.length,
              hash: suiteHash(probes),
            })),
            unreadable: broken,
            findings,
          },
          null,
          2,
        ),
      );
    else
      for (const line of [...broken, ...findings.map(findingText)])
        context.print(visibleText(line, { maxLength: 2_000 }));
    const errors = findings.filter(({ severity }) => severity === "error").length + broken.length;
    const warnings = findings.length + broken.length - errors;
    const probes = files.reduce((sum, file) => sum + file.probes.length, 0);
    const summary = `${count(errors, "error")} and ${count(warnings, "warning")} in ${count(probes, "probe")} of ${count(paths.flat().length, "file")}`;
    if (errors > 0)
      throw new UsageError("probes.lint", `${summary}; expected no errors: mend what is listed above`);
    context.note(summary);
  },
});

/** `congener probes list|show|lint`: what is asked, and whether it is fit to be asked. */
export const probesCommand = defineCommand({
  command: "probes <command>",
  describe: "List, show and check probes",
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .command(showCommand)
      .command(lintCommand)
      .demandCommand(1, "probes needs list, show or lint")
      .example("$0 probes list --family naming", "What is asked of one family")
      .example("$0 probes lint my-suite.yaml", "Check a suite of your own"),
  handler: () => {},
});
