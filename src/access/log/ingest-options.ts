import type { AccessSettings } from "../../schema/access-settings.ts";
import type { BadRowLimit } from "./bad-rows.ts";
import type { Salts, TimeUnit } from "./column-expressions.ts";
import type { LoadedMapping } from "./load-mapping.ts";
import type { LogFile } from "./log-files.ts";
import type { LogSource } from "./log-source.ts";

/** What is read, and how. */
export interface IngestOptions {
  readonly files: readonly LogFile[];
  readonly mapping: LoadedMapping;
  readonly settings: AccessSettings;
  readonly badRows: BadRowLimit;
  readonly salts: Salts;
  /** For rows from the future. */
  readonly now: Date;
  /** Where the log stands before it is sorted; the file is removed at the end. */
  readonly stagingFile: string;
  readonly signal: AbortSignal;
  readonly progress: (what: string) => void;
}

/** A source with how it writes its times. */
export interface ReadSource {
  readonly source: LogSource;
  readonly unit: TimeUnit;
}
