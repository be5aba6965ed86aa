import { canonicalJson } from "../../schema/identity.ts";
import type { Target } from "../../schema/target.ts";

const fields = ["api", "baseURL", "model", "params", "rename", "drop", "extraBody", "query"] as const;

/** Fields in which a target of one run is configured otherwise than in another; see `targetHash` for what counts. */
export function targetDifferences(
  earlier: Target,
  later: Target,
): { field: string; earlier: string; later: string }[] {
  const shown = (value: unknown) => (typeof value === "string" ? value : canonicalJson(value ?? null));
  return fields.flatMap((field) => {
    const [first, second] = [shown(earlier[field] ?? {}), shown(later[field] ?? {})];
    return first === second ? [] : [{ field, earlier: first, later: second }];
  });
}
