import type { Params } from "../schema/probe.ts";
import type { Target } from "../schema/target.ts";

/**
 * Parameters of a request as they go on the wire: the probe's, the target's over them, less what the target drops,
 * under the names it wants, and its extra body over all. Nothing else is ever sent. Names are changed before the two are
 * merged, so that a target's own `max_completion_tokens` wins over a probe's `max_tokens` of the same meaning.
 */
export function requestParams(target: Target, probeParams: Params): Params {
  const named = (params: Params) =>
    Object.fromEntries(
      Object.entries(params)
        .filter(([name]) => !target.drop.includes(name))
        .map(([name, value]) => [target.rename[name] ?? name, value]),
    );
  return { ...named(probeParams), ...named(target.params), ...target.extraBody };
}
