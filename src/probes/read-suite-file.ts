import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { closest } from "fastest-levenshtein";
import { UsageError } from "../errors.ts";
import { type ParsedSuiteFile, parseSuiteFile } from "./parse-suite-file.ts";
import { isSuitePath, suiteFiles, suiteNames } from "./suite-files.ts";

/** A suite is prose for people: what is larger is some other file. */
const largestFileBytes = 10 * 1024 * 1024;

/**
 * Reads and parses one suite file without judging its probes. A selection gets the probes that it names, in its order.
 * @param folder - where suites are looked for that a selection names and its own folder lacks
 * @throws UsageError `probes.read` when it cannot be read or is not UTF-8, `probes.selection` for an id that the other
 *   suite lacks or that is named twice (file and line), or a selection of itself; else as `parseSuiteFile`
 */
export async function readSuiteFile(path: string, folder = dirname(path)): Promise<ParsedSuiteFile> {
  return readNested(path, folder, []);
}

async function readNested(path: string, folder: string, outer: readonly string[]): Promise<ParsedSuiteFile> {
  const file = parseSuiteFile(await readText(path), path);
  if (file.selection === null) return file;
  const { of, ids } = file.selection;
  const trail = [...outer, resolve(path)];
  const sources = await sourcesOf(of, path, folder);
  if (sources.some((source) => trail.includes(resolve(source))))
    throw new UsageError(
      "probes.selection",
      `${path}: selects from ${of}, which selects from it; expected a suite with probes of its own`,
    );
  const others = await Promise.all(sources.map((source) => readNested(source, folder, trail)));
  const byId = new Map(others.flatMap(({ probes }) => probes.map((probe) => [probe.id, probe] as const)));
  const probes = ids.map((id, index) => {
    const place = `${path}:${file.lines[index] ?? 1}`;
    const probe = byId.get(id);
    if (probe === undefined)
      throw new UsageError(
        "probes.selection",
        `${place}: suite ${of} has no probe "${id}"; did you mean "${closest(id, [...byId.keys()])}"?`,
      );
    if (ids.indexOf(id) < index)
      throw new UsageError(
        "probes.selection",
        `${place}: probe id "${id}" is named twice, first on line ${file.lines[ids.indexOf(id)]}; name it once`,
      );
    return probe;
  });
  return { ...file, probes };
}

/** Files of the suite that a selection names: by path, in its own folder, or in `folder`. */
export async function sourcesOf(of: string, path: string, folder: string): Promise<string[]> {
  const own = dirname(path);
  if (isSuitePath(of)) return [resolve(own, of)];
  const beside = (await suiteNames(own)).includes(of) ? await suiteFiles(of, own) : [];
  // A file "core.yaml" that selects from "core" means the shipped one.
  if (beside.length > 0 && !beside.some((file) => resolve(file) === resolve(path))) return beside;
  return suiteFiles(of, folder);
}

async function readText(path: string): Promise<string> {
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
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError("probes.read", `suite file ${path} is not UTF-8 text; save it as UTF-8`, { cause });
  }
}
