import yargs, { type Argv } from "yargs";
import { UsageError } from "../errors.ts";
import { checkValues } from "./check-values.ts";
import type { Command } from "./command-table.ts";
import type { CliContext, CommonOptions } from "./context.ts";
import type { ContextFlags } from "./process-context.ts";
import { usageMessage } from "./usage-message.ts";

/**
 * The parser of the command line, without running anything: `parseAsync(words, { context })` runs a command.
 *
 * @param commands - as `loadCommands` gives them
 * @param options.columns - width of the help text, at most 100, by default 80
 * @param options.contextOf - makes the command's context from the common flags
 */
export function buildParser(
  commands: readonly Command[],
  options: {
    readonly version: string;
    readonly columns?: number;
    readonly contextOf: (flags: ContextFlags) => CliContext;
  },
): Argv<CommonOptions> {
  const parser: Argv = yargs()
    .scriptName("congener")
    .usage(
      "$0 <command> [options]\n\nAsks a reference model, suspects and controls the same probes, and reports how much more probable the suspects' answers are if they were trained on the reference's outputs than if they came about as the controls did.",
    )
    .locale("en")
    .parserConfiguration({ "greedy-arrays": false, "strip-aliased": true, "dot-notation": false })
    .option("config", {
      alias: "c",
      type: "string",
      requiresArg: true,
      defaultDescription: "congener.yaml",
      description: "Configuration file",
    })
    .option("env-file", {
      type: "string",
      array: true,
      requiresArg: true,
      description:
        "File of NAME=value lines with API keys (repeatable: later files win, what is set in the environment wins over all)",
    })
    .option("quiet", { alias: "q", type: "boolean", description: "Errors and data only" })
    .option("verbose", {
      alias: "v",
      type: "boolean",
      conflicts: "quiet",
      description: "Say more, and where an error arose",
    })
    .option("color", {
      type: "boolean",
      description: "Colour, by default in a terminal; --no-color or NO_COLOR turns it off",
    })
    .command([...commands] as never)
    .completion("completion", "Print a completion script for bash, zsh or fish")
    .demandCommand(1, "no command given")
    .strict()
    .strictCommands()
    .help()
    .alias("help", "h")
    .version(options.version)
    .wrap(Math.min(options.columns ?? 80, 100))
    .example("$0 demo", "See the whole way on embedded models: no key, no network")
    .example("$0 <command> --help", "Options and examples of a command")
    .epilogue(
      "Exit codes: 0 done, 1 a --fail-on condition held, 2 wrong usage or configuration, 3 could not measure, 130 interrupted.",
    )
    .check((argv, options) => checkValues(argv, (options as { array?: readonly string[] }).array))
    .middleware((argv) => {
      argv.configGiven = argv.config !== undefined;
      argv.config ??= "congener.yaml";
      argv.quiet = argv.quiet === true;
      argv.verbose = argv.verbose === true;
      argv.context = options.contextOf(argv as ContextFlags);
    })
    .exitProcess(false)
    .fail((message, error) => {
      if (error !== undefined && error.name !== "YError") throw error;
      throw new UsageError("cli.usage", usageMessage(message ?? error.message, parser));
    });
  return parser as Argv<CommonOptions>;
}
