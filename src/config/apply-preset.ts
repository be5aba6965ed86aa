import type { Caveat } from "../schema/analysis.ts";
import type { Target } from "../schema/target.ts";
import type { Connection } from "./config-schema.ts";
import { type Preset, presets } from "./presets.ts";
import type { YamlSource } from "./yaml-source.ts";

/** A connection whose preset is resolved: nothing is left open but the variables. */
export interface ResolvedConnection extends Omit<Connection, "api" | "drop" | "preset"> {
  readonly api: NonNullable<Connection["api"]>;
  readonly drop: string[];
}

/**
 * Resolves a target's preset into its plain fields, so that the record shows what is really sent. What the target says
 * wins: by name in `rename`, `query` and `extraBody` (also inside objects), as a whole in `drop`.
 * @throws UsageError for a target without api and preset, one without an address where the preset has none, and one behind a
 * gateway that pins no single provider
 */
export function applyPreset(name: string, connection: Connection, source: YamlSource): ResolvedConnection {
  const { preset: presetName, ...own } = connection;
  const preset: Preset | null = presetName === undefined ? null : presets[presetName];
  const path = ["targets", name];
  const api = own.api ?? preset?.api;
  if (api === undefined)
    throw source.fail(
      path,
      `targets.${name}.api is missing: expected openai, openai-completions or anthropic, or a preset`,
      "key",
    );
  if (preset !== null && (api === "anthropic") !== (preset.api === "anthropic"))
    throw source.fail(
      [...path, "api"],
      `api of ${name}: preset ${presetName} speaks ${preset.api}, got ${api}; leave api out, or the preset`,
    );
  const baseURL = own.baseURL ?? preset?.baseURL ?? undefined;
  if (preset?.exampleURL !== undefined && baseURL === undefined)
    throw source.fail(
      path,
      `target ${name} needs baseURL: preset ${presetName} expects it like ${preset.exampleURL}`,
      "key",
    );
  const resolved: ResolvedConnection = {
    ...own,
    api,
    baseURL,
    keyHeader: own.keyHeader ?? preset?.keyHeader,
    query: { ...preset?.query, ...own.query },
    rename: { ...preset?.rename, ...own.rename },
    drop: own.drop ?? Object.keys(preset?.drop ?? {}),
    extraBody: mergeBodies(preset?.extraBody ?? {}, own.extraBody),
  };
  if (preset?.pinsProvider === true) requirePin(name, resolved, source);
  return resolved;
}

/** Says which of a target's own parameters are not sent, or have no effect, by its preset; and which gateway pins no provider. */
export function presetCaveats(name: string, connection: Connection, resolved: ResolvedConnection): Caveat[] {
  const { preset: presetName, params } = connection;
  const preset: Preset | null = presetName === undefined ? null : presets[presetName];
  const caveats: Caveat[] = [];
  for (const [parameter, why] of Object.entries(preset?.drop ?? {}))
    if (params[parameter] !== undefined && resolved.drop.includes(parameter))
      caveats.push({
        code: "parameter-dropped",
        message: `${parameter} of ${name} is not sent: ${why}`,
        advice: `take it out of params, or write drop: [] to send it all the same (preset ${presetName})`,
      });
  for (const [parameter, why] of Object.entries(preset?.ignores ?? {}))
    if (params[parameter] !== undefined)
      caveats.push({
        code: "parameter-ignored",
        message: `${parameter} of ${name} has no effect: ${why}`,
        advice: `do not read its answers as sampled at this setting (preset ${presetName})`,
      });
  if (
    preset?.pinsProvider !== true &&
    /^https:\/\/([a-z-]+\.)?openrouter\.ai\//i.test(resolved.baseURL ?? "")
  )
    if (pinnedProviders(resolved.extraBody).length !== 1)
      caveats.push({
        code: "unpinned-gateway",
        message: `${name} asks OpenRouter without naming one provider, so that each answer may come from another host, at another precision`,
        advice: "write preset: openrouter and extraBody: { provider: { only: [NAME] } }",
      });
  return caveats;
}

function requirePin(name: string, { model, extraBody }: ResolvedConnection, source: YamlSource): void {
  const path = ["targets", name];
  const { provider, models, route } = extraBody;
  const settings = isObject(provider) ? provider : {};
  const pinned = pinnedProviders(extraBody);
  const next = `write extraBody: { provider: { only: [NAME] } }; the hosts of a model: https://openrouter.ai/api/v1/models/${model}/endpoints`;
  if (pinned.length !== 1)
    throw source.fail(
      [...path, "extraBody", "provider"],
      `target ${name} must name one provider behind OpenRouter, got ${pinned.length === 0 ? "none" : pinned.join(", ")}: expected a target a host, for hosts differ in precision and settings; ${next}`,
    );
  if (settings.allow_fallbacks !== false)
    throw source.fail(
      [...path, "extraBody", "provider", "allow_fallbacks"],
      `allow_fallbacks of ${name}: expected false, for another host would answer in the place of ${pinned[0]}; leave it out`,
    );
  if (models !== undefined || route !== undefined || model.startsWith("openrouter/auto"))
    throw source.fail(
      path,
      `target ${name} lets OpenRouter choose the model: expected one model, without models, route or openrouter/auto`,
      "key",
    );
}

/** Providers a request may go to by OpenRouter's `only`, or else by its `order`. */
function pinnedProviders({ provider }: Target["extraBody"]): string[] {
  if (!isObject(provider)) return [];
  const list = provider.only ?? provider.order;
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}

type Body = Target["extraBody"];

function mergeBodies(base: Body, over: Body): Body {
  const merged: Body = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? mergeBodies(below, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Body {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
