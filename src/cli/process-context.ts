import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv, styleText } from "node:util";
import { UsageError } from "../errors.ts";
import type { Secret } from "../store/secret-filter.ts";
import type { CliContext } from "./context.ts";
import type { Interrupts } from "./interrupts.ts";

/** Common flags that shape the context; undefined where they were not typed. */
export interface ContextFlags {
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly color?: boolean | undefined;
  readonly envFile?: readonly string[] | undefined;
}

/**
 * The context of one command in a real process.
 *
 * @param setExitCode - records what the command says by its exit code
 * @throws UsageError when `--env-file` cannot be read
 */
export function createProcessContext(
  host: NodeJS.Process,
  parts: {
    readonly flags: ContextFlags;
    readonly version: string;
    readonly interrupts: Interrupts;
    readonly keepSecrets?: (secrets: readonly Secret[]) => void;
    readonly setExitCode: (code: 1 | 3) => void;
  },
): CliContext {
  const { stdout, stderr, stdin } = host;
  const { flags } = parts;
  const env = { ...readEnvFiles(host.cwd(), flags.envFile ?? []), ...host.env };
  const color = flags.color ?? takesColor(env, stdout.isTTY);
  const note = (text: string) => void stderr.write(`${text}\n`);
  return {
    stdout,
    stderr,
    stdin,
    env,
    cwd: host.cwd(),
    columns: stdout.columns ?? stderr.columns ?? 80,
    color,
    isTTY: stderr.isTTY === true,
    version: parts.version,
    print: (text) => void stdout.write(`${text}\n`),
    note: flags.quiet === true ? () => {} : note,
    detail: flags.verbose === true ? note : () => {},
    style: (style, text) => (color ? styleText(style, text, { validateStream: false }) : text),
    takeInterrupts: parts.interrupts.take,
    keepSecrets: parts.keepSecrets ?? (() => {}),
    setExitCode: parts.setExitCode,
  };
}

/** @see https://no-color.org and https://force-color.org: a variable that is set and not empty counts */
function takesColor(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return isTerminal === true && env.TERM !== "dumb";
}

/** Messages name the file and never quote it. */
function readEnvFiles(cwd: string, files: readonly string[]): Record<string, string | undefined> {
  return Object.assign(
    {},
    ...files.map((file) => {
      try {
        return parseEnv(readFileSync(resolve(cwd, file), "utf8"));
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new UsageError("cli.env-file", `--env-file ${file} cannot be read: ${why}`, { cause });
      }
    }),
  );
}
