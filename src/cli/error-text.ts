import { isExpected } from "./exit-codes.ts";

/**
 * What stderr says about an error that ended a command: one line if it was expected (with `verbose` its stack and
 * causes besides), else the stack and a request to report it. Control characters are made visible, for messages quote
 * what servers and files said.
 *
 * @param options.version - of Congener and of Node, for reports of defects
 * @param options.makeVisible - escapes control characters in one line of text
 */
export function errorText(
  error: unknown,
  options: {
    readonly verbose: boolean;
    readonly version: string;
    readonly makeVisible: (text: string) => string;
  },
): string {
  const { makeVisible } = options;
  if (isExpected(error)) {
    const line = `congener: ${makeVisible(error.message)}`;
    return options.verbose ? [line, ...stackLines(error).map(makeVisible)].join("\n") : line;
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return [
    `congener: unexpected error: ${makeVisible(message)}`,
    ...stackLines(error).map(makeVisible),
    `This is a defect in ${options.version}. Please report it with the lines above and the command you typed.`,
  ].join("\n");
}

function stackLines(error: unknown): string[] {
  const lines: string[] = [];
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth++
  ) {
    if (depth > 0) lines.push(`  caused by ${current.name}: ${current.message}`);
    lines.push(...(current.stack ?? "").split("\n").filter((line) => line.startsWith("    at ")));
  }
  return lines;
}
