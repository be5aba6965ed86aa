import { UsageError } from "../errors.ts";
import { createAnthropicMessages } from "./anthropic-messages.ts";
import { checkProxyVariables } from "./dispatcher.ts";
import { createOpenAIChat } from "./openai-chat.ts";
import { createOpenAICompletions } from "./openai-completions.ts";
import type { Provider, ProviderOptions } from "./provider.ts";

/**
 * The provider for a target's wire protocol.
 * @throws UsageError for a target of recorded answers, which has no endpoint, and for a proxy that cannot be used
 */
export function createProvider(options: ProviderOptions): Provider {
  checkProxyVariables();
  switch (options.target.api) {
    case "openai":
      return createOpenAIChat(options);
    case "openai-completions":
      return createOpenAICompletions(options);
    case "anthropic":
      return createAnthropicMessages(options);
    case "recorded":
      throw new UsageError(
        "provider.recorded",
        `target ${options.target.name} holds recorded answers and has no endpoint: it cannot be asked`,
      );
  }
}
