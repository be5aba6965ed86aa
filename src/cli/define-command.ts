import type { ArgumentsCamelCase, Argv, CommandModule } from "yargs";
import type { CommonOptions } from "./context.ts";
import { commandState, declaredOptions, ownOptions } from "./parser-state.ts";

const commonOptions = ["config", "env-file", "quiet", "verbose", "color", "help", "version"];

/**
 * A command, or a subcommand, whose handler's options are inferred from its builder:
 *
 * ```ts
 * export const compareCommand = defineCommand({
 *   command: "compare <run>",
 *   describe: "Weigh the evidence in a run",
 *   builder: (yargs) => yargs.positional("run", {...}).option("suspect", listOption("Only these suspects")),
 *   handler: async (argv) => argv.context.print(argv.run),
 * });
 * ```
 *
 * Two rules hold for every command: a flag that takes a value demands one (`--seed` alone must not quietly mean the
 * default seed), and a command's own flags stand before the common ones in its help.
 */
export function defineCommand<Options>(command: {
  readonly command: string;
  readonly describe: string;
  readonly builder: (yargs: Argv<CommonOptions>) => Argv<Options>;
  readonly handler: (argv: ArgumentsCamelCase<Options>) => void | Promise<void>;
}): CommandModule<CommonOptions, Options> {
  const builder = (yargs: Argv<CommonOptions>): Argv<Options> => {
    const built = command.builder(yargs);
    const { key, boolean } = declaredOptions(built);
    built.requiresArg(Object.keys(key).filter((name) => !boolean.includes(name)));
    const isGroup = commandState(built).next.length > 0;
    if (isGroup) return built;
    return built.group(ownOptions(built, commonOptions), "Options:").group(commonOptions, "Common options:");
  };
  return { ...command, builder };
}
