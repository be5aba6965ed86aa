import { UsageError } from "../errors.ts";
import type { Provider, ProviderOptions } from "./provider.ts";

/**
 * The provider for a target's wire protocol. SDKs take longer to load than all else: only that of the protocol is.
 * @throws UsageError for a target of recorded answers, which has no endpoint, and for a proxy that cannot be used
 */
export async function createProvider(options: ProviderOptions): Promise<Provider> {
  const { checkProxyVariables } = await import("./dispatcher.ts");
  checkProxyVariables();
  switch (options.target.api) {
    case "openai":
      return (await import("./openai-chat.ts")).createOpenAIChat(options);
    case "openai-completions":
      return (await import("./openai-completions.ts")).createOpenAICompletions(options);
    case "anthropic":
      return (await import("./anthropic-messages.ts")).createAnthropicMessages(options);
    case "recorded":
      throw new UsageError(
        "provider.recorded",
        `target ${options.target.name} holds recorded answers and has no endpoint: it cannot be asked`,
      );
  }
}
