import { join } from "node:path";
import { expect, test } from "vitest";
import { suiteFileJsonSchema } from "../src/probes/suite-file.ts";
import { analysisJsonSchema, comparisonJsonSchema } from "../src/report/json.ts";
import { canaryJsonSchemas } from "../src/schema/canary.ts";
import { greenListJsonSchemas } from "../src/schema/green-list.ts";

/** Shipped so that editors complete files and other tools check them; `vitest -u` writes them anew. */
test.each([
  ["suite.schema.json", suiteFileJsonSchema],
  ["analysis.schema.json", analysisJsonSchema],
  ["comparison.schema.json", comparisonJsonSchema],
  ...Object.entries({ ...canaryJsonSchemas(), ...greenListJsonSchemas() }).map(
    ([file, schema]) => [file, () => schema] as const,
  ),
] as const)("%s in schemas/ is what the code checks by", async (file, schema) => {
  await expect(`${JSON.stringify(schema(), null, 2)}\n`).toMatchFileSnapshot(
    join(import.meta.dirname, "../schemas", file),
  );
});
