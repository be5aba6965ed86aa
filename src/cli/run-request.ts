import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../config/config.ts";
import { loadSuite } from "../probes/load-suite.ts";
import type { RunRequest } from "../sampling/sample-run.ts";
import type { Suite } from "../schema/probe.ts";
import type { CliContext } from "./context.ts";

/** Suites that ship with the package. */
export const shippedSuites = fileURLToPath(new URL("../../probes", import.meta.url));

/** Flags that go before the configuration. */
export interface RequestFlags {
  readonly suite?: readonly string[] | undefined;
  readonly samples?: number | undefined;
}

/** What a configuration asks for, with its suites read. @throws UsageError for a suite that is unknown or bad */
export async function runRequest(
  config: Config,
  flags: RequestFlags,
  context: Pick<CliContext, "cwd" | "version">,
): Promise<RunRequest> {
  // A path in the configuration is relative to the configuration, one that was typed to where it was typed.
  const suites =
    flags.suite === undefined
      ? await loadSuites(config.suites, resolve(context.cwd, config.file, ".."))
      : await loadSuites(flags.suite, context.cwd);
  return {
    name: config.name,
    congenerVersion: context.version,
    origin: "asked",
    roles: config.roles,
    suites,
    endpoints: config.targets,
    samples: flags.samples ?? config.samples,
    seed: config.seed,
  };
}

/** Suites by name, or by path relative to a folder. @throws UsageError for one that is unknown or bad */
export function loadSuites(suites: readonly string[], folder: string): Promise<Suite[]> {
  return Promise.all(
    suites.map((suite) =>
      loadSuite(/[/\\]|\.ya?ml$/.test(suite) ? resolve(folder, suite) : suite, shippedSuites),
    ),
  );
}
