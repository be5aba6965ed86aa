import { closest, distance } from "fastest-levenshtein";
import type { Argv } from "yargs";
import { kebabCase } from "./kebab-case.ts";
import { commandState, declaredOptions } from "./parser-state.ts";

/**
 * One line that says what is wrong with the command line, what was probably meant and where to look.
 *
 * @param message - what yargs says, perhaps over several lines
 */
export function usageMessage(message: string, parser: Argv): string {
  const commands = commandState(parser);
  const help = `see ${["congener", ...commands.path].join(" ")} --help`;
  const unknown = /^Unknown (argument|command)s?: (.*)$/.exec(message);
  if (unknown === null) return `${reworded(message, commands)}; ${help}`;
  const words = (unknown[2] ?? "").split(", ");
  // A misspelt --env-fil comes as env-fil and envFil, a stray word as it was typed.
  const first =
    words.find((word) => !words.some((other) => other !== word && kebabCase(word) === other)) ?? "";
  const isCommand = unknown[1] === "command";
  if (isCommand && commands.next.length === 0) return `unexpected argument ${first}; ${help}`;
  const flags = Object.keys(declaredOptions(parser).key).filter((flag) => flag === kebabCase(flag));
  const candidates = isCommand ? commands.next : flags;
  const nearest = nearestOf(first, candidates);
  const what = isCommand ? `unknown command ${first}` : `unknown flag or argument ${first}`;
  const guess = nearest === null ? "" : `; did you mean ${isCommand ? "" : "--"}${nearest}?`;
  return `${what}${guess === "" ? ";" : guess} ${help}`;
}

/** What yargs says of a flag or an argument, in one line and in our words; what is not known here stays as it is. */
function reworded(message: string, commands: ReturnType<typeof commandState>): string {
  const missing = /^Not enough non-option arguments: got (\d+)/.exec(message);
  if (missing !== null && commands.next.length > 0)
    return `missing command, expected one of ${commands.next.join(", ")}`;
  if (missing !== null) return `missing argument <${commands.positionals[Number(missing[1])] ?? "name"}>`;
  const line = message.replace(/\s*\n\s*/g, " ");
  return line
    .replace(/^Not enough arguments following: (\S+)$/, "--$1 needs a value")
    .replace(
      /^Invalid values: Argument: (\S+), Given: (.*), Choices: (.*)$/,
      "--$1 got $2, expected one of $3",
    )
    .replace(/^Arguments (\S+) and (\S+) are mutually exclusive$/, "--$1 and --$2 exclude each other")
    .replace(/^Missing required arguments?: (\S+)$/, "--$1 is required");
}

/** The candidate that a misspelt word was probably meant to be, or null when none is near. */
function nearestOf(word: string, candidates: readonly string[]): string | null {
  if (candidates.length === 0 || word === "") return null;
  const nearest = closest(word, candidates);
  return distance(word, nearest) <= Math.max(2, Math.floor(word.length / 3)) ? nearest : null;
}
