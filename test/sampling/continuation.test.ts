import { expect, test } from "vitest";
import { sampleRun } from "../../src/sampling/sample-run.ts";
import { probeSchema } from "../../src/schema/probe.ts";
import { readAnswers } from "../../src/store/read-answers.ts";
import { readTranscripts } from "../../src/store/read-transcripts.ts";
import { sendJson, startFaultServer } from "../providers/fault-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";
import { date, endpointAt, limits, requestFor } from "./run-request.ts";

test("a continuation that ends at its token limit is an answer, a cut answer to a question is none", async () => {
  const server = await startFaultServer((_, response) =>
    sendJson(response, 200, { choices: [{ text: " and so it", finish_reason: "length" }] }),
  );
  const dir = await temporaryFolder();
  const probes = [
    probeSchema.parse({ id: "cut", family: "f", prefix: "Once", params: { max_tokens: 4 } }),
    probeSchema.parse({ id: "asked", family: "f", messages: [{ role: "user", content: "Why?" }] }),
  ];
  const request = requestFor([endpointAt(server.origin, "base", { api: "openai-completions" })], {
    probes,
    samples: 1,
  });
  await sampleRun(dir, request, { limits, date });
  const recorded = new Map<string, unknown>();
  for await (const { probe, outcome, finishReason, text } of readTranscripts(dir, "base"))
    recorded.set(probe, { outcome, finishReason, text });
  expect(Object.fromEntries(recorded)).toEqual({
    cut: { outcome: "ok", finishReason: "length", text: " and so it" },
    asked: { outcome: "truncated", finishReason: "length", text: " and so it" },
  });
  const answered: string[] = [];
  for await (const { probe } of readAnswers(dir)) answered.push(probe);
  expect(answered).toEqual(["cut"]);
});
