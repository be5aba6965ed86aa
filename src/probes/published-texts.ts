import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SchemaError } from "../errors.ts";

const publishedSchema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));

/**
 * Text hashes (`textHash`) by id of every probe that was ever shipped: `published.json` in a folder of suites, which
 * only grows (`tools/publish-probes.ts`).
 * @throws SchemaError when it is missing or no such list
 */
export async function publishedTexts(folder: string): Promise<Map<string, string>> {
  const path = join(folder, "published.json");
  try {
    return new Map(Object.entries(publishedSchema.parse(JSON.parse(await readFile(path, "utf8")))));
  } catch (cause) {
    throw new SchemaError(
      "probes.published",
      `cannot read ${path}: expected a JSON object from probe id to text hash; install congener anew`,
      { cause },
    );
  }
}
