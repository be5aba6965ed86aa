import type { ArgumentsCamelCase, Argv, CommandModule } from "yargs";
import type { CommonOptions } from "./context.ts";

/**
 * Types a command so that its handler's options are inferred from its builder:
 *
 * ```ts
 * export const compareCommand = defineCommand({
 *   command: "compare <run>",
 *   describe: "Weigh the evidence in a run",
 *   builder: (yargs) => yargs.positional("run", {...}).option("suspect", listOption("Only these suspects")),
 *   handler: async (argv) => argv.context.print(argv.run),
 * });
 * ```
 */
export function defineCommand<Options>(command: {
  readonly command: string;
  readonly describe: string;
  readonly builder: (yargs: Argv<CommonOptions>) => Argv<Options>;
  readonly handler: (argv: ArgumentsCamelCase<Options>) => void | Promise<void>;
}): CommandModule<CommonOptions, Options> {
  return command;
}
