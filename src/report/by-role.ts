import type { ModelSummary } from "../schema/analysis.ts";

const order: readonly ModelSummary["role"][] = ["reference", "suspect", "baseline", "control", "other"];

/** Models with the reference first, then suspects, baselines and controls; within a role in their own order. */
export function byRole(models: readonly ModelSummary[]): ModelSummary[] {
  return [...models].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
}
