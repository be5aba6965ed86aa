import { renameSync, symlinkSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planRun, sampleRun } from "../../src/sampling/sample-run.ts";
import type { SamplingEvent } from "../../src/sampling/sampling-events.ts";
import type { Transcript } from "../../src/schema/transcript.ts";
import { readManifest } from "../../src/store/manifest-file.ts";
import { readTranscripts, summarizeTarget } from "../../src/store/read-transcripts.ts";
import { type Behaviour, chatBody, sendJson, startFaultServer } from "../providers/fault-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";
import { date, endpointAt, limits, probesOf, requestFor } from "./run-request.ts";

const answer: Behaviour = (request, response) =>
  sendJson(response, 200, chatBody(`from ${request.body.model}`));

async function transcripts(dir: string, target: string): Promise<Transcript[]> {
  const list: Transcript[] = [];
  for await (const transcript of readTranscripts(dir, target)) list.push(transcript);
  return list;
}
const runFolder = async () => join(await temporaryFolder(), "run");

test("a run asks every planned sample once, and issued again it asks nothing", async () => {
  const server = await startFaultServer(answer);
  const request = requestFor([endpointAt(server.origin, "a"), endpointAt(server.origin, "b")]);
  const dir = await runFolder();
  expect((await planRun(dir, request, { date })).map(({ missing }) => missing.length)).toEqual([12, 12]);
  const result = await sampleRun(dir, request, { limits, date });
  expect(result).toMatchObject({ status: "complete", stopReason: null, requests: 24 });
  expect(server.requests).toHaveLength(24);
  expect((await readManifest(dir)).status).toBe("complete");
  const lines = await transcripts(dir, "a");
  expect(new Set(lines.map(({ probe, index }) => `${probe}/${index}`)).size).toBe(12);
  expect(lines[0]).toMatchObject({ text: "from a", outcome: "ok", servedModel: "served-model", target: "a" });
  expect(lines[0]?.request).toMatchObject({ url: `${server.origin}/v1/chat/completions` });

  expect(await sampleRun(dir, request, { limits, date })).toMatchObject({ status: "complete", requests: 0 });
  expect((await planRun(dir, request, { date })).map(({ missing }) => missing.length)).toEqual([0, 0]);
});

test("all probes are asked once before any is asked twice, in an order the seed decides", async () => {
  const orders: string[][] = [];
  for (const seed of [7, 7, 8]) {
    const server = await startFaultServer(answer);
    const request = requestFor([endpointAt(server.origin, "a")], { probes: probesOf(6), samples: 2, seed });
    await sampleRun(await runFolder(), request, { limits: { ...limits, concurrency: 1 }, date });
    const order = server.requests.map(({ body }) => body.messages[0].content as string);
    expect(new Set(order.slice(0, 6)).size).toBe(6);
    orders.push(order);
  }
  expect(orders[0]).toEqual(orders[1]);
  expect(orders[0]).not.toEqual(orders[2]);
});

test("more samples, targets, probes and suites extend a run without asking anything twice", async () => {
  const server = await startFaultServer(answer);
  const dir = await runFolder();
  const a = endpointAt(server.origin, "a");
  await sampleRun(dir, requestFor([a], { samples: 1 }), { limits, date });
  expect(server.requests).toHaveLength(4);
  await sampleRun(dir, requestFor([a, endpointAt(server.origin, "b")], { samples: 2, probes: probesOf(5) }), {
    limits,
    date,
  });
  expect(server.requests).toHaveLength(4 + 6 + 10);
  const other = requestFor([a], { samples: 2, probes: probesOf(6) });
  const suites = other.suites.map((suite) => ({ ...suite, name: "other" }));
  await sampleRun(dir, { ...other, suites }, { limits, date });
  // The suites share five probes: only the sixth is asked.
  expect(server.requests).toHaveLength(20 + 2);
  expect((await readManifest(dir)).targets.map(({ name }) => name)).toEqual(["b", "a"]);
  expect(await transcripts(dir, "b")).toHaveLength(10);
});

test("a changed target or probe is a usage error that says the difference", async () => {
  const server = await startFaultServer(answer);
  const dir = await runFolder();
  await sampleRun(dir, requestFor([endpointAt(server.origin, "a")]), { limits, date });
  const before = await readFile(join(dir, "manifest.json"), "utf8");
  const changed = requestFor([endpointAt(server.origin, "a", { params: { temperature: 0 } })]);
  await expect(sampleRun(dir, changed, { limits, date })).rejects.toThrow(
    /target a was asked differently in .*: params was \{\}, is \{"temperature":0\}; undo the change/,
  );
  const probes = probesOf(4).map((probe) =>
    probe.id === "p1" ? { ...probe, prefix: undefined, language: "de" } : probe,
  );
  const reworded = requestFor([endpointAt(server.origin, "a")], { probes });
  await expect(sampleRun(dir, reworded, { limits, date })).rejects.toMatchObject({
    code: "run.changed-probe",
  });
  await expect(planRun(dir, reworded, { date })).rejects.toThrow(/language was "en", is "de"/);
  expect(await readFile(join(dir, "manifest.json"), "utf8")).toBe(before);
  expect(await readdir(dir)).not.toContain("lock");
});

test("failures are asked again, every attempt is recorded, and slots are free while a sample waits", async () => {
  const failuresLeft = new Map([["Question 0?", [503, 429]]]);
  const server = await startFaultServer((request, response) => {
    const status = failuresLeft.get(request.body.messages[0].content)?.shift();
    if (status === undefined) return answer(request, response, 0);
    sendJson(
      response,
      status,
      { error: { message: "busy" } },
      status === 429 ? { "retry-after": "0.2" } : {},
    );
  });
  const dir = await runFolder();
  const events: SamplingEvent[] = [];
  const request = requestFor([endpointAt(server.origin, "a")], { samples: 1 });
  await sampleRun(dir, request, {
    limits: { ...limits, concurrency: 1 },
    date,
    random: () => 0.02,
    onEvent: (event) => events.push(event),
  });
  const retried = (await transcripts(dir, "a")).find(({ probe }) => probe === "p0");
  expect(retried?.attempts.map(({ status, errorClass }) => [status, errorClass])).toEqual([
    [503, "overloaded"],
    [429, "rate-limited"],
    [200, null],
  ]);
  expect(retried?.attempts[1]?.retryAfterMs).toBe(200);
  expect(server.requests).toHaveLength(6);
  expect(events.filter(({ type }) => type === "attempt-failed")).toHaveLength(2);
  expect((await summarizeTarget(dir, "a")).retried).toBe(1);
});

test.each<[string, Behaviour, RegExp]>([
  [
    "401",
    (_, response) => sendJson(response, 401, { error: { message: "bad key" } }),
    /auth.*HTTP 401: bad key; check the key/,
  ],
  [
    "an unknown model",
    (_, response) => sendJson(response, 404, { error: { message: "no such model" } }),
    /unknown-model/,
  ],
  ["a spent quota", (_, response) => sendJson(response, 402, {}), /quota/],
  ["HTML", (_, response) => sendJson(response, 200, "<html>hello</html>"), /malformed.*a web page \(HTML\)/],
  [
    "only refused requests",
    (_, response) => sendJson(response, 400, { error: { message: "no seed please" } }),
    /bad-request.*no seed please/,
  ],
])("%s ends that target soon, and the others go on", async (_, behave, message) => {
  const bad = await startFaultServer(behave);
  const good = await startFaultServer(answer);
  const dir = await runFolder();
  const request = requestFor([endpointAt(bad.origin, "bad"), endpointAt(good.origin, "good")], {
    probes: probesOf(30),
  });
  const ended: SamplingEvent[] = [];
  const onEvent = (event: SamplingEvent) => void (event.type === "target-ended" && ended.push(event));
  const result = await sampleRun(dir, request, { limits, date, onEvent, random: () => 0 });
  expect(result.status).toBe("stopped");
  expect(ended).toHaveLength(1);
  const told = result.targets[0]?.ended;
  expect(`${told?.errorClass} ${told?.message}`).toMatch(message);
  expect(bad.requests.length).toBeLessThan(16);
  expect(good.requests).toHaveLength(90);
  expect(await summarizeTarget(dir, "bad")).toMatchObject({ samples: 0, outcomes: { ok: 0 } });
  expect((await summarizeTarget(dir, "bad")).failed).toBeGreaterThan(0);
});

test("an endpoint that is down ends its target, and once it is up the same call completes the run", async () => {
  const good = await startFaultServer(answer);
  const dir = await runFolder();
  let up = false;
  const gate = await startFaultServer((seen, response, count) =>
    up ? answer(seen, response, count) : void response.socket?.destroy(),
  );
  const gated = requestFor([endpointAt(gate.origin, "down"), endpointAt(good.origin, "good")]);
  const first = await sampleRun(dir, gated, { limits, date, random: () => 0 });
  expect(first.targets[0]).toMatchObject({ recorded: 0, ended: { errorClass: "network" } });
  up = true;
  expect(await sampleRun(dir, gated, { limits, date })).toMatchObject({ status: "complete" });
  expect(await summarizeTarget(dir, "down")).toMatchObject({ samples: 12, failed: 0 });
});

test("a reply that stays malformed is an outcome of a target that otherwise answers", async () => {
  const server = await startFaultServer((request, response) =>
    request.body.messages[0].content === "Question 2?"
      ? sendJson(response, 200, { choices: [] })
      : answer(request, response, 0),
  );
  const dir = await runFolder();
  const request = requestFor([endpointAt(server.origin, "a")], { samples: 1 });
  const result = await sampleRun(dir, request, {
    limits: { ...limits, concurrency: 1 },
    date,
    random: () => 0,
  });
  expect(result.status).toBe("complete");
  const malformed = (await transcripts(dir, "a")).find(({ probe }) => probe === "p2");
  expect(malformed).toMatchObject({
    outcome: "malformed",
    text: "",
    response: { status: 200, body: '{"choices":[]}' },
  });
  expect(malformed?.attempts.length).toBeGreaterThanOrEqual(3);
});

test("exhausted attempts go to attempts/ and are asked again by the next run", async () => {
  let broken = true;
  const server = await startFaultServer((request, response) =>
    broken && request.body.messages[0].content === "Question 0?"
      ? sendJson(response, 500, "")
      : answer(request, response, 0),
  );
  const dir = await runFolder();
  const request = requestFor([endpointAt(server.origin, "a")], { samples: 1 });
  const first = await sampleRun(dir, request, { limits: { ...limits, retryMinutes: 0 }, date });
  expect(first).toMatchObject({ status: "stopped", targets: [{ recorded: 3, failed: 1, ended: null }] });
  const failed = JSON.parse(await readFile(join(dir, "attempts", "a.jsonl"), "utf8"));
  expect(failed).toMatchObject({
    probe: "p0",
    index: 0,
    attempts: [{ status: 500, errorClass: "overloaded" }],
  });
  broken = false;
  expect(await sampleRun(dir, request, { limits, date })).toMatchObject({ status: "complete", requests: 1 });
});

test("--max-requests stops cleanly, and so does being asked to, with what is in flight recorded", async () => {
  const server = await startFaultServer(answer);
  const dir = await runFolder();
  const request = requestFor([endpointAt(server.origin, "a")], { probes: probesOf(80) });
  const budget = await sampleRun(dir, request, { limits: { ...limits, maxRequests: 5 }, date });
  expect(budget).toMatchObject({
    status: "stopped",
    stopReason: "max-requests",
    requests: 5,
    targets: [{ recorded: 5 }],
  });
  expect((await readManifest(dir)).status).toBe("stopped");

  const stop = new AbortController();
  const asked = await sampleRun(dir, request, {
    limits: { ...limits, concurrency: 2 },
    date,
    stopSignal: stop.signal,
    onEvent: (event) => void (event.type === "recorded" && stop.abort()),
  });
  expect(asked).toMatchObject({ status: "stopped", stopReason: "asked-to" });
  expect(asked.targets[0]?.recorded).toBe(asked.requests);
  expect(asked.requests).toBeLessThan(200);
  let polls = 0;
  const polled = await sampleRun(dir, request, {
    limits: { ...limits, concurrency: 1 },
    date,
    shouldStop: () => ++polls > 1,
  });
  expect(polled).toMatchObject({ stopReason: "asked-to", requests: 1 });
});

test("--max-minutes stops cleanly", async () => {
  const server = await startFaultServer((request, response) => {
    setTimeout(() => answer(request, response, 0), 10);
  });
  const dir = await runFolder();
  const request = requestFor([endpointAt(server.origin, "a")], { probes: probesOf(200) });
  const result = await sampleRun(dir, request, {
    limits: { ...limits, concurrency: 1, maxMinutes: 0.005 },
    date,
  });
  expect(result).toMatchObject({ status: "stopped", stopReason: "max-minutes" });
  expect(result.targets[0]?.recorded).toBe(server.requests.length);
});

test("while one target is told to wait, another of the same origin and key goes on", async () => {
  const server = await startFaultServer((request, response, count) => {
    if (request.body.model === "slow" && count < 10) sendJson(response, 429, {}, { "retry-after": "0.5" });
    else void answer(request, response, count);
  });
  const request = requestFor([endpointAt(server.origin, "slow"), endpointAt(server.origin, "quick")]);
  const result = await sampleRun(await runFolder(), request, { limits: { ...limits, concurrency: 1 }, date });
  expect(result.status).toBe("complete");
  const order = server.requests.map(({ body }) => body.model as string);
  expect(order.slice(0, 13).filter((model) => model === "slow")).toHaveLength(1);
});

test("being asked to stop ends all waiting at once", async () => {
  const server = await startFaultServer((_, response) =>
    sendJson(response, 429, {}, { "retry-after": "3600" }),
  );
  const dir = await runFolder();
  const stop = new AbortController();
  const result = await sampleRun(dir, requestFor([endpointAt(server.origin, "a")]), {
    limits,
    date,
    stopSignal: stop.signal,
    onEvent: (event) => void (event.type === "attempt-failed" && setImmediate(() => stop.abort())),
  });
  expect(result).toMatchObject({ status: "stopped", stopReason: "asked-to", targets: [{ recorded: 0 }] });
  expect(await readdir(join(dir, "attempts"))).toEqual(["a.jsonl"]);
});

test("a key that the endpoint echoes in answers and errors is in no file and no event", async () => {
  const key = "sk-planted/0123456789+abcdef=";
  const server = await startFaultServer((request, response, count) => {
    const echo = `you sent ${request.headers.authorization} and ${encodeURIComponent(key)}`;
    if (count % 3 === 0) sendJson(response, 500, { error: { message: echo } });
    else sendJson(response, 200, chatBody(echo, { message: { reasoning: key } }), { "x-request-id": key });
  });
  const dir = await runFolder();
  const events: SamplingEvent[] = [];
  await sampleRun(dir, requestFor([endpointAt(server.origin, "a", { apiKey: key })]), {
    limits: { ...limits, retryMinutes: 0 },
    date,
    secrets: [{ name: "ACME_KEY", value: key }],
    onEvent: (event) => events.push(event),
  });
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const contents = await Promise.all(
    files.map((entry) => readFile(join(entry.parentPath, entry.name), "utf8")),
  );
  const everything = [...contents, JSON.stringify(events)].join("\n");
  expect(everything).toContain("[secret:ACME_KEY]");
  for (const form of [key, encodeURIComponent(key), "sk-planted"]) expect(everything).not.toContain(form);
  expect(contents).toHaveLength(3);
  expect((await transcripts(dir, "a"))[0]?.secretsReplaced).toEqual(["ACME_KEY"]);
});

test("a store that cannot write stops the run with its one line", async () => {
  const server = await startFaultServer(answer);
  const dir = await runFolder();
  const request = requestFor([endpointAt(server.origin, "a")]);
  await sampleRun(dir, request, { limits: { ...limits, maxRequests: 3 }, date });
  await expect(
    sampleRun(dir, request, {
      limits,
      date,
      // The file is opened at the first answer: until then the disk can still fill up.
      onEvent: ({ type }) => {
        if (type !== "started") return;
        renameSync(join(dir, "transcripts", "a.jsonl"), join(dir, "kept.jsonl"));
        symlinkSync("/dev/full", join(dir, "transcripts", "a.jsonl"));
      },
    }),
  ).rejects.toThrow(/^cannot write .*a\.jsonl: the disk is full \(ENOSPC\)/);
  expect(await readdir(dir)).not.toContain("lock");
  renameSync(join(dir, "kept.jsonl"), join(dir, "transcripts", "a.jsonl"));
  expect(await sampleRun(dir, request, { limits, date })).toMatchObject({ status: "complete" });
  expect(await summarizeTarget(dir, "a")).toMatchObject({ samples: 12 });
});
