import { resolve } from "node:path";
import { UsageError } from "../../errors.ts";
import { clusterNameSchema } from "../../schema/canary-fields.ts";
import { readFileText } from "./secret-file.ts";

const mostClusters = 10_000;

/**
 * Names of account clusters: c1, c2 ... for a number, else the lines of a file.
 *
 * @returns undefined where none are asked for
 * @throws UsageError for none or too many, and with its line for a name that is too long or stands twice
 */
export async function loadClusters(cwd: string, clusters: string | undefined): Promise<string[] | undefined> {
  if (clusters === undefined) return undefined;
  const isNumber = /^[\d.+-]+$/.test(clusters);
  const names = isNumber
    ? numbered(Number(clusters))
    : namesIn(await readFileText(resolve(cwd, clusters)), clusters);
  if (names.length === 0 || names.length > mostClusters)
    throw new UsageError(
      "cli.number",
      `--clusters must be a whole number from 1 to ${mostClusters}, or a file with as many names, got ${isNumber ? clusters : `${names.length} in ${clusters}`}`,
    );
  return names;
}

function numbered(count: number): string[] {
  if (!Number.isInteger(count) || count > mostClusters) return [];
  const digits = String(count).length;
  return Array.from(
    { length: Math.max(0, count) },
    (_, index) => `c${String(index + 1).padStart(digits, "0")}`,
  );
}

function namesIn(text: string, file: string): string[] {
  const seen = new Map<string, number>();
  for (const [index, line] of text.split("\n").entries()) {
    const name = line.trim();
    if (name === "") continue;
    const first = seen.get(name);
    if (first !== undefined || !clusterNameSchema.safeParse(name).success)
      throw new UsageError(
        "canary.cluster",
        `${file}:${index + 1}: ${first === undefined ? "expected a name of 1 to 200 ASCII characters without spaces" : `the cluster of line ${first} again; expected each once`}`,
      );
    seen.set(name, index + 1);
  }
  return [...seen.keys()];
}
