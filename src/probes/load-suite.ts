import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { closest } from "fastest-levenshtein";
import { UsageError } from "../errors.ts";
import { suiteHash } from "../schema/identity.ts";
import type { Suite } from "../schema/probe.ts";
import { type ParsedSuiteFile, parseSuiteFile } from "./parse-suite-file.ts";
import { probeProblems } from "./probe-problems.ts";

const extension = /\.ya?ml$/;
/** A suite is prose for people: what is larger is some other file. */
const largestFileBytes = 10 * 1024 * 1024;

/**
 * Reads and parses one suite file without judging its probes.
 * @throws UsageError `probes.read` when it cannot be read or is not UTF-8, else as `parseSuiteFile`
 */
export async function readSuiteFile(path: string): Promise<ParsedSuiteFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : String((cause as Error).message);
    throw new UsageError(
      "probes.read",
      `cannot read suite file ${path}: ${reason}; expected a YAML file with name, version and probes`,
      { cause },
    );
  }
  if (bytes.length > largestFileBytes)
    throw new UsageError(
      "probes.read",
      `suite file ${path} has ${bytes.length} bytes; expected at most ${largestFileBytes}`,
    );
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError("probes.read", `suite file ${path} is not UTF-8 text; save it as UTF-8`, { cause });
  }
  return parseSuiteFile(text, path);
}

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
  const description = files.map((file) => file.description).find((text) => text !== "") ?? "";
  return { name: first.name, version: first.version, description, hash: suiteHash(probes), probes };
}

/** Loads a suite that is one file. @throws UsageError as `readSuiteFile` and `joinSuite` */
export async function loadSuiteFile(path: string): Promise<Suite> {
  return joinSuite([await readSuiteFile(path)]);
}

async function suiteFilesIn(folder: string): Promise<Map<string, string[]>> {
  let entries: string[];
  try {
    entries = (await readdir(folder)).filter((entry) => extension.test(entry)).sort();
  } catch (cause) {
    throw new UsageError("probes.read", `cannot list the suites in ${folder}: ${(cause as Error).message}`, {
      cause,
    });
  }
  const suites = new Map<string, string[]>();
  for (const entry of entries) {
    // "core.yaml" before "core.riddles.yaml": the part that bears the suite's own name comes first.
    const stem = entry.replace(extension, "");
    const name = stem.split(".")[0] ?? stem;
    const paths = suites.get(name) ?? [];
    if (stem === name) paths.unshift(join(folder, entry));
    else paths.push(join(folder, entry));
    suites.set(name, paths);
  }
  return suites;
}

/** Names of the suites in a folder, sorted. @throws UsageError when the folder cannot be read */
export async function suiteNames(folder: string): Promise<string[]> {
  return [...(await suiteFilesIn(folder)).keys()].sort();
}

/**
 * Files that make up a suite: a path (it has a slash or ends in .yaml or .yml) is itself; a name is `<name>.yaml` and
 * `<name>.<part>.yaml` in the folder.
 * @throws UsageError `probes.unknown` for a name that the folder lacks, with the nearest one
 */
export async function suiteFiles(suite: string, folder: string): Promise<string[]> {
  if (extension.test(suite) || suite.includes("/") || suite.includes("\\")) return [suite];
  const suites = await suiteFilesIn(folder);
  const paths = suites.get(suite);
  if (paths !== undefined) return paths;
  const names = [...suites.keys()];
  const hint =
    names.length > 0 ? `; did you mean "${closest(suite, names)}"? Known: ${names.join(", ")}` : "";
  throw new UsageError(
    "probes.unknown",
    `no suite named "${suite}"${hint}; or give the path of a .yaml file`,
  );
}

/**
 * Loads a suite by name or path.
 * @param suite - name of a suite in `folder`, or path of a YAML file
 * @param folder - where named suites are: the package's own `probes/`
 * @throws UsageError when it is unknown, unreadable, invalid or empty
 */
export async function loadSuite(suite: string, folder: string): Promise<Suite> {
  const paths = await suiteFiles(suite, folder);
  const loaded = joinSuite(await Promise.all(paths.map(readSuiteFile)));
  const named = !extension.test(suite) && !suite.includes("/") && !suite.includes("\\");
  if (named && loaded.name !== suite)
    throw new UsageError(
      "probes.suite",
      `${basename(paths[0] ?? suite)} holds suite "${loaded.name}"; expected "${suite}", as its file is named`,
    );
  return loaded;
}
