import { UsageError } from "../../errors.ts";
import type { Database } from "../database.ts";

/** @throws UsageError that names the first of the settings' patterns that RE2 does not take */
export async function checkPatterns(database: Database, patterns: readonly string[]): Promise<void> {
  for (const pattern of patterns)
    try {
      await database.rows("SELECT regexp_matches('', $pattern)", { pattern });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
      throw new UsageError(
        "access.pattern",
        `harvest.patterns: ${JSON.stringify(pattern)} is no RE2 pattern: ${why}; RE2 has neither look-around nor back-references`,
        { cause },
      );
    }
}
