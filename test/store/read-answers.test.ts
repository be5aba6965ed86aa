import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import { readAnswers } from "../../src/store/read-answers.ts";
import { createRun } from "../../src/store/run-writer.ts";
import { manifestFor, sampleOf, temporaryFolder } from "./run-fixture.ts";

async function answersOf(dir: string, targets?: string[]) {
  const list: ProbeAnswers[] = [];
  for await (const item of readAnswers(dir, targets)) list.push(item);
  return list.map(({ probe, prompt, answers }) => ({ probe, prompt, answers: Object.fromEntries(answers) }));
}

test("answers are grouped by probe in the manifest's order, samples in index order, only those that are ok", async () => {
  const dir = join(await temporaryFolder(), "run");
  const writer = await createRun(dir, manifestFor(["a", "Vendor/b"]));
  await writer.appendMany([
    sampleOf("a", { probe: "p1", index: 1, text: "a11" }),
    sampleOf("a", { probe: "p0", index: 0, text: "a00" }),
    sampleOf("a", { probe: "p1", index: 0, text: 'a10 "quoted"\u2028' }),
    sampleOf("a", { probe: "p2", index: 0, text: "no", outcome: "refused" }),
    sampleOf("Vendor/b", { probe: "p1", index: 0, text: "b10" }),
  ]);
  await writer.close();
  expect(await answersOf(dir)).toEqual([
    { probe: "p0", prompt: "Question 0?", answers: { a: ["a00"] } },
    {
      probe: "p1",
      prompt: "Question 1?",
      answers: { a: ['a10 "quoted"\u2028', "a11"], "Vendor/b": ["b10"] },
    },
  ]);
  expect(await answersOf(dir, ["Vendor/b"])).toEqual([
    { probe: "p1", prompt: "Question 1?", answers: { "Vendor/b": ["b10"] } },
  ]);
  await expect(answersOf(dir, ["c"])).rejects.toThrow(/no target c .* expected one of a, Vendor\/b/);
});

test("lines written with other key order are read; a damaged one is named; a torn last one is left out", async () => {
  const dir = join(await temporaryFolder(), "run");
  const writer = await createRun(dir, manifestFor(["a"]));
  await writer.appendMany([0, 1, 2].map((index) => sampleOf("a", { index, text: `t${index}` })));
  await writer.close();
  const path = join(dir, "transcripts", "a.jsonl");
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  const turned = Object.fromEntries(Object.entries(JSON.parse(lines[0] ?? "")).reverse());
  await writeFile(path, `${JSON.stringify(turned)}\n${lines[1]}\n${lines[2]?.slice(0, 900)}`);
  expect(await answersOf(dir)).toEqual([
    { probe: "p0", prompt: "Question 0?", answers: { a: ["t0", "t1"] } },
  ]);
  await writeFile(path, `${lines[0]}\n${lines[1]?.slice(0, -9)}\n${lines[2]}\n`);
  await expect(answersOf(dir)).rejects.toThrow(`${path}:2 is damaged`);
});

test("a probe's way of reading, retried samples and bodies with token log-probabilities go along", async () => {
  const dir = join(await temporaryFolder(), "run");
  const writer = await createRun(dir, manifestFor(["a", "b"]));
  const attempt = {
    startedAt: "2026-01-01T00:00:00.000Z",
    latencyMs: 1,
    status: 200,
    errorClass: null,
    message: null,
    retryAfterMs: null,
    requestId: null,
  };
  const withBody = (body: string) => ({ response: { status: 200, headers: {}, body } });
  const logged = '{"choices":[{"logprobs":{"content":[]}}]}';
  await writer.appendMany([
    { ...sampleOf("a", { index: 0, text: "first" }), attempts: [attempt], ...withBody('{"logprobs":null}') },
    { ...sampleOf("a", { index: 1, text: "second" }), attempts: [attempt, attempt], ...withBody(logged) },
    { ...sampleOf("a", { index: 2, text: "cut", outcome: "truncated" }), ...withBody(logged) },
    sampleOf("b", { index: 0, text: "other" }),
  ]);
  await writer.close();
  const items: ProbeAnswers[] = [];
  for await (const item of readAnswers(dir)) items.push(item);
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({ answer: { kind: "free" }, language: "en" });
  expect(items[0]?.retried).toEqual(new Map([["a", new Set([1])]]));
  expect(items[0]?.logprobBodies).toEqual(new Map([["a", [logged, logged]]]));
});
