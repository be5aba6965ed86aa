import { UsageError } from "../../errors.ts";
import { findingText, type LintFinding } from "../../probes/finding.ts";
import { lintSuite } from "../../probes/lint-suite.ts";
import type { ParsedSuiteFile } from "../../probes/parse-suite-file.ts";
import { publishedTexts } from "../../probes/published-texts.ts";
import { readSuiteFile, sourcesOf } from "../../probes/read-suite-file.ts";
import { suiteFiles, suiteNames } from "../../probes/suite-files.ts";
import { visibleJson } from "../../report/json.ts";
import { visibleText } from "../../report/visible-text.ts";
import { suiteHash } from "../../schema/identity.ts";
import { defineCommand } from "../define-command.ts";
import { shippedSuites } from "../run-request.ts";
import { located } from "./load-suites.ts";

/** `congener probes lint`. */
export const lintCommand = defineCommand({
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
    const wanted = given === undefined || given.length === 0 ? await suiteNames(shippedSuites) : given;
    const paths = await Promise.all(
      wanted.map((name) => suiteFiles(located(name, context.cwd), shippedSuites)),
    );
    const { files, broken, unreadable } = await readForLint(paths.flat());
    const findings: LintFinding[] = lintSuite(files, {
      elsewhere: await otherShipped(files),
      published: await publishedTexts(shippedSuites),
    });
    if (json === true)
      context.print(
        visibleJson({
          suites: files.map(({ name, version, file, probes }) => ({
            name,
            version,
            file,
            probes: probes.length,
            hash: suiteHash(probes),
          })),
          unreadable: broken,
          findings,
        }),
      );
    else
      for (const line of [...broken, ...findings.map(findingText)])
        context.print(visibleText(line, { maxLength: 2_000 }));
    const errors = findings.filter(({ severity }) => severity === "error").length + broken.length;
    const warnings = findings.length + broken.length - errors;
    const probes = files.reduce(
      (sum, { selection, lines }) => sum + (selection === null ? lines.length : 0),
      0,
    );
    const summary = `${count(errors, "error")} and ${count(warnings, "warning")} in ${count(probes, "probe")} of ${count(files.length + unreadable, "file")}`;
    if (errors > 0)
      throw new UsageError("probes.lint", `${summary}; expected no errors: mend what is listed above`);
    context.note(summary);
  },
});

const count = (value: number, what: string): string => `${value} ${what}${value === 1 ? "" : "s"}`;

/** Parsed files, with those that they select from, and messages for those that do not parse. */
async function readForLint(
  paths: readonly string[],
): Promise<{ files: ParsedSuiteFile[]; broken: string[]; unreadable: number }> {
  const files: ParsedSuiteFile[] = [];
  const broken: string[] = [];
  let unreadable = 0;
  const wanted = new Set(paths);
  for (const path of wanted)
    try {
      const file = await readSuiteFile(path, shippedSuites);
      files.push(file);
      if (file.selection !== null)
        for (const source of await sourcesOf(file.selection.of, path, shippedSuites)) wanted.add(source);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const all = error.cause instanceof AggregateError ? (error.cause.errors as Error[]) : [error];
      unreadable++;
      broken.push(...all.map(({ message }) => message));
    }
  return { files, broken, unreadable };
}

/** Shipped files that are not themselves checked: ids must mean there what they mean here. */
async function otherShipped(checked: readonly ParsedSuiteFile[]): Promise<ParsedSuiteFile[]> {
  const names = await suiteNames(shippedSuites);
  const paths = (await Promise.all(names.map((name) => suiteFiles(name, shippedSuites)))).flat();
  const others = paths.filter((path) => !checked.some(({ file }) => file === path));
  return Promise.all(others.map((path) => readSuiteFile(path, shippedSuites)));
}
