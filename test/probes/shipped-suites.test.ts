import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findingText } from "../../src/probes/finding.ts";
import { lintSuite } from "../../src/probes/lint-suite.ts";
import { loadSuite } from "../../src/probes/load-suite.ts";
import { readSuiteFile } from "../../src/probes/read-suite-file.ts";
import { probeHash } from "../../src/schema/identity.ts";

const folder = join(import.meta.dirname, "../../probes");

test("the shipped suites have nothing to mend", async () => {
  const paths = (await readdir(folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join(folder, name));
  const findings = lintSuite(await Promise.all(paths.map((path) => readSuiteFile(path))));
  expect(findings.map(findingText)).toEqual([]);
});

test("demo is short and broad", async () => {
  const { probes } = await loadSuite("demo", folder);
  // 44 left the honest suspect inconclusive in 4 of 20 seeds: docs/method.md.
  expect(probes.length).toBe(64);
  expect(new Set(probes.map(({ family }) => family)).size).toBe(15);
  for (const { id, params, messages, language } of probes) {
    expect(params.max_tokens, id).toBeGreaterThanOrEqual(8);
    expect(params.max_tokens, id).toBeLessThanOrEqual(90);
    expect(messages?.length, id).toBe(1);
    expect(language, id).toBe("en");
  }
});

test("core covers the families, and quick is a part of it word for word", async () => {
  const [core, quick] = await Promise.all([loadSuite("core", folder), loadSuite("quick", folder)]);
  expect(core.probes.length).toBeGreaterThanOrEqual(60);
  expect(new Set(core.probes.map(({ family }) => family)).size).toBeGreaterThanOrEqual(16);
  const hashes = new Set(core.probes.map(probeHash));
  expect(quick.probes.filter((probe) => !hashes.has(probeHash(probe))).map(({ id }) => id)).toEqual([]);
});
