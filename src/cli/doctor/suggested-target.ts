import { stringify } from "yaml";
import { parseYamlSource } from "../../config/yaml-source.ts";
import type { SuggestedChanges } from "../../schema/doctor.ts";

/** Targets of a configuration as they are written: variables are not resolved, so no key is in them. */
export function writtenTargets(text: string, file: string): Readonly<Record<string, object>> {
  const { value } = parseYamlSource(text, file);
  return (value as { targets: Record<string, object> }).targets;
}

/**
 * A target as it is written with the suggested changes made, as YAML that can take its place in `congener.yaml`. What is
 * written stays, but for parameters that are dropped anyway.
 */
export function suggestedTarget(name: string, written: object, changes: SuggestedChanges): string {
  const now = written as {
    params?: Record<string, unknown>;
    rename?: Record<string, string>;
    drop?: string[];
    extraBody?: Record<string, unknown>;
  };
  const drop = [...new Set([...(now.drop ?? []), ...changes.drop])];
  const params = Object.entries({ ...changes.params, ...now.params }).filter(([key]) => !drop.includes(key));
  const merged = {
    params: Object.fromEntries(params),
    rename: { ...changes.rename, ...now.rename },
    drop,
    extraBody: { ...changes.extraBody, ...now.extraBody },
  };
  const { params: _params, rename: _rename, drop: _drop, extraBody: _extraBody, ...rest } = now;
  const filled = Object.entries(merged).filter(([, value]) => Object.keys(value).length > 0);
  return stringify(
    { targets: { [name]: { ...rest, ...Object.fromEntries(filled) } } },
    { lineWidth: 0 },
  ).trimEnd();
}
