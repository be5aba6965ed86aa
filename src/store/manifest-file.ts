import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SchemaError, StoreError } from "../errors.ts";
import { type Manifest, manifestSchema } from "../schema/manifest.ts";
import { describeIssues } from "./record-issues.ts";
import { systemErrorCode, toStoreError } from "./system-error.ts";
import { writeAtomically } from "./write-atomically.ts";

/** Path of a run's manifest. */
export const manifestPath = (dir: string): string => join(dir, "manifest.json");

/**
 * The manifest of a run folder.
 * @throws StoreError `store.no-run` when there is no run, `store.damaged` when the file is no JSON
 * @throws SchemaError when it was written by another schema version or does not fit
 */
export async function readManifest(dir: string): Promise<Manifest> {
  const path = manifestPath(dir);
  const value = await readJson(
    path,
    () =>
      new StoreError(
        "store.no-run",
        `no run in ${dir}: expected ${path}; start one with: congener run --run ${dir}`,
      ),
  );
  return checkRecord(path, value, (input) => manifestSchema.safeParse(input));
}

/** Checks and writes the manifest so that it is never half written. */
export async function writeManifest(dir: string, manifest: Manifest): Promise<void> {
  const checked = checkRecord(manifestPath(dir), manifest, (input) => manifestSchema.safeParse(input));
  await writeAtomically(manifestPath(dir), `${JSON.stringify(checked, null, 2)}\n`);
}

/** The JSON value of a file; `missing` makes the error where there is no such file. */
export async function readJson(path: string, missing: () => StoreError): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") throw missing();
    throw toStoreError(error, "read", path);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StoreError("store.damaged", `${path} is damaged: expected JSON; restore it from a copy`, {
      cause,
    });
  }
}

type Parsed<T> = { success: true; data: T } | { success: false; error: Parameters<typeof describeIssues>[0] };

/** The checked record. @throws SchemaError naming the file and the first fields that do not fit */
export function checkRecord<T>(path: string, value: unknown, parse: (value: unknown) => Parsed<T>): T {
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version !== undefined && version !== 1)
    throw new SchemaError(
      "schema.version",
      `${path} has schema version ${JSON.stringify(version)}: expected 1; use the version of congener that wrote it, or run again`,
    );
  const result = parse(value);
  if (result.success) return result.data;
  throw new SchemaError("schema.record", `${path} does not fit its schema: ${describeIssues(result.error)}`);
}
