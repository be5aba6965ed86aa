import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { suiteFileJsonSchema } from "../src/probes/suite-file.ts";
import { analysisJsonSchema, comparisonJsonSchema } from "../src/report/json.ts";
import { accessAnalysisSchema } from "../src/schema/access.ts";
import { accessPolicySchema } from "../src/schema/access-policy.ts";
import { canaryJsonSchemas } from "../src/schema/canary.ts";
import { bundleStatementSchema } from "../src/schema/evidence-bundle.ts";
import { greenListJsonSchemas } from "../src/schema/green-list.ts";
import { historySchema } from "../src/schema/history.ts";
import { siteSchema } from "../src/schema/site.ts";

/** Records that Congener writes and others may read, by the file of their schema. */
const written = {
  "access-analysis.schema.json": ["Congener access analysis", accessAnalysisSchema],
  "access-policy.schema.json": ["Congener access policy", accessPolicySchema],
  "bundle-statement.schema.json": ["Statement of a Congener evidence bundle", bundleStatementSchema],
  "history.schema.json": ["Congener history", historySchema],
  "site.schema.json": ["Congener site", siteSchema],
} as const;

/** Shipped so that editors complete files and other tools check them; `vitest -u` writes them anew. */
test.each([
  ["suite.schema.json", suiteFileJsonSchema],
  ["analysis.schema.json", analysisJsonSchema],
  ["comparison.schema.json", comparisonJsonSchema],
  ...Object.entries(written).map(
    ([file, [title, schema]]) =>
      [file, () => ({ title, ...z.toJSONSchema(schema, { target: "draft-2020-12" }) })] as const,
  ),
  ...Object.entries({ ...canaryJsonSchemas(), ...greenListJsonSchemas() }).map(
    ([file, schema]) => [file, () => schema] as const,
  ),
] as const)("%s in schemas/ is what the code checks by", async (file, schema) => {
  await expect(`${JSON.stringify(schema(), null, 2)}\n`).toMatchFileSnapshot(
    join(import.meta.dirname, "../schemas", file),
  );
});
