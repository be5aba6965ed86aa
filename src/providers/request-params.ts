import type { Params } from "../schema/probe.ts";
import type { Target } from "../schema/target.ts";

/**
 * Parameters of a request as they go on the wire: the probe's, the target's over them, less what the target drops,
 * under the names it wants, and its extra body over all. Nothing else is ever sent.
 */
export function requestParams(target: Target, probeParams: Params): Params {
  const merged = { ...probeParams, ...target.params };
  const kept = Object.entries(merged).filter(([name]) => !target.drop.includes(name));
  return {
    ...Object.fromEntries(kept.map(([name, value]) => [target.rename[name] ?? name, value])),
    ...target.extraBody,
  };
}
