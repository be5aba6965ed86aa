import { UsageError } from "../errors.ts";
import { kebabCase } from "./kebab-case.ts";

/**
 * Refuses what yargs lets pass and no command can use: a flag of one value typed twice, a number that is none.
 *
 * @param argv - parsed options
 * @param listOptions - names of options that take several values
 * @returns true, for yargs
 * @throws UsageError that says which flag and what was expected
 */
export function checkValues(
  argv: Readonly<Record<string, unknown>>,
  listOptions: readonly string[] = [],
): true {
  for (const [name, value] of Object.entries(argv)) {
    if (name === "_" || name === "--" || name === "$0") continue;
    const key = kebabCase(name);
    if (Number.isNaN(value)) throw new UsageError("cli.number", `--${key} expects a number`);
    if (Array.isArray(value) && !listOptions.includes(key))
      throw new UsageError(
        "cli.repeated",
        `--${key} takes one value, got ${value.length}: ${value.join(", ")}`,
      );
  }
  return true;
}
