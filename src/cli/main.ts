import { visibleText } from "../report/visible-text.ts";
import { loadCommands } from "./command-table.ts";
import type { CliContext } from "./context.ts";
import { errorText } from "./error-text.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { createInterrupts } from "./interrupts.ts";
import { buildParser } from "./parser.ts";
import { type ContextFlags, createProcessContext } from "./process-context.ts";
import { createSecretGuard } from "./secret-guard.ts";

/**
 * Runs one command line and tells errors on stderr.
 *
 * @param words - what was typed after `congener`
 * @returns the exit code
 */
export async function main(host: NodeJS.Process, words: readonly string[], version: string): Promise<number> {
  const interrupts = createInterrupts(host);
  const guard = createSecretGuard(host);
  let exitCode: number = exitCodes.done;
  const contextOf = (flags: ContextFlags): CliContext =>
    createProcessContext(host, {
      flags,
      version,
      interrupts,
      keepSecrets: guard.keep,
      setExitCode: (code) => {
        exitCode = code;
      },
    });
  try {
    const parser = buildParser(await loadCommands(words), {
      version,
      columns: host.stdout.columns ?? 80,
      contextOf,
    });
    await parser.parseAsync([...words], { context: contextOf({}) });
  } catch (error) {
    tellError(host, error, { words, version });
    return interrupts.received() ? exitCodes.interrupted : exitCodeOf(error);
  }
  return interrupts.received() ? exitCodes.interrupted : exitCode;
}

/** Writes an error to stderr; `--verbose` counts wherever it stands, for the parser may not have come to it. */
export function tellError(
  host: NodeJS.Process,
  error: unknown,
  options: { readonly words: readonly string[]; readonly version: string },
): void {
  const text = errorText(error, {
    verbose: options.words.some((word) => word === "-v" || word === "--verbose"),
    version: `congener ${options.version} (node ${host.versions.node}, ${host.platform} ${host.arch})`,
    makeVisible: (line) => visibleText(line, { maxLength: 2_000 }),
  });
  host.stderr.write(`${text}\n`);
}
