import { basename } from "node:path";
import { UsageError } from "../errors.ts";
import { suiteHash } from "../schema/identity.ts";
import type { Suite } from "../schema/probe.ts";
import type { ParsedSuiteFile } from "./parse-suite-file.ts";
import { probeProblems } from "./probe-problems.ts";
import { readSuiteFile } from "./read-suite-file.ts";
import { isSuitePath, suiteFiles } from "./suite-files.ts";

/**
 * Joins parsed files into one suite, in the order given, and hashes it.
 * @throws UsageError `probes.suite` on files of different name or version, duplicate ids, or a probe that cannot be
 *   asked or read (see `probeProblems`), naming file and line
 */
function joinSuite(files: readonly ParsedSuiteFile[]): Suite {
  const [first] = files;
  if (first === undefined) throw new UsageError("probes.empty", "no suite file given; expected at least one");
  const seen = new Map<string, string>();
  for (const file of files) {
    if (file.name !== first.name || file.version !== first.version)
      throw new UsageError(
        "probes.suite",
        `${file.file} holds suite ${file.name} ${file.version} but ${first.file} holds ${first.name} ${first.version}; files of one suite need equal name and version`,
      );
    for (const [index, probe] of file.probes.entries()) {
      const place = `${file.file}:${file.lines[index] ?? 1}`;
      const other = seen.get(probe.id);
      if (other !== undefined)
        throw new UsageError(
          "probes.suite",
          `${place}: probe id "${probe.id}" is used twice, first at ${other}; ids are unique in a suite`,
        );
      seen.set(probe.id, place);
      const [problem] = probeProblems(probe);
      if (problem !== undefined)
        throw new UsageError("probes.suite", `${place}: probe "${probe.id}" ${problem.message}`);
    }
  }
  const probes = files.flatMap((file) => file.probes);
  const description = [...new Set(files.map((file) => file.description.trim()))].filter(Boolean).join(" ");
  return { name: first.name, version: first.version, description, hash: suiteHash(probes), probes };
}

/** Loads a suite that is one file. @throws UsageError as `readSuiteFile` and `joinSuite` */
export async function loadSuiteFile(path: string): Promise<Suite> {
  return joinSuite([await readSuiteFile(path)]);
}

/**
 * Loads a suite by name or path.
 * @param suite - name of a suite in `folder`, or path of a YAML file
 * @param folder - where named suites are: the package's own `probes/`
 * @throws UsageError when it is unknown, unreadable, invalid or empty
 */
export async function loadSuite(suite: string, folder: string): Promise<Suite> {
  const paths = await suiteFiles(suite, folder);
  const loaded = joinSuite(await Promise.all(paths.map((path) => readSuiteFile(path, folder))));
  if (!isSuitePath(suite) && loaded.name !== suite)
    throw new UsageError(
      "probes.suite",
      `${basename(paths[0] ?? suite)} holds suite "${loaded.name}"; expected "${suite}", as its file is named`,
    );
  return loaded;
}
