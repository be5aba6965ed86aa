/** Values of environment variables, as an argument: nothing here reads the environment by itself. */
export type Environment = Readonly<Record<string, string | undefined>>;

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Names of the variables that a text refers to as `${NAME}`. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(variable)].map((match) => match[1] ?? "");
}

/** The text with each `${NAME}` replaced, and the names that are unset or empty. */
export function resolveVariables(text: string, env: Environment): { text: string; missing: string[] } {
  const missing = variablesIn(text).filter((name) => !env[name]);
  return { text: text.replace(variable, (_, name: string) => env[name] ?? ""), missing };
}
