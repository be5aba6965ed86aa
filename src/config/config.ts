import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { UsageError } from "../errors.ts";
import type { Caveat } from "../schema/analysis.ts";
import type { Roles } from "../schema/manifest.ts";
import { checkRoles } from "./check-roles.ts";
import { type ConfigInput, configSchema, type Limits } from "./config-schema.ts";
import { type ConfiguredTarget, configureTargets } from "./configure-targets.ts";
import type { Environment } from "./resolve-variables.ts";
import { parseYamlSource } from "./yaml-source.ts";

/** A checked configuration with its variables resolved. Never written anywhere as a whole: it holds keys. */
export interface Config {
  readonly file: string;
  /** The `name` key, else the stem of the file's name. */
  readonly name: string;
  readonly roles: Roles;
  /** Suites by name or file, as written. */
  readonly suites: readonly string[];
  /** Samples a probe and target; null leaves it to the probe. */
  readonly samples: number | null;
  readonly seed: number | null;
  /** Whether each sample is asked in one of its probe's wordings. */
  readonly paraphrase: boolean;
  readonly targets: readonly ConfiguredTarget[];
  readonly limits: Limits;
  readonly prices: string | null;
  /** What must never be written: values of keys and headers, by the variable or header they come from. */
  readonly secrets: readonly { readonly name: string; readonly value: string }[];
  readonly caveats: readonly Caveat[];
}

export interface ConfigOptions {
  readonly env: Environment;
  /** Targets whose variables must be set; all by default, none for what asks no endpoint. */
  readonly keysFor?: readonly string[];
}

/**
 * Reads and checks `congener.yaml`.
 * @throws UsageError with file, line and column: syntax, unknown keys, wrong types, unknown or repeated names, roles that
 * cannot make a comparison, literal keys, unset variables
 */
export async function loadConfig(file: string, options: ConfigOptions): Promise<Config> {
  return parseConfig(await readConfigText(file), file, options);
}

/** Checks the text of a configuration; `file` is for messages and the default name. See `loadConfig`. */
export function parseConfig(text: string, file: string, options: ConfigOptions): Config {
  const source = parseYamlSource(text, file);
  if (source.value === null || source.value === undefined)
    throw new UsageError(
      "config.empty",
      `${file} is empty: expected a configuration; write one with: congener init`,
    );
  const parsed = configSchema.safeParse(source.value);
  if (!parsed.success) throw source.failAll(parsed.error.issues, validKeys);
  const input: ConfigInput = parsed.data;
  const roleCaveats = checkRoles(input, source);
  const { targets, secrets, caveats } = configureTargets(input, source, options);
  return {
    file,
    name: input.name ?? basename(file).replace(/\.[^.]*$/, ""),
    roles: {
      reference: input.reference,
      suspects: input.suspects,
      controls: input.controls,
      baselines: input.baselines,
    },
    suites: input.suites,
    samples: input.samples ?? null,
    seed: input.seed ?? null,
    paraphrase: input.paraphrase ?? false,
    targets,
    limits: input.limits,
    prices: input.prices ?? null,
    secrets,
    caveats: [...roleCaveats, ...caveats],
  };
}

async function readConfigText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : null;
    if (code === "ENOENT")
      throw new UsageError(
        "config.missing",
        `no configuration at ${file}: write one with congener init, or name another with --config`,
        { cause },
      );
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError("config.unreadable", `cannot read ${file}: ${why}`, { cause });
  }
}

/** The keys that may stand at a path of the configuration. */
function validKeys(path: readonly PropertyKey[]): readonly string[] {
  const shape = configSchema.shape;
  if (path.length === 0) return Object.keys(shape);
  if (path[0] === "limits") return Object.keys(shape.limits.unwrap().shape);
  return Object.keys(shape.targets.valueType.shape);
}
