import { join } from "node:path";
import { expect, test } from "vitest";
import { runContents } from "../../src/cli/run-contents.ts";
import { suiteHash } from "../../src/schema/identity.ts";
import { createRun } from "../../src/store/run-writer.ts";
import { manifestFor, sampleOf, temporaryFolder } from "../store/run-fixture.ts";

test("parameters are those that went on the wire: without what a target drops, with its extra body", async () => {
  const dir = join(await temporaryFolder(), "run");
  const plain = manifestFor(["a", "b"]);
  const manifest = {
    ...plain,
    targets: plain.targets.map((target) =>
      target.name === "a"
        ? {
            ...target,
            params: { temperature: 0.2, seed: 4, max_tokens: 9 },
            drop: ["seed"],
            rename: { max_tokens: "max_completion_tokens" },
            extraBody: { top_k: 3 },
          }
        : target,
    ),
  };
  const writer = await createRun(dir, manifest);
  await writer.appendMany([sampleOf("a"), sampleOf("b")]);
  await writer.close();
  const { models } = await runContents(dir, manifest, null, { names: ["a", "b"] });
  expect(models.map(({ name, params, samples }) => [name, JSON.parse(params), samples])).toEqual([
    ["a", { temperature: 0.2, max_completion_tokens: 9, top_k: 3 }, 1],
    ["b", {}, 1],
  ]);
});

test("wordings are told by sample where paraphrases were asked", async () => {
  const dir = join(await temporaryFolder(), "run");
  const plain = manifestFor(["a", "b"]);
  const suites = plain.suites.map((suite) => {
    const probes = suite.probes.map((probe) => ({
      ...probe,
      paraphrases: [[{ role: "user" as const, content: `${probe.id} in other words?` }]],
    }));
    return { ...suite, probes, hash: suiteHash(probes) };
  });
  const manifest = { ...plain, suites };
  const writer = await createRun(dir, manifest);
  await writer.appendMany(
    ["a", "b"].flatMap((target) => [
      sampleOf(target, { probe: "p0", index: 0, wording: 1 }),
      sampleOf(target, { probe: "p0", index: 2, wording: 0 }),
      sampleOf(target, { probe: "p1", index: 0, wording: 0 }),
    ]),
  );
  await writer.close();
  const { wordings } = await runContents(dir, manifest, null, { names: ["a", "b"] });
  expect(wordings).toEqual([
    { probe: "p0", texts: ["Question 0?", "p0 in other words?"], bySample: [1, null, 0] },
  ]);
});
