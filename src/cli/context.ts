import type { Secret } from "../store/secret-filter.ts";

/**
 * What a command may know of the world, handed to every handler as `argv.context`. Handlers reach for nothing else of
 * `process`, so that tests can run them in-process.
 *
 * A command lives in `commands/<name>.ts` and exports `<name>Command: CommandModule<CommonOptions, Options>` with
 * `command`, `describe`, `builder` and `handler`, where `Options` is inferred from the builder and passed on whole.
 * Its file is loaded only when its name is on the command line, so it may import whatever it needs. It says that
 * something went wrong by throwing an error of `errors.ts`; `exit-codes.ts` alone turns that into an exit code.
 */
export interface CommonOptions {
  /** Path of the configuration, relative to the working directory. */
  readonly config: string;
  /** True when `--config` was typed: then a missing file is an error even for commands that can do without. */
  readonly configGiven: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** As typed, in order. */
  readonly envFile?: readonly string[] | undefined;
  readonly context: CliContext;
}

/** A stream that may be a terminal. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Colours and weights that Congener prints; a subset of `util.styleText`'s formats. */
export type TextStyle = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

export interface CliContext {
  /** Data only. Prefer `print`. */
  readonly stdout: Output;
  /** Progress and notes. Hand this one to progress bars. */
  readonly stderr: Output;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Environment, with `--env-file` below it: what is really set wins. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. Resolve every path the user typed against it. */
  readonly cwd: string;
  /** Width of the terminal in characters, 80 when there is none. */
  readonly columns: number;
  /** Whether stdout takes colour: a terminal, no `--no-color`, no `NO_COLOR`. */
  readonly color: boolean;
  /** Whether stderr is a terminal: progress bars then, plain lines otherwise. */
  readonly isTTY: boolean;
  /** Version of the package. */
  readonly version: string;
  /** Writes data and a line end to stdout. */
  print(text: string): void;
  /** Writes a note and a line end to stderr, unless `--quiet`. */
  note(text: string): void;
  /** Writes a note and a line end to stderr with `--verbose` only. */
  detail(text: string): void;
  /** Wraps text in a style where stdout takes colour, else returns it as it is. */
  style(style: TextStyle, text: string): string;
  /**
   * Takes over Ctrl-C (and SIGTERM): the first one aborts the returned signal and the command must flush, say how to
   * resume and return; the second one ends the process. A command that never calls this ends at the first one. Either
   * way the exit code is 130.
   */
  takeInterrupts(): AbortSignal;
  /** Values that are never to be printed from here on. Whoever reads a configuration with its keys says so at once. */
  keepSecrets(secrets: readonly Secret[]): void;
  /** Exit code of a command that did its work but has something to say by it: 1 a `--fail-on` condition held, 3 could not measure. */
  setExitCode(code: 1 | 3): void;
}
