import { resolve } from "node:path";
import { type Config, loadConfig } from "../config/config.ts";
import { UsageError } from "../errors.ts";
import type { CliContext } from "./context.ts";

/**
 * The configuration, or null where there is none and none was asked for. Keys are not needed, for nothing is asked; those
 * that are set are kept out of all output.
 */
export async function optionalConfig(
  flags: { readonly config: string; readonly configGiven: boolean },
  context: Pick<CliContext, "cwd" | "env" | "keepSecrets">,
): Promise<Config | null> {
  try {
    const config = await loadConfig(resolve(context.cwd, flags.config), { env: context.env, keysFor: [] });
    context.keepSecrets(config.secrets);
    return config;
  } catch (error) {
    if (!flags.configGiven && error instanceof UsageError && error.code === "config.missing") return null;
    throw error;
  }
}
