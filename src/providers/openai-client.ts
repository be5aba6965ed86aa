import OpenAI from "openai";
import { clientOptions } from "./client-options.ts";
import type { ProviderOptions, RequestBody } from "./provider.ts";
import { withoutSdkVariables } from "./sdk-environment.ts";

/**
 * A client of the `openai` SDK for the target's API: one attempt a call, our key or `none`, no organisation or project,
 * nothing from the environment.
 */
export function openaiClient(options: ProviderOptions, fetch?: typeof globalThis.fetch): OpenAI {
  return withoutSdkVariables(
    () =>
      new OpenAI({
        ...clientOptions(options, fetch),
        baseURL: options.target.baseURL ?? "https://api.openai.com/v1",
        organization: null,
        project: null,
        adminAPIKey: null,
        webhookSecret: null,
      }),
  );
}

/** A function that posts a JSON body to a path of the target's API. */
export function openaiPost(options: ProviderOptions) {
  const client = openaiClient(options);
  return (path: string, body: RequestBody, fetchOptions: RequestInit): Promise<unknown> =>
    client.post(path, { body, fetchOptions: fetchOptions as never });
}
