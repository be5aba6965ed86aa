import type { Target } from "../../schema/target.ts";
import type { ProviderOptions } from "../provider.ts";
import type { BatchApi } from "./batch-api.ts";

/** Hosts that are known to have a batch API, by wire protocol. */
const batchHosts: Readonly<Record<string, string>> = {
  openai: "api.openai.com",
  "openai-completions": "api.openai.com",
  anthropic: "api.anthropic.com",
};

/**
 * Why a target's samples cannot be asked in batches, or null where they can.
 * @param declared - what the configuration says of its endpoint; left out, only the providers' own hosts are known
 */
export function whyNoBatches(target: Target, declared: boolean | undefined): string | null {
  if (target.api === "recorded") return "it holds recorded answers";
  if (declared === false) return "batch: false says so";
  if (target.params.stream === true || target.extraBody.stream === true)
    return "a batch takes no stream: true";
  if (declared === true) return null;
  const host = target.baseURL === null ? batchHosts[target.api] : new URL(target.baseURL).host;
  return host === batchHosts[target.api]
    ? null
    : `${host} is not known to have a batch API (where it has one, say batch: true)`;
}

/** The batch API that goes with a target's wire protocol. Only the SDK of that protocol is loaded. */
export async function createBatchApi(options: ProviderOptions): Promise<BatchApi> {
  return options.target.api === "anthropic"
    ? (await import("./anthropic-batches.ts")).createAnthropicBatches(options)
    : (await import("./openai-batches.ts")).createOpenAIBatches(options);
}
