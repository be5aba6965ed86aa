import type { Argv } from "yargs";

/** What yargs knows of the command at hand; its type declarations leave these methods out. */
interface ParserState {
  getOptions(): ParserOptions;
  getGroups(): Readonly<Record<string, readonly string[]>>;
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

/** The words of the command at hand (`["probes", "list"]`), its positionals and the commands that may follow. */
export function commandState(parser: Argv): {
  readonly path: readonly string[];
  readonly positionals: readonly string[];
  readonly next: readonly string[];
} {
  const state = parser as unknown as ParserState;
  const internals = state.getInternalMethods();
  return {
    path: internals.getContext().commands,
    positionals: state.getGroups()["Positionals:"] ?? [],
    next: internals.getCommandInstance().getCommands(),
  };
}
