import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../config/config.ts";
import { loadSuite } from "../probes/load-suite.ts";
import type { RunRequest } from "../sampling/sample-run.ts";
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
  const configFolder = resolve(context.cwd, config.file, "..");
  const suites = await Promise.all(
    (flags.suite ?? config.suites).map((suite) => {
      const isPath = /[/\\]|\.ya?ml$/.test(suite);
      // A path in the configuration is relative to the configuration, one that was typed to where it was typed.
      return loadSuite(
        isPath ? resolve(flags.suite === undefined ? configFolder : context.cwd, suite) : suite,
        shippedSuites,
      );
    }),
  );
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
