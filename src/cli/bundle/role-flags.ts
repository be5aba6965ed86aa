import type { Roles } from "../../schema/manifest.ts";
import type { RoleFlags } from "../compare-roles.ts";

/**
 * The flags that make `compareRoles` give these roles again. A baseline that is every suspect's was named by a flag or may as well
 * have been; several are the manifest's.
 */
export function roleFlags({
  reference,
  suspects,
  controls,
  baselines,
}: Roles & { readonly reference: string }): RoleFlags {
  const [baseline, ...others] = new Set(Object.values(baselines));
  const isShared = others.length === 0 && Object.keys(baselines).length === suspects.length;
  return { reference, suspect: suspects, control: controls, baseline: isShared ? baseline : undefined };
}
