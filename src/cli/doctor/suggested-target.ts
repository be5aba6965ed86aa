import { stringify } from "yaml";
import { type Preset, presetNames, presets } from "../../config/presets.ts";
import { parseYamlSource } from "../../config/yaml-source.ts";
import type { ExaminedPreset } from "../../sampling/doctor/doctor-client.ts";
import type { SuggestedChanges } from "../../schema/doctor.ts";

/** Targets of a configuration as they are written: variables are not resolved, so no key is in them. */
export function writtenTargets(text: string, file: string): Readonly<Record<string, object>> {
  const { value } = parseYamlSource(text, file);
  return (value as { targets: Record<string, object> }).targets;
}

/** What the preset of a written target sends otherwise and leaves out; a `drop` of the target's own takes the place of its list. */
export function presetOf(written: object | undefined): ExaminedPreset | undefined {
  const { preset: name, drop } = (written ?? {}) as { preset?: unknown; drop?: unknown };
  const known = presetNames.find((one) => one === name);
  if (known === undefined) return undefined;
  const preset: Preset = presets[known];
  return { name: known, rename: preset.rename ?? {}, drop: drop === undefined ? (preset.drop ?? {}) : {} };
}

/**
 * A target as it is written with the suggested changes made, as YAML that can take its place in `congener.yaml`. What is
 * written stays, but for parameters that are dropped anyway; what its preset does already is not said again.
 */
export function suggestedTarget(
  name: string,
  written: object,
  changes: SuggestedChanges,
  preset?: ExaminedPreset,
): string {
  const now = written as {
    params?: Record<string, unknown>;
    rename?: Record<string, string>;
    drop?: string[];
    extraBody?: Record<string, unknown>;
  };
  // A list of the target's own takes the place of the preset's, so that it is written out once something is added.
  const before = now.drop ?? Object.keys(preset?.drop ?? {});
  const drop = [...new Set([...before, ...changes.drop])];
  const writeDrop = now.drop !== undefined || drop.length > before.length;
  const params = Object.entries({ ...changes.params, ...now.params }).filter(([key]) => !drop.includes(key));
  const merged = {
    params: Object.fromEntries(params),
    rename: {
      ...Object.fromEntries(
        Object.entries(changes.rename).filter(([from, to]) => preset?.rename[from] !== to),
      ),
      ...now.rename,
    },
    drop: writeDrop ? drop : [],
    extraBody: { ...changes.extraBody, ...now.extraBody },
  };
  const { params: _params, rename: _rename, drop: _drop, extraBody: _extraBody, ...rest } = now;
  const filled = Object.entries(merged).filter(
    ([key, value]) => Object.keys(value).length > 0 || (key === "drop" && now.drop !== undefined),
  );
  return stringify(
    { targets: { [name]: { ...rest, ...Object.fromEntries(filled) } } },
    { lineWidth: 0 },
  ).trimEnd();
}
