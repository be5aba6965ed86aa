import type { z } from "zod";
import { readYamlSource } from "../config/yaml-source.ts";

/**
 * Reads a YAML file of settings (`access.yaml`, `limits.yaml`) by its schema; what it leaves out has its default.
 * @throws UsageError with file, line and column for what does not fit, with a guess at an unknown key
 */
export async function loadYamlSettings<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const source = await readYamlSource(file, {
    code: "access.settings",
    what: file,
    next: "congener access init writes one with every default",
  });
  const parsed = schema.safeParse(source.value ?? {});
  if (!parsed.success) throw source.failAll(parsed.error.issues, (path) => keysAt(schema, path));
  return parsed.data;
}

/** Keys that a schema knows at a path, through defaults and refinements. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  let current = bare(schema);
  for (const step of path) current = bare(current?.shape?.[String(step)] ?? current?.element);
  return Object.keys(current?.shape ?? {});
}

interface Shaped {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: unknown;
}

function bare(schema: unknown): Shaped | undefined {
  let current = schema as { unwrap?: () => unknown; shape?: unknown; element?: unknown } | undefined;
  while (current?.unwrap !== undefined && current.shape === undefined && current.element === undefined)
    current = current.unwrap() as typeof current;
  return current as Shaped | undefined;
}
