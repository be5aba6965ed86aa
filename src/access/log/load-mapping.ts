import { didYouMean, parseYamlSource, readYamlSource, type YamlSource } from "../../config/yaml-source.ts";
import type { UsageError } from "../../errors.ts";
import {
  type AccessMapping,
  accessMappingSchema,
  type ColumnName,
  columnNames,
} from "../../schema/access-settings.ts";

/** A mapping, and where it says so. */
export interface LoadedMapping {
  readonly mapping: AccessMapping;
  /** An error at the line that names a column. */
  failAt(column: ColumnName, message: string): UsageError;
}

/**
 * Reads `mapping.yaml`.
 * @throws UsageError with file, line and column: not YAML, an unknown key, a value that does not fit, one source twice
 */
export async function loadMapping(file: string): Promise<LoadedMapping> {
  const source = await readYamlSource(file, {
    code: "access.mapping",
    what: `the mapping ${file}`,
    next: "congener access init writes one to fill in",
  });
  return mappingOf(source);
}

/** Parses a mapping; see `loadMapping`. */
export function parseMapping(text: string, file: string): LoadedMapping {
  return mappingOf(parseYamlSource(text, file));
}

function mappingOf(source: YamlSource): LoadedMapping {
  const parsed = accessMappingSchema.safeParse(source.value ?? {});
  if (!parsed.success)
    throw source.failAll(parsed.error.issues, (path) =>
      path[0] === "columns" ? columnNames : Object.keys(accessMappingSchema.shape),
    );
  refuseTwoSources(parsed.data, source);
  return {
    mapping: parsed.data,
    failAt: (column, message) => source.fail(["columns", column], `columns.${column}: ${message}`),
  };
}

/** Columns that the mapping names, in the order of `columnNames`. */
export function mappedColumns({ columns }: AccessMapping): ColumnName[] {
  return columnNames.filter((name) => columns[name] !== undefined);
}

/** `: the log has a, b, c`, with a guess where a name is near. */
export function availableNames(wanted: string, names: readonly string[]): string {
  const shown = names.slice(0, 40).map((name) => JSON.stringify(name));
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
  return `${didYouMean(wanted, names)}: expected one of ${shown.join(", ")}${more}`;
}

/** Columns that link accounts, each as evidence of its own kind. */
const linking = ["ip", "network", "client", "payment"] as const satisfies readonly ColumnName[];

function refuseTwoSources({ columns }: AccessMapping, source: YamlSource): void {
  if (columns.account === columns.time)
    throw source.fail(
      ["columns", "account"],
      `columns.account: names ${JSON.stringify(columns.account)}, as time does: every moment would be an account; name the column that says who asks`,
    );
  if (columns.ip !== undefined && columns.network !== undefined)
    throw source.fail(
      ["columns", "network"],
      "columns.network: stands beside ip, which gives the network already: leave one of them out",
    );
  for (const [at, later] of linking.entries()) {
    const earlier = linking.slice(0, at).find((name) => columns[name] === columns[later]);
    if (columns[later] !== undefined && earlier !== undefined)
      throw source.fail(
        ["columns", later],
        `columns.${later}: names ${JSON.stringify(columns[later])}, as ${earlier} does: what two accounts share would count as two kinds of evidence; leave one of them out`,
      );
  }
}
