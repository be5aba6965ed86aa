import type { Database } from "./database.ts";

/**
 * Reads a query with the columns `unit`, `value` and `n` into arrays by unit. Units that it does not name, and NULL
 * values, are NaN with n = 0 or as it says.
 */
export async function unitColumn(
  database: Database,
  count: number,
  sql: string,
): Promise<{ values: Float64Array; n: Float64Array }> {
  const values = new Float64Array(count).fill(Number.NaN);
  const n = new Float64Array(count);
  const query = `SELECT unit, CAST(value AS DOUBLE) AS value, CAST(n AS DOUBLE) AS n FROM (${sql})`;
  for await (const rows of database.batches<{ unit: number; value: number | null; n: number | null }>(query))
    for (const row of rows) {
      values[row.unit] = row.value ?? Number.NaN;
      n[row.unit] = row.n ?? 0;
    }
  return { values, n };
}
