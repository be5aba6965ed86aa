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
  readonly alias: Readonly<Record<string, readonly string[]>>;
}

/** The options declared so far, common ones and those of the command at hand. */
export function declaredOptions<T>(parser: Argv<T>): ParserOptions {
  return (parser as unknown as ParserState).getOptions();
}

/** Names of the flags that a command adds to the common ones, each in one spelling. */
export function ownOptions<T>(parser: Argv<T>, common: readonly string[]): string[] {
  const state = parser as unknown as ParserState;
  const grouped = new Set(Object.values(state.getGroups()).flat());
  const aliases = new Set(Object.values(state.getOptions().alias).flat());
  return Object.keys(state.getOptions().key).filter(
    (name) => !common.includes(name) && !grouped.has(name) && !aliases.has(name) && !/[A-Z]/.test(name),
  );
}

/** The words of the command at hand (`["probes", "list"]`), its positionals and the commands that may follow. */
export function commandState<T>(parser: Argv<T>): {
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
