import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../config/config.ts";
import { UsageError } from "../errors.ts";
import { type BestBy, bestProbes } from "../probes/best-probes.ts";
import { loadSuite } from "../probes/load-suite.ts";
import type { RunRequest } from "../sampling/sample-run.ts";
import type { Suite } from "../schema/probe.ts";
import { parseShard } from "../schema/shard.ts";
import type { CliContext } from "./context.ts";
import { loadRanking } from "./probes/load-ranking.ts";

/** Suites that ship with the package. */
export const shippedSuites = fileURLToPath(new URL("../../probes", import.meta.url));

/** More samples of one probe tell nothing more, and a slip of the finger would be planned for hours. */
const mostSamples = 100_000;

/** Flags that go before the configuration. */
export interface RequestFlags {
  readonly suite?: readonly string[] | undefined;
  readonly samples?: number | undefined;
  /** So many probes of the suites, those that tell most by the file `ranking`. */
  readonly best?: number | undefined;
  readonly ranking?: string | undefined;
  readonly bestBy?: BestBy | undefined;
  /** Whether each sample is asked in one of its probe's wordings, drawn by seed. */
  readonly paraphrase?: boolean | undefined;
  /** `i/n`: ask only this part of the samples. */
  readonly shard?: string | undefined;
}

/** What a configuration asks for, with its suites read. @throws UsageError for a suite that is unknown or bad */
export async function runRequest(
  config: Config,
  flags: RequestFlags,
  context: Pick<CliContext, "cwd" | "version" | "note">,
): Promise<RunRequest> {
  if ((flags.samples ?? 0) > mostSamples)
    throw new UsageError(
      "cli.number",
      `--samples expects at most ${mostSamples} a probe and target, got ${flags.samples}`,
    );
  // A path in the configuration is relative to the configuration, one that was typed to where it was typed.
  const named =
    flags.suite === undefined
      ? await loadSuites(config.suites, resolve(context.cwd, config.file, ".."))
      : await loadSuites(flags.suite, context.cwd);
  const suites = await cutToBest(named, config, flags, context);
  return {
    name: config.name,
    congenerVersion: context.version,
    origin: "asked",
    roles: config.roles,
    suites,
    endpoints: config.targets,
    samples: flags.samples ?? config.samples,
    seed: config.seed,
    paraphrase: flags.paraphrase ?? config.paraphrase,
    shard: flags.shard === undefined ? undefined : parseShard(flags.shard),
  };
}

async function cutToBest(
  suites: readonly Suite[],
  { roles }: Config,
  { best, bestBy, ranking }: RequestFlags,
  context: Pick<CliContext, "cwd" | "note">,
): Promise<readonly Suite[]> {
  if (best === undefined && bestBy !== undefined)
    throw new UsageError("cli.best", `--best-by ${bestBy} expects --best N and --ranking FILE beside it`);
  if (best === undefined && ranking === undefined) return suites;
  if (best === undefined || ranking === undefined)
    throw new UsageError(
      "cli.best",
      "--best N and --ranking FILE go together; make a ranking with: congener probes rank RUN --out FILE",
    );
  const cut = bestProbes(suites, await loadRanking(resolve(context.cwd, ranking)), {
    count: best,
    by: bestBy,
    compared: [...(roles.reference === null ? [] : [roles.reference]), ...roles.suspects],
  });
  for (const note of cut.notes) context.note(`note: ${note}`);
  return cut.suites;
}

/** Suites by name, or by path relative to a folder. @throws UsageError for one that is unknown or bad */
export function loadSuites(suites: readonly string[], folder: string): Promise<Suite[]> {
  return Promise.all(
    suites.map((suite) =>
      loadSuite(/[/\\]|\.ya?ml$/.test(suite) ? resolve(folder, suite) : suite, shippedSuites),
    ),
  );
}
