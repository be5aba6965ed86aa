import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadLabels } from "../../src/config/labels-file.ts";
import { temporaryFolder } from "../store/run-fixture.ts";

async function labels(text: string) {
  const file = join(await temporaryFolder(), "labels");
  await writeFile(file, text);
  return loadLabels(file);
}

test("JSON and YAML give the same labels, and foreign keys are left aside", async () => {
  const expected = {
    families: { "gpt-x": "openai", llama: "meta" },
    panel: ["llama"],
    pairs: [{ reference: "gpt-x", suspect: "llama", relation: "distilled", cluster: "alpaca" }],
  };
  expect(await labels(JSON.stringify({ ...expected, note: "from a paper" }, null, 1))).toEqual(expected);
  expect(
    await labels(
      "families:\n  gpt-x: openai\n  llama: meta\npanel: [llama]\npairs:\n  - { reference: gpt-x, suspect: llama, relation: distilled, cluster: alpaca }\n",
    ),
  ).toEqual(expected);
});

test.each([
  ['{"families": {"a": 1}}', /labels:1:20: families\.a: expected string/],
  ['{"panel": []}', /labels:1:1: families is missing/],
  [
    "families: { alpha: x }\npanel: [alhpa]",
    /labels:2:9: "alhpa" is in the panel but has no lab in families \(did you mean alpha\?\)/,
  ],
  [
    '{"families": {}, "pairs": [{"reference": "a", "suspect": "b", "relation": "stolen"}]}',
    /labels:1:75: pairs\.0\.relation: .*expected one of/,
  ],
  ['{"families": {', /labels:1:\d+: .*expected YAML/],
])("%s is refused with its place", async (text, message) => {
  await expect(labels(text)).rejects.toThrow(message);
});

test("a missing file is a usage error", async () => {
  await expect(loadLabels("/nonexistent/labels.json")).rejects.toMatchObject({ code: "config.labels" });
});
