import { resolve } from "node:path";
import { parseAnyOpening } from "../../canary/parse-record.ts";
import type { CanaryOpening } from "../../schema/canary.ts";
import type { GreenOpening } from "../../schema/green-list.ts";
import { readFileText } from "./secret-file.ts";

/** Reads openings of either kind. @throws StoreError, SchemaError */
export async function loadOpenings(
  cwd: string,
  files: readonly string[],
): Promise<(CanaryOpening | GreenOpening)[]> {
  const openings: (CanaryOpening | GreenOpening)[] = [];
  for (const file of files) openings.push(parseAnyOpening(await readFileText(resolve(cwd, file)), file));
  return openings;
}
