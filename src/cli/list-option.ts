/**
 * A list option for a command's builder: repeatable, and each value may hold several separated by commas.
 * Takes one word at a time, so that positionals may follow. The handler gets a string array, or undefined if not given.
 *
 * @param description - shown by `--help`
 * @param choices - the only values allowed
 */
export function listOption(description: string, choices?: readonly string[]) {
  return {
    type: "string",
    array: true,
    requiresArg: true,
    description: `${description} (repeatable or comma-separated)`,
    coerce: (values: readonly string[]): string[] => splitList(values),
    ...(choices === undefined ? {} : { choices }),
  } as const;
}

function splitList(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(","))
    .map((value) => value.trim())
    .filter((value) => value !== "");
}
