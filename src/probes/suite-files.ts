import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { closest } from "fastest-levenshtein";
import { UsageError } from "../errors.ts";

const extension = /\.ya?ml$/;

/** Whether a suite is meant by its file and not by its name: it has a slash, or ends in .yaml or .yml. */
export function isSuitePath(suite: string): boolean {
  return extension.test(suite) || suite.includes("/") || suite.includes("\\");
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
  if (isSuitePath(suite)) return [suite];
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
