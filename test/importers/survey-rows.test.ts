import fc from "fast-check";
import { expect, test } from "vitest";
import { readRows, resolveFiles } from "../../src/importers/read-rows.ts";
import { probeId, sampleRecords, surveyRows } from "../../src/importers/survey-rows.ts";
import { probeHash } from "../../src/schema/identity.ts";
import { probeSchema } from "../../src/schema/probe.ts";
import { importFolder, lines } from "./import-folder.ts";

const folder = importFolder();
const row = (more: object = {}) => ({
  model: "m",
  prompt_id: "a",
  prompt: "Hi?",
  sample: 0,
  response: "Hello",
  ...more,
});

async function survey(rows: object[]) {
  const files = await resolveFiles([await folder.write("a.jsonl", lines(rows))], "jsonl");
  return { survey: await surveyRows(readRows(files)), files };
}

test("models and prompts are listed in order of appearance", async () => {
  const { survey: found, files } = await survey([
    row({ model: "org/B", prompt_id: "story/1" }),
    row({ model: "a", prompt_id: "coin|p=5", prompt: "" }),
    row({ model: "a", prompt_id: "plain" }),
    row({ model: "a", prompt_id: "plain" }),
    row({ model: "a", prompt_id: "plain", sample: 1, prompt: "Hi??" }),
  ]);
  expect(found).toMatchObject({ models: ["org/B", "a"], samples: 4, repeated: 1 });
  expect(
    found.probes.map(({ id, family, messages, prefix }) => [
      id,
      family,
      messages?.[0]?.content ?? null,
      prefix ?? null,
    ]),
  ).toEqual([
    ["story/1", "story", "Hi?", null],
    ["coin|p=5", "coin", null, ""],
    ["plain", "imported", "Hi?", null],
  ]);
  expect([...found.reworded]).toEqual(["plain"]);
  expect([...found.rowsByFile.values()]).toEqual([5]);
  const records = [];
  for await (const record of sampleRecords(readRows(files))) records.push(record);
  expect(records).toHaveLength(5);
  expect(records[0]).toMatchObject({
    suite: "imported",
    probe: "story/1",
    target: "org/B",
    index: 0,
    wording: 0,
    text: "Hello",
    outcome: "ok",
    request: null,
    attempts: [],
  });
});

test("two answers to one sample are refused, naming both lines", async () => {
  await expect(survey([row(), row({ sample: 1 }), row({ response: "Other" })])).rejects.toThrow(
    /a\.jsonl:3: model "m", prompt "a", sample 0 has another answer at .*a\.jsonl:1;/,
  );
});

test("every prompt id becomes a valid probe id, different ones different ids", () => {
  const wild = fc.string({ unit: "binary", minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(wild, wild, (first, second) => {
      const id = probeId(first);
      expect(probeSchema.shape.id.safeParse(id).success, id).toBe(true);
      if (
        first !== second &&
        !`${first}${second}`.includes("=") &&
        !/^id-/.test(`${first}`) &&
        !/^id-/.test(second)
      )
        expect(probeId(second)).not.toBe(id);
    }),
    { numRuns: 1000, seed: 3 },
  );
  expect(probeId("fig6|optimal_p=40|payoff_ratio=1.5")).toBe("fig6|optimal_p=40|payoff_ratio=1.5");
});

test("prompt ids that would fall together are refused", async () => {
  await expect(survey([row({ prompt_id: "a b" }), row({ prompt_id: "a=20.b" })])).rejects.toThrow(
    /a\.jsonl:2: prompt ids "a b" and "a=20\.b" would both become/,
  );
});

test("a prompt with a lone surrogate still has a hash", async () => {
  const { survey: found } = await survey([row({ prompt: "x\ud800y", prompt_id: "p\ud800/1" })]);
  expect(found.probes.map(probeHash)).toHaveLength(1);
});
