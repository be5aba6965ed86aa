import { resolve } from "node:path";
import { parseOpening } from "../../canary/parse-record.ts";
import type { CanaryOpening } from "../../schema/canary.ts";
import { readFileText } from "./secret-file.ts";

/** Reads openings. @throws StoreError, SchemaError */
export async function loadOpenings(cwd: string, files: readonly string[]): Promise<CanaryOpening[]> {
  const openings: CanaryOpening[] = [];
  for (const file of files) openings.push(parseOpening(await readFileText(resolve(cwd, file)), file));
  return openings;
}
