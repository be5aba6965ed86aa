import type { Argv } from "yargs";

/** What yargs knows of the command at hand; its type declarations leave these methods out. */
interface ParserState {
  getOptions(): ParserOptions;
  getInternalMethods(): {
    getCommandInstance(): { getCommands(): readonly string[] };
    getContext(): { readonly commands: readonly string[] };
  };
}

/** Declared options by kind; names come in every spelling and alias. */
interface ParserOptions {
  readonly key: Readonly<Record<string, unknown>>;
  readonly boolean: readonly string[];
}

/** The options declared so far, common ones and those of the command at hand. */
export function declaredOptions(parser: Argv): ParserOptions {
  return (parser as unknown as ParserState).getOptions();
}

/** The words of the command at hand (`["probes", "list"]`) and the commands that may follow them. */
export function commandState(parser: Argv): { path: readonly string[]; next: readonly string[] } {
  const internals = (parser as unknown as ParserState).getInternalMethods();
  return { path: internals.getContext().commands, next: internals.getCommandInstance().getCommands() };
}
