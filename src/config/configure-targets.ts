import type { Caveat } from "../schema/analysis.ts";
import { targetHash } from "../schema/identity.ts";
import { type Target, targetSchema } from "../schema/target.ts";
import { applyPreset, presetCaveats, type ResolvedConnection } from "./apply-preset.ts";
import type { ConfigInput, Connection } from "./config-schema.ts";
import { type Environment, resolveVariables, variablesIn } from "./resolve-variables.ts";
import type { YamlSource } from "./yaml-source.ts";

/** A target with what it takes to reach it. The key and the headers stay in memory. */
export interface ConfiguredTarget {
  readonly target: Target;
  readonly apiKey: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** What the configuration says of a batch API; absent where it says nothing. */
  readonly batch?: boolean;
}

type Secrets = { name: string; value: string }[];

/** Headers that say something about the client and are no secret when they are written out. */
const openHeader =
  /^(user-agent|accept(-.*)?|content-type|anthropic-(version|beta)|openai-beta|(http-)?referer|x-title)$/i;
/** Header names whose values are credentials and so must come from the environment. */
const credentialHeader = /auth|key|token|secret|cookie|password/i;

/**
 * Targets with their variables resolved, and the secrets among the values.
 * @throws UsageError for literal keys, unset variables, unusable URLs, Anthropic without max_tokens, two targets that
 * are the same endpoint, model and parameters
 */
export function configureTargets(
  input: ConfigInput,
  source: YamlSource,
  options: { readonly env: Environment; readonly keysFor?: readonly string[] },
): { targets: ConfiguredTarget[]; secrets: Secrets; caveats: Caveat[] } {
  const secrets: Secrets = [];
  const caveats: Caveat[] = [];
  const byHash = new Map<string, string>();
  const targets = Object.entries(input.targets).map(([name, connection]) => {
    refuseStrayVariables(name, connection, source);
    refuseManyAnswers(name, connection, source);
    refuseKeysInQuery(name, connection, source);
    const resolved = applyPreset(name, connection, source);
    caveats.push(...presetCaveats(name, connection, resolved));
    const path = ["targets", name];
    const resolve = (text: string, key: readonly string[], needed: boolean): string | null => {
      const { text: value, missing } = resolveVariables(text, options.env);
      if (missing.length === 0) return value;
      if (!needed) return null;
      throw source.fail(
        [...path, ...key],
        `environment variable ${missing.join(", ")} is unset or empty: expected the value for ${[...path, ...key].join(".")}; set it, or put it in a file named with --env-file`,
      );
    };
    const needed = options.keysFor === undefined || options.keysFor.includes(name);
    const target = buildTarget(name, resolved, source, resolve);
    const same = byHash.get(targetHash(target));
    if (same !== undefined)
      throw source.fail(
        path,
        `target ${name} is the same endpoint, model and parameters as ${same}: expected targets that differ, for their samples would be the same`,
        "key",
      );
    byHash.set(targetHash(target), name);
    return {
      target,
      apiKey: resolveKey(name, connection, source, { resolve, needed, secrets, env: options.env }),
      headers: resolveHeaders(name, connection, source, { resolve, needed, secrets, env: options.env }),
      ...(connection.batch === undefined ? {} : { batch: connection.batch }),
    };
  });
  return {
    targets,
    secrets: [...new Map(secrets.map((secret) => [`${secret.name}=${secret.value}`, secret])).values()],
    caveats,
  };
}

interface Resolution {
  readonly resolve: (text: string, key: readonly string[], needed: boolean) => string | null;
  readonly needed: boolean;
  readonly secrets: Secrets;
  readonly env: Environment;
}

function buildTarget(
  name: string,
  connection: ResolvedConnection,
  source: YamlSource,
  resolve: Resolution["resolve"],
): Target {
  const { api, model, family, params, rename, drop, extraBody, query, keyHeader } = connection;
  if (api === "anthropic" && params.max_tokens === undefined && extraBody.max_tokens === undefined)
    throw source.fail(
      ["targets", name],
      `target ${name} needs params: { max_tokens: ... }: Anthropic's API answers no request without it, and nothing is sent that was not named`,
      "key",
    );
  const baseURL =
    connection.baseURL === undefined
      ? null
      : checkURL(name, resolve(connection.baseURL, ["baseURL"], true) ?? "", connection.baseURL, source);
  return targetSchema.parse({
    name,
    api,
    baseURL,
    model,
    lab: family ?? null,
    params,
    rename,
    drop,
    extraBody,
    ...(Object.keys(query).length === 0 ? {} : { query }),
    ...(keyHeader === undefined ? {} : { keyHeader }),
  });
}

/** @param written - before its variables were resolved: their values are not printed */
function checkURL(name: string, text: string, written: string, source: YamlSource): string {
  const path = ["targets", name, "baseURL"];
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw source.fail(
      path,
      `baseURL of ${name}: expected http://... or https://..., got ${JSON.stringify(written)}${text === written ? "" : " with something else in the variable"}`,
    );
  if (url.username !== "" || url.password !== "")
    throw source.fail(
      path,
      `baseURL of ${name} holds a user name or password: expected them in apiKey or headers, as \${VARIABLE}`,
    );
  if (url.search !== "" || url.hash !== "")
    throw source.fail(
      path,
      `baseURL of ${name}: expected no ? or # part; put what the server needs in query, headers or extraBody`,
    );
  return text.replace(/\/+$/, "");
}

function resolveKey(name: string, connection: Connection, source: YamlSource, by: Resolution): string | null {
  if (connection.apiKey === undefined) return null;
  const path = ["targets", name, "apiKey"];
  if (!/^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(connection.apiKey))
    throw source.fail(
      path,
      `apiKey of ${name} is written out: expected \${VARIABLE}, so that no key stands in a file that is shared; for a server without keys leave apiKey out`,
    );
  const value = by.resolve(connection.apiKey, ["apiKey"], by.needed);
  if (value !== null) by.secrets.push({ name: variablesIn(connection.apiKey)[0] ?? "", value });
  return value;
}

function resolveHeaders(
  name: string,
  connection: Connection,
  source: YamlSource,
  by: Resolution,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [header, text] of Object.entries(connection.headers)) {
    const path = ["targets", name, "headers", header];
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header))
      throw source.fail(path, `${JSON.stringify(header)} is no header name`, "key");
    const variables = variablesIn(text);
    if (variables.length === 0 && credentialHeader.test(header))
      throw source.fail(
        path,
        `header ${header} of ${name} is written out: expected \${VARIABLE} for a credential`,
      );
    const value = by.resolve(text, ["headers", header], by.needed);
    if (value === null) continue;
    for (const variable of variables) by.secrets.push({ name: variable, value: by.env[variable] ?? "" });
    if (variables.length > 0 || !openHeader.test(header))
      by.secrets.push({ name: variables[0] ?? `${name} header ${header}`, value });
    headers[header] = value;
  }
  return headers;
}

/** `${VARIABLE}` elsewhere would go out as it is written, which nobody means. */
function refuseStrayVariables(name: string, connection: Connection, source: YamlSource): void {
  const { apiKey: _apiKey, headers: _headers, baseURL: _baseURL, ...rest } = connection;
  for (const [key, value] of Object.entries(rest))
    if (variablesIn(JSON.stringify(value)).length > 0)
      throw source.fail(
        ["targets", name, key],
        `${key} of ${name} holds a \${VARIABLE}: they are resolved in apiKey, headers and baseURL only; write the value out`,
      );
}

/** One request is one sample: several answers at once would be paid for and not read. */
function refuseManyAnswers(name: string, connection: Connection, source: YamlSource): void {
  for (const place of ["params", "extraBody"] as const) {
    const { stream, n } = connection[place];
    if (stream !== undefined && typeof stream !== "boolean")
      throw source.fail(
        ["targets", name, place, "stream"],
        `stream of ${name}: expected true or false, got ${JSON.stringify(stream)}`,
      );
    if (n !== undefined && n !== 1)
      throw source.fail(
        ["targets", name, place, "n"],
        `n of ${name}: expected none, for a request is one sample; use samples instead`,
      );
  }
}

/** URLs are recorded, and stand in every proxy's log. */
function refuseKeysInQuery(name: string, connection: Connection, source: YamlSource): void {
  for (const parameter of Object.keys(connection.query))
    if (credentialHeader.test(parameter) || /^(sig|code)$/i.test(parameter))
      throw source.fail(
        ["targets", name, "query", parameter],
        `query ${parameter} of ${name} looks like a credential, and addresses are recorded: expected it in apiKey with keyHeader, or in headers`,
        "key",
      );
}
