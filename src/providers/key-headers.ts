import type { ProviderOptions } from "./provider.ts";

/**
 * Headers of every request: the user's, and the key in the header that the target names. Null takes one of the SDK's own
 * headers away: a server that wants the key elsewhere would take the bearer token for another kind of login.
 */
export function keyHeaders({ target, apiKey, headers }: ProviderOptions): Record<string, string | null> {
  const { keyHeader } = target;
  if (keyHeader === undefined) return { ...headers };
  const bearer = keyHeader.toLowerCase() === "authorization" ? {} : { authorization: null };
  return { ...bearer, [keyHeader]: apiKey ?? "none", ...headers };
}
