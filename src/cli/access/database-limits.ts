import { UsageError } from "../../errors.ts";

/**
 * `--memory` and `--threads` of a command that opens a database, checked before anything is read.
 * @throws UsageError for what is no size, or no whole number of threads
 */
export function databaseLimits({ memory, threads }: { readonly memory: string; readonly threads: number }): {
  readonly memory: string;
  readonly threads: number;
} {
  if (!Number.isInteger(threads) || threads < 1 || threads > 256)
    throw new UsageError("access.threads", `--threads ${threads}: expected a whole number from 1 to 256`);
  if (!/^\d+(\.\d+)? ?([KMGT]i?B)$/i.test(memory.trim()))
    throw new UsageError("access.memory-limit", `--memory ${memory}: expected a size as 3GB or 500MB`);
  return { memory: memory.trim(), threads };
}
