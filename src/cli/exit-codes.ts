import { CongenerError, InsufficientDataError, ProviderError } from "../errors.ts";

/** Exit codes that scripts may rely on. */
export const exitCodes = {
  done: 0,
  /** A `--fail-on` condition held. */
  failOn: 1,
  /** Wrong flags, configuration, files or run folder. */
  usage: 2,
  /** Could not measure: an endpoint is down, or no suspect has enough data. */
  notMeasured: 3,
  /** Ctrl-C, as shells report it. */
  interrupted: 130,
} as const;

/** Error numbers of the operating system that the user can do something about; anything else is a defect. */
const systemErrorCodes = new Set([
  "EACCES",
  "EADDRINUSE",
  "EISDIR",
  "EMFILE",
  "ENOENT",
  "ENOSPC",
  "ENOTDIR",
  "EPERM",
  "EROFS",
]);

/** Whether an error is one that Congener expects: it is then told in one line, without a stack. */
export function isExpected(error: unknown): error is Error {
  if (error instanceof CongenerError) return true;
  return (
    error instanceof Error &&
    "syscall" in error &&
    "code" in error &&
    systemErrorCodes.has(String(error.code))
  );
}

/**
 * The exit code that an error stands for. This is the only place that decides it.
 * A defect (an error nobody expected) is 2, for no `--fail-on` condition was found to hold.
 */
export function exitCodeOf(error: unknown): number {
  if (error instanceof InsufficientDataError || error instanceof ProviderError) return exitCodes.notMeasured;
  return exitCodes.usage;
}
