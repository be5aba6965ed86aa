import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { databaseFile, type SqlRow, withDatabase } from "../../src/access/database.ts";
import type { BadRowLimit } from "../../src/access/log/bad-rows.ts";
import { parseMapping } from "../../src/access/log/load-mapping.ts";
import { scan } from "../../src/access/scan.ts";
import type { AccessAnalysis } from "../../src/schema/access.ts";
import { accessSettingsSchema } from "../../src/schema/access-settings.ts";

/** A log in a folder of its own, and how it is to be scanned. */
export interface LogCase {
  readonly files: Readonly<Record<string, string | Buffer>>;
  /** Below `columns:`, time and account are `t` and `a` unless given. */
  readonly columns?: Readonly<Record<string, string>>;
  readonly format?: string;
  readonly timeUnit?: string;
  readonly settings?: Record<string, unknown>;
  readonly badRows?: BadRowLimit;
  readonly now?: string;
  /** Words for the command line instead of the folder of the log. */
  readonly logs?: readonly string[];
  /** Called while it goes on. */
  readonly progress?: (what: string, folder: string) => void;
  readonly signal?: AbortSignal;
}

/** What came of it. */
export interface ScannedLog {
  readonly analysis: AccessAnalysis;
  /** Folder that holds `log/` and `out/`. */
  readonly folder: string;
  /** Asks `access.duckdb`. */
  readonly rows: (sql: string) => Promise<SqlRow[]>;
}

/** A temporary folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "congener-access-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes the files of a log and scans them, without the command line. */
export async function scannedLog(log: LogCase, folder = temporaryFolder()): Promise<ScannedLog> {
  for (const [name, content] of Object.entries(log.files)) {
    const path = join(folder, "log", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  const columns = { time: "t", account: "a", ...log.columns };
  const lines = Object.entries(columns).map(([name, source]) => `  ${name}: ${JSON.stringify(source)}`);
  const yaml = `format: ${log.format ?? "auto"}\ntimeUnit: ${log.timeUnit ?? "auto"}\ncolumns:\n${lines.join("\n")}\n`;
  const out = join(folder, "out");
  const analysis = await scan({
    logs: log.logs ?? ["log"],
    cwd: folder,
    mapping: parseMapping(yaml, "mapping.yaml"),
    settings: accessSettingsSchema.parse(log.settings ?? {}),
    labelsFile: null,
    folder: out,
    memory: "500MB",
    threads: 2,
    badRows: log.badRows ?? { share: 0.01 },
    now: new Date(log.now ?? "2026-06-01T00:00:00Z"),
    congenerVersion: "0.0.0-test",
    signal: log.signal ?? new AbortController().signal,
    progress: (what) => log.progress?.(what, out),
  });
  return {
    analysis,
    folder,
    rows: (sql) =>
      withDatabase(
        {
          file: databaseFile(out),
          temporaryFolder: join(folder, "spill"),
          memory: "500MB",
          threads: 1,
          readOnly: true,
        },
        (database) => database.rows(sql),
      ),
  };
}

/** Rows as JSONL. */
export const jsonl = (rows: readonly unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** `count` good rows of one account, a minute apart, from 12:00 on the first of May 2026. */
export function goodRows(count: number, account = "x"): { t: string; a: string }[] {
  const start = Date.parse("2026-05-01T12:00:00Z");
  return Array.from({ length: count }, (_, index) => ({
    t: new Date(start + index * 60_000).toISOString(),
    a: account,
  }));
}
