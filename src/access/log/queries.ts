import type { LogFormat } from "./detect-format.ts";

/** Bytes of the longest line that is read; a longer one is a bad row. */
export const longestLine = 16 * 1024 * 1024;

/** How SQL reads a file; see `LogSource`. */
export interface Queries {
  readonly query: string;
  readonly placedQuery: string;
}
/** Tables for what the reader cannot part. */
export type Rejects = { readonly errors: string; readonly scans: string };

/** What the CSV reader is told whatever it reads. */
export function readerOptions(format: LogFormat, rejects: Rejects): string {
  return `compression = ${format.gzip ? "'gzip'" : "'none'"}, store_rejects = true,
    rejects_table = '${rejects.errors}', rejects_scan = '${rejects.scans}'`;
}
