import { resolve } from "node:path";
import { loadSuite } from "../../probes/load-suite.ts";
import { isSuitePath, suiteNames } from "../../probes/suite-files.ts";
import type { Suite } from "../../schema/probe.ts";
import { listOption } from "../list-option.ts";
import { shippedSuites } from "../run-request.ts";

/** Which suites a command is about. */
export const suiteOption = listOption("Suites by name, or YAML files; default: all that ship with congener");

/** A path that the user typed, made absolute, or the name of a suite. */
export function located(suite: string, cwd: string): string {
  return isSuitePath(suite) ? resolve(cwd, suite) : suite;
}

/** The suites that were named, else all that ship. @throws UsageError for one that is unknown or bad */
export async function loadSuites(names: readonly string[] | undefined, cwd: string): Promise<Suite[]> {
  const wanted = names ?? (await suiteNames(shippedSuites));
  return Promise.all(wanted.map((name) => loadSuite(located(name, cwd), shippedSuites)));
}
