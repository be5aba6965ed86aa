import { appendFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Attempt } from "../../src/schema/transcript.ts";
import { readTranscripts } from "../../src/store/read-transcripts.ts";
import { transcriptPath } from "../../src/store/run-paths.ts";
import { createRun } from "../../src/store/run-writer.ts";
import { scanTranscripts } from "../../src/store/scan-transcripts.ts";
import { manifestFor, sampleOf, temporaryFolder } from "./run-fixture.ts";

test("a quick scan says what reading whole lines says, whatever the texts contain", async () => {
  const dir = await temporaryFolder();
  const writer = await createRun(dir, manifestFor(['a "quoted\\ name'], 3));
  const hostile =
    '","outcome":"empty","usage":{"inputTokens":1},"errorClass":"timeout"} \\" \\\\" \n\u2028 灯';
  const good = sampleOf("x").attempts[0] as Attempt;
  const target = 'a "quoted\\ name';
  await writer.append(
    sampleOf(target, { text: hostile, reasoning: hostile, finishReason: hostile.slice(0, 40) }),
  );
  await writer.append(
    sampleOf(target, {
      index: 1,
      outcome: "truncated",
      usage: null,
      response: { status: 200, headers: {}, body: hostile },
      request: { url: null, headers: {}, body: { errorClass: hostile, outcome: "ok" } },
    }),
  );
  await writer.append(
    sampleOf(target, {
      probe: "p2",
      attempts: [{ ...good, errorClass: "timeout", status: null, message: hostile }, good],
      latencyMs: 12.5,
      batchId: "batch_1",
    }),
  );
  await writer.close();
  await appendFile(transcriptPath(dir, target), '{"schemaVersion":1,"sampleId":"torn');
  const whole: object[] = [];
  for await (const line of readTranscripts(dir, target)) {
    const { sampleId, probeHash, wording, index, outcome, latencyMs, usage, startedAt, batchId } = line;
    const failed = line.attempts.some(({ errorClass }) => errorClass !== null) ? line.attempts : null;
    whole.push({
      sampleId,
      probeHash,
      wording,
      index,
      outcome,
      latencyMs,
      usage,
      startedAt,
      batchId: batchId ?? null,
      failed,
      text: line.text,
    });
  }
  const scanned: object[] = [];
  for await (const { whole: read, attempts, ...sample } of scanTranscripts(dir, target)) {
    const failed = attempts.some(({ errorClass }) => errorClass !== null) ? attempts : null;
    scanned.push({ ...sample, failed, text: read().text });
  }
  expect(scanned).toEqual(whole);
  expect(scanned).toHaveLength(3);
});

test("a line that is no transcript is an error with file and line, and a missing file has no samples", async () => {
  const dir = await temporaryFolder();
  const writer = await createRun(dir, manifestFor(["a"]));
  await writer.append(sampleOf("a"));
  await writer.close();
  await appendFile(transcriptPath(dir, "a"), '{"outcome":3}\n');
  const read = async () => {
    for await (const _ of scanTranscripts(dir, "a"));
  };
  await expect(read()).rejects.toThrow(/a\.jsonl:2 is damaged/);
  for await (const _ of scanTranscripts(dir, "b")) expect.fail();
});
