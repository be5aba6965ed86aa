import { UsageError } from "../errors.ts";
import { type AccessLabel, accessLabelSchema } from "../schema/access-settings.ts";
import { type Database, identifier } from "./database.ts";
import { readerPath } from "./log/log-files.ts";

const names = ["account", "kind", "campaign"] as const;

/** How many labelled accounts the log does not have, in words; null for none. */
export function unknownLabelsNote(labelled: Iterable<string>, inLog: ReadonlySet<string>): string | null {
  const all = [...labelled];
  const unknown = all.filter((account) => !inLog.has(account)).length;
  return unknown === 0
    ? null
    : `labels: ${unknown} of ${all.length} accounts of the file are not in this log`;
}

/**
 * A labels file: CSV with the columns account, kind and campaign (empty for an ordinary customer).
 * @throws UsageError when a column is missing, or an account stands twice or nowhere
 */
export async function loadAccessLabels(database: Database, file: string): Promise<Map<string, AccessLabel>> {
  const reader = `read_csv(${readerPath(file)}, header = true, all_varchar = true, delim = ',', quote = '"', nullstr = '')`;
  let rows: Record<string, string | null>[];
  try {
    rows = await database.rows(`SELECT ${names.map(identifier).join(", ")} FROM ${reader}`);
  } catch (cause) {
    const [why] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new UsageError(
      "access.labels",
      `cannot read the labels ${file}: expected CSV with the columns ${names.join(", ")}; ${why}`,
      { cause },
    );
  }
  const labels = new Map<string, AccessLabel>();
  for (const [index, row] of rows.entries()) {
    const filled = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
    const parsed = accessLabelSchema.safeParse(filled);
    const where = `row ${index + 1} of the labels ${file}`;
    if (!parsed.success)
      throw new UsageError("access.labels", `${where} has no account or no kind: expected both`);
    if (labels.has(parsed.data.account))
      throw new UsageError(
        "access.labels",
        `${where} names ${JSON.stringify(parsed.data.account)} again: expected each account once`,
      );
    labels.set(parsed.data.account, parsed.data);
  }
  return labels;
}
