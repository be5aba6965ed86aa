import { createSecretFilter, type Secret, type SecretFilter } from "../store/secret-filter.ts";

/** Keeps the values of keys out of everything that this process prints. */
export interface SecretGuard {
  keep(secrets: readonly Secret[]): void;
}

/**
 * From the first `keep` on, whatever anybody writes to stdout or stderr (a command, a progress bar, the report of a
 * defect) is written without the values kept so far. Their variables leave the process's environment, for
 * Node's diagnostic reports print all of it; who needs a value has it in memory.
 */
export function createSecretGuard(host: NodeJS.Process): SecretGuard {
  const kept: Secret[] = [];
  let filter: SecretFilter | null = null;
  const guard = (stream: NodeJS.WriteStream) => {
    const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
    stream.write = (chunk: unknown, ...rest: unknown[]) =>
      write(typeof chunk === "string" && filter !== null ? filter.text(chunk) : chunk, ...rest);
  };
  return {
    keep(secrets) {
      if (secrets.length === 0) return;
      if (kept.length === 0) for (const stream of [host.stdout, host.stderr]) guard(stream);
      kept.push(...secrets);
      filter = createSecretFilter(kept);
      for (const { name, value } of secrets) if (host.env[name] === value) delete host.env[name];
    },
  };
}
