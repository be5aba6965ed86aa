import { keyHeaders } from "./key-headers.ts";
import type { ProviderOptions } from "./provider.ts";
import { recordingFetch } from "./wire-fetch.ts";

/** What both SDKs are told alike: one attempt a call, our key or `none`, the target's headers and query, and no log. */
export function clientOptions(options: ProviderOptions, fetch: typeof globalThis.fetch = recordingFetch) {
  const { target, apiKey, timeoutMs } = options;
  return {
    apiKey: apiKey ?? "none",
    defaultHeaders: keyHeaders(options),
    ...(target.query === undefined ? {} : { defaultQuery: target.query }),
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: "off" as const,
    fetch,
  };
}
