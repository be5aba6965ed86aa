import { resolve } from "node:path";
import { loadConfig } from "../../config/config.ts";
import { StoreError, UsageError } from "../../errors.ts";
import { sampleRun } from "../../sampling/sample-run.ts";
import type { Suite } from "../../schema/probe.ts";
import { readManifest } from "../../store/manifest-file.ts";
import type { CliContext } from "../context.ts";
import { createSamplingProgress } from "../sampling-progress.ts";

/** Where the test prompts are asked, and whom. */
export interface AskFlags {
  readonly run?: string | undefined;
  readonly config: string;
  readonly quiet: boolean;
  readonly suspect?: readonly string[] | undefined;
  readonly control?: readonly string[] | undefined;
}

/**
 * Asks the suspects and controls of a configuration the test prompts, through an ordinary run that holds nothing else.
 *
 * @returns the run folder, and whether all was asked
 * @throws UsageError when the folder holds a run of other probes, which this would ask again at other counts
 */
export async function askCanaries(
  suites: readonly Suite[],
  flags: AskFlags,
  context: CliContext,
): Promise<{ readonly dir: string; readonly complete: boolean }> {
  const config = await loadConfig(resolve(context.cwd, flags.config), { env: context.env });
  context.keepSecrets(config.secrets);
  const dir = resolve(context.cwd, flags.run ?? `results/${config.name}-canary`);
  await refuseOtherRun(
    dir,
    suites.map(({ name }) => name),
  );
  const progress = createSamplingProgress(context, { quiet: flags.quiet });
  const result = await sampleRun(
    dir,
    {
      name: `${config.name}-canary`,
      congenerVersion: context.version,
      origin: "asked",
      roles: config.roles,
      suites: [...suites],
      endpoints: config.targets,
      // Each test prompt says how many samples were committed to.
      samples: null,
      seed: config.seed,
    },
    {
      date: () => new Date(),
      only: [...(flags.suspect ?? config.roles.suspects), ...(flags.control ?? config.roles.controls)],
      secrets: config.secrets,
      limits: config.limits,
      onEvent: progress.onEvent,
      stopSignal: context.takeInterrupts(),
    },
  ).finally(progress.stop);
  return { dir, complete: result.status === "complete" || result.stopReason === null };
}

async function refuseOtherRun(dir: string, own: readonly string[]): Promise<void> {
  try {
    const { suites } = await readManifest(dir);
    const other = suites.find(({ name }) => !name.startsWith("canary-") && !own.includes(name));
    if (other !== undefined)
      throw new UsageError(
        "canary.run",
        `${dir} holds a run of ${other.name}: expected one of canaries alone; choose another folder with --run`,
      );
  } catch (error) {
    if (!(error instanceof StoreError && error.code === "store.no-run")) throw error;
  }
}
