import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Endpoint } from "../../../src/sampling/run-samples.ts";
import { type SampleRunOptions, sampleRun } from "../../../src/sampling/sample-run.ts";
import type { SamplingEvent } from "../../../src/sampling/sampling-events.ts";
import { batchesPath } from "../../../src/store/batch-log.ts";
import { readManifest } from "../../../src/store/manifest-file.ts";
import { readTranscripts, summarizeTarget } from "../../../src/store/read-transcripts.ts";
import { temporaryFolder } from "../../store/run-fixture.ts";
import { date, endpointAt, limits, requestFor } from "../run-request.ts";
import { type Intercept, type Item, type ServedBatch, startBatchServer } from "./batch-server.ts";

const quick = { pollTimes: { firstMs: 5, longestMs: 20 }, settleMs: 60 };
const runFolder = async () => join(await temporaryFolder(), "run");
const declared = (endpoint: Endpoint): Endpoint => ({ ...endpoint, batch: true });
const claude = (origin: string) =>
  declared(endpointAt(origin, "claude", { api: "anthropic", baseURL: origin, params: { max_tokens: 50 } }));

async function transcriptsOf(dir: string, target: string) {
  const list = [];
  for await (const transcript of readTranscripts(dir, target)) list.push(transcript);
  return list;
}

/** Runs and returns what it said beside the result. */
async function runInBatches(
  dir: string,
  request: ReturnType<typeof requestFor>,
  options: Partial<SampleRunOptions> = {},
) {
  const events: SamplingEvent[] = [];
  const result = await sampleRun(dir, request, {
    limits,
    date,
    batch: quick,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const said = events.flatMap((event) => ("message" in event ? [event.message] : [])).join("\n");
  return { result, events, said };
}

/** How often each prompt went out in batches. */
function promptsOf(batches: readonly ServedBatch[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { requests } of batches)
    for (const { body } of requests) {
      const prompt = body.messages[0].content;
      counts[prompt] = (counts[prompt] ?? 0) + 1;
    }
  return counts;
}

test.each([
  ["openai", (origin: string) => declared(endpointAt(origin, "gpt", { params: { temperature: 1 } }))],
  ["anthropic", claude],
] as const)(
  "%s: what a run lacks goes in one batch, and each answer becomes one line",
  async (api, endpointOf) => {
    const server = await startBatchServer();
    const endpoint = endpointOf(server.origin);
    const { name } = endpoint.target;
    const dir = await runFolder();
    const { result, events, said } = await runInBatches(dir, requestFor([endpoint]));
    expect(result).toMatchObject({ status: "complete", stopReason: null, requests: 12 });
    expect(result.targets).toMatchObject([
      { name, planned: 12, recorded: 12, ok: 12, failed: 0, ended: null },
    ]);
    expect(server.batches.map(({ requests }) => requests.length)).toEqual([12]);
    expect(server.asked).toEqual([]);
    expect(said).toContain("batch batch_1 of 12 requests is submitted");
    expect(said).toContain("batch batch_1 is collected");
    expect(events.filter(({ type }) => type === "recorded")).toHaveLength(12);
    expect((await readManifest(dir)).status).toBe("complete");

    const lines = await transcriptsOf(dir, name);
    expect(new Set(lines.map(({ sampleId }) => sampleId)).size).toBe(12);
    const bodies = server.batches[0]?.requests.map(({ body }) => JSON.stringify(body)).sort();
    expect(lines.map(({ request }) => JSON.stringify((request as { body: unknown }).body)).sort()).toEqual(
      bodies,
    );
    const url = api === "openai" ? `${server.origin}/v1/chat/completions` : `${server.origin}/v1/messages`;
    expect(lines[0]).toMatchObject({
      batchId: "batch_1",
      latencyMs: null,
      outcome: "ok",
      servedModel: name,
      usage: { inputTokens: 12, outputTokens: 20, reasoningTokens: null },
      request: { url },
      response: { status: 200 },
      attempts: [{ status: 200, errorClass: null, latencyMs: 61_000 }],
    });
    for (const line of lines) {
      const { messages } = (line.request as unknown as { body: { messages: { content: string }[] } }).body;
      expect(line.text).toContain(messages[0]?.content);
      expect((line.response as { body: string }).body).toContain(line.text as string);
    }
    expect((await summarizeTarget(dir, name)).samples).toBe(12);

    // Issued again it asks nothing.
    const calls = server.calls.length;
    expect((await runInBatches(dir, requestFor([endpoint]))).result).toMatchObject({
      status: "complete",
      requests: 0,
    });
    expect(server.calls.length).toBe(calls);
  },
);

test("a run in batches and an ordinary one of the same server hold the same answers", async () => {
  const texts: Record<string, string>[] = [];
  for (const batch of [quick, undefined]) {
    const server = await startBatchServer();
    const endpoint = declared(endpointAt(server.origin, "gpt"));
    const dir = await runFolder();
    await runInBatches(dir, requestFor([endpoint]), { batch, limits: { ...limits, concurrency: 1 } });
    const lines = await transcriptsOf(dir, "gpt");
    texts.push(Object.fromEntries(lines.map(({ sampleId, text }) => [sampleId, text as string])));
    expect(server.asked).toHaveLength(batch === undefined ? 12 : 0);
  }
  // The address is part of a sample's identity: the servers have different ports.
  expect(Object.values(texts[0] ?? {}).sort()).toEqual(Object.values(texts[1] ?? {}).sort());
});

test("results that are repeated, foreign or unreadable are refused and said", async () => {
  const server = await startBatchServer({
    lines: (lines) => [
      lines[0] ?? "",
      (lines[0] ?? "").replace("answer", "another answer"),
      JSON.stringify({ custom_id: "stranger", response: { status_code: 200, body: {} }, error: null }),
      "{ no JSON",
      "",
      ...lines.slice(1),
    ],
  });
  const dir = await runFolder();
  const { result, said } = await runInBatches(dir, requestFor([declared(endpointAt(server.origin, "gpt"))]));
  expect(result.status).toBe("complete");
  expect(said).toContain("1 results came a second time and were refused");
  expect(said).toContain("1 results were for requests that it does not hold and were refused");
  expect(said).toContain("1 lines could not be read");
  const lines = await transcriptsOf(dir, "gpt");
  expect(lines).toHaveLength(12);
  expect(lines.some(({ text }) => String(text).includes("another"))).toBe(false);
});

test("a result that is missing is looked for again, and only then asked in a further batch", async () => {
  const server = await startBatchServer({
    lines: (lines, batch) => (batch.id === "batch_1" ? lines.slice(1) : lines),
  });
  const dir = await runFolder();
  const { result, said } = await runInBatches(dir, requestFor([declared(endpointAt(server.origin, "gpt"))]));
  expect(result.status).toBe("complete");
  expect(server.calls.filter((call) => call.includes("batch_1-output"))).toHaveLength(3);
  expect(server.batches.map(({ requests }) => requests.length)).toEqual([12, 1]);
  expect(said).toContain("lack 1 of 12 requests");
  const [late] = (await transcriptsOf(dir, "gpt")).filter(({ batchId }) => batchId === "batch_2");
  expect(late?.attempts.map(({ errorClass }) => errorClass)).toEqual(["malformed", null]);
});

test("results that come late are found without asking anything again", async () => {
  let reads = 0;
  const server = await startBatchServer({ lines: (lines) => (++reads === 1 ? lines.slice(5) : lines) });
  const dir = await runFolder();
  const { result } = await runInBatches(dir, requestFor([declared(endpointAt(server.origin, "gpt"))]));
  expect(result).toMatchObject({ status: "complete", requests: 12 });
  expect(server.batches).toHaveLength(1);
});

test.each(["openai", "anthropic"] as const)(
  "%s: requests that expired are asked again, and the rest is kept",
  async (api) => {
    const server = await startBatchServer({
      endStatus: ({ id }) => (id === "batch_1" ? "expired" : "completed"),
      item: (body, { id }, place) =>
        id === "batch_1" && place >= 4 ? { expired: true } : { text: `to ${body.messages[0].content}` },
    });
    const endpoint = api === "openai" ? declared(endpointAt(server.origin, "gpt")) : claude(server.origin);
    const dir = await runFolder();
    const { result } = await runInBatches(dir, requestFor([endpoint]));
    expect(result.status).toBe("complete");
    expect(server.batches.map(({ requests }) => requests.length)).toEqual([12, 8]);
    const lines = await transcriptsOf(dir, endpoint.target.name);
    expect(lines.filter(({ attempts }) => attempts.length === 2)).toHaveLength(8);
    expect(lines.at(-1)?.attempts[0]).toMatchObject({ status: null, errorClass: "overloaded" });
  },
);

test.each<[string, Item, Item, string, number]>([
  [
    "a refused request is given up at once",
    { status: 400, error: { type: "invalid_request_error", message: "bad parameter" } },
    { status: 400, error: { type: "invalid_request_error", message: "bad parameter" } },
    "bad-request",
    1,
  ],
  [
    "an overload is asked again for two further batches",
    { status: 500, error: { type: "api_error", message: "internal" } },
    { status: 529, error: { type: "overloaded_error", message: "busy" } },
    "overloaded",
    3,
  ],
])("%s", async (_, forOpenAI, forAnthropic, errorClass, batches) => {
  for (const api of ["openai", "anthropic"]) {
    const server = await startBatchServer({
      item: (body) =>
        body.messages[0].content === "Question 0?"
          ? api === "openai"
            ? forOpenAI
            : forAnthropic
          : { text: `to ${body.messages[0].content}` },
    });
    const endpoint = api === "openai" ? declared(endpointAt(server.origin, "gpt")) : claude(server.origin);
    const dir = await runFolder();
    const { result } = await runInBatches(dir, requestFor([endpoint], { samples: 1 }));
    expect(result).toMatchObject({ status: "stopped", targets: [{ recorded: 3, failed: 1 }] });
    expect(server.batches.map(({ requests }) => requests.length)).toEqual([4, ...Array(batches - 1).fill(1)]);
    const { name } = endpoint.target;
    const [failed] = (await readFile(join(dir, "attempts", `${name}.jsonl`), "utf8")).trim().split("\n");
    const { attempts } = JSON.parse(failed ?? "");
    expect(attempts.map((attempt: { errorClass: string }) => attempt.errorClass)).toEqual(
      Array(batches).fill(errorClass),
    );
    // The next session asks it afresh.
    server.options = {};
    expect((await runInBatches(dir, requestFor([endpoint], { samples: 1 }))).result.status).toBe("complete");
    expect((await transcriptsOf(dir, name)).at(-1)?.attempts).toHaveLength(1);
  }
});

test("a response that never fits the API is recorded as malformed after three batches", async () => {
  const server = await startBatchServer({
    item: (body) => (body.messages[0].content === "Question 0?" ? { raw: { hello: 1 } } : { text: "fine" }),
  });
  const dir = await runFolder();
  const endpoint = declared(endpointAt(server.origin, "gpt"));
  const { result } = await runInBatches(dir, requestFor([endpoint], { samples: 1 }));
  expect(result.status).toBe("complete");
  expect(server.batches).toHaveLength(3);
  const [line] = (await transcriptsOf(dir, "gpt")).filter(({ outcome }) => outcome === "malformed");
  expect(line).toMatchObject({ text: "", response: { body: '{"hello":1}' } });
  expect(line?.attempts).toHaveLength(3);
});

test("an unknown model ends the target after the first batch", async () => {
  const server = await startBatchServer({
    item: () => ({
      status: 404,
      error: { code: "model_not_found", message: "The model `gpt` does not exist" },
    }),
  });
  const dir = await runFolder();
  const { result } = await runInBatches(dir, requestFor([declared(endpointAt(server.origin, "gpt"))]));
  expect(result.targets).toMatchObject([{ recorded: 0, failed: 12, ended: { errorClass: "unknown-model" } }]);
  expect(server.batches).toHaveLength(1);
});

test("a batch that fails its validation shows what the provider says, and nothing is asked again by itself", async () => {
  const server = await startBatchServer({
    refuse: () => ({
      code: "invalid_json_line",
      message: "This line is not parseable as valid JSON.",
      line: 3,
    }),
  });
  const dir = await runFolder();
  const endpoint = declared(endpointAt(server.origin, "gpt"));
  const { result } = await runInBatches(dir, requestFor([endpoint]));
  expect(result.targets[0]?.ended?.message).toContain(
    "batch batch_1 failed its validation, and nothing of it was asked: line 3: This line is not parseable as valid JSON. (invalid_json_line)",
  );
  expect(server.batches).toHaveLength(1);
  server.options = {};
  expect((await runInBatches(dir, requestFor([endpoint]))).result.status).toBe("complete");
});

test("where the provider's queue is full smaller batches are tried", async () => {
  const server = await startBatchServer({
    polls: 1,
    refuse: ({ requests }) =>
      requests.length > 4 ? { code: "token_limit_exceeded", message: "Enqueued token limit reached" } : null,
  });
  const dir = await runFolder();
  const { result, said } = await runInBatches(dir, requestFor([declared(endpointAt(server.origin, "gpt"))]));
  expect(result.status).toBe("complete");
  expect(said).toContain("trying batches of 3 requests");
  expect(server.batches.map(({ requests }) => requests.length)).toEqual([12, 6, 6, 3, 3, 3, 3]);
});

test("a target without a batch API goes request by request in the same command, and that is said", async () => {
  const server = await startBatchServer();
  const request = requestFor([
    declared(endpointAt(server.origin, "gpt")),
    endpointAt(server.origin, "local"),
    declared(endpointAt(server.origin, "streams", { params: { stream: true } })),
  ]);
  const dir = await runFolder();
  const { result, events, said } = await runInBatches(dir, {
    ...request,
    endpoints: request.endpoints.slice(0, 2),
  });
  expect(result).toMatchObject({ status: "complete", requests: 24 });
  expect(result.targets.map(({ name, recorded }) => [name, recorded])).toEqual([
    ["gpt", 12],
    ["local", 12],
  ]);
  expect(server.asked.map(({ model }) => model)).toEqual(Array(12).fill("local"));
  expect(said).toContain("is not known to have a batch API (where it has one, say batch: true)");
  expect(events.filter(({ type }) => type === "started")).toMatchObject([
    {
      targets: [
        { name: "gpt", planned: 12 },
        { name: "local", planned: 12 },
      ],
    },
  ]);
  const streamed = await runInBatches(await runFolder(), {
    ...request,
    endpoints: request.endpoints.slice(2),
  });
  expect(streamed.said).toContain("a batch takes no stream: true");
});

test("a stop leaves the batch open; plain run refuses to ask its samples, --batch collects it, --abandon-batches gives it up", async () => {
  const server = await startBatchServer({ polls: Number.POSITIVE_INFINITY });
  const endpoint = declared(endpointAt(server.origin, "gpt"));
  const request = requestFor([endpoint, endpointAt(server.origin, "other")]);
  const dir = await runFolder();
  const stop = new AbortController();
  const stopped = await runInBatches(dir, request, {
    stopSignal: stop.signal,
    only: ["gpt"],
    onEvent: (event) => event.type === "batch" && event.message.includes("in_progress") && stop.abort(),
  });
  expect(stopped.result).toMatchObject({ status: "stopped", stopReason: "asked-to" });
  expect((await readManifest(dir)).status).toBe("stopped");
  const late = await runInBatches(dir, request, { only: ["gpt"], limits: { ...limits, maxMinutes: 0.001 } });
  expect(late.result.stopReason).toBe("max-minutes");

  await expect(sampleRun(dir, request, { limits, date })).rejects.toThrow(
    /batch batch_1 of gpt \(12 requests\) is open: .*--batch, or give up with --abandon-batches/,
  );
  expect(server.asked).toEqual([]);
  // A target that is not in it can be asked.
  expect((await sampleRun(dir, request, { limits, date, only: ["other"] })).requests).toBe(12);

  const copy = await runFolder();
  const { cp } = await import("node:fs/promises");
  await cp(dir, copy, { recursive: true });
  server.options = {};
  expect((await runInBatches(dir, request)).result.status).toBe("complete");
  expect(server.batches).toHaveLength(1);

  server.asked.length = 0;
  const abandoned = await runInBatches(copy, request, { batch: undefined, abandonBatches: true });
  expect(abandoned.said).toContain(
    "batch batch_1 is given up and cancelled; what was answered of it is paid all the same",
  );
  expect(server.batches[0]?.cancelled).toBe(true);
  expect(server.asked).toHaveLength(12);
  expect(abandoned.result.status).toBe("complete");
});

test("--max-requests limits what is submitted, and what is submitted is waited for", async () => {
  const server = await startBatchServer();
  const dir = await runFolder();
  const request = requestFor([declared(endpointAt(server.origin, "gpt"))]);
  const { result } = await runInBatches(dir, request, { limits: { ...limits, maxRequests: 5 } });
  expect(result).toMatchObject({ status: "stopped", stopReason: "max-requests", requests: 5 });
  expect(result.targets[0]?.recorded).toBe(5);
  expect((await runInBatches(dir, request)).result).toMatchObject({ status: "complete", requests: 7 });
});

test.each<[string, Intercept]>([
  ["a poll that fails", failOnce("GET /v1/batches/batch_1", 503)],
  ["a rate limit on submission", failOnce("POST /v1/batches", 429)],
  ["an upload that fails", failOnce("POST /v1/files", 500)],
  ["a download that breaks off", breakOnce("GET /v1/files/batch_1-output/content")],
])("%s is tried again and repeats nothing", async (_, intercept) => {
  const server = await startBatchServer({ intercept });
  const dir = await runFolder();
  const { result } = await runInBatches(dir, requestFor([declared(endpointAt(server.origin, "gpt"))]));
  expect(result.status).toBe("complete");
  expect(server.batches).toHaveLength(1);
});

test.each(["openai", "openai without metadata", "anthropic"])(
  "%s: a submission whose answer is lost is found at the endpoint, not made again",
  async (api) => {
    const server = await startBatchServer({
      created: () => server.batches.length === 2,
      keepsMetadata: api !== "openai without metadata",
    });
    const endpoint = api === "anthropic" ? claude(server.origin) : declared(endpointAt(server.origin, "gpt"));
    // Of another run, with as many requests: not to be taken for it.
    const elsewhere = await runInBatches(await runFolder(), requestFor([endpoint]));
    expect(elsewhere.result.status).toBe("complete");
    const dir = await runFolder();
    const { result, said } = await runInBatches(dir, requestFor([endpoint]), {
      batch: { ...quick, settleMs: 60_000 },
    });
    expect(result.status).toBe("complete");
    expect(server.batches.map(({ requests }) => requests.length)).toEqual([12, 12]);
    if (api === "anthropic") expect(said).toContain("batch_2 may be it");
    const lines = await transcriptsOf(dir, endpoint.target.name);
    expect(new Set(lines.map(({ batchId }) => batchId))).toEqual(new Set(["batch_2"]));
  },
);

test.each(["openai", "anthropic"])("%s: a submission that never arrived is made again", async (api) => {
  const path = api === "openai" ? "POST /v1/batches" : "POST /v1/messages/batches";
  const server = await startBatchServer({ intercept: breakOnce(path) });
  const endpoint = api === "anthropic" ? claude(server.origin) : declared(endpointAt(server.origin, "gpt"));
  const { result, said } = await runInBatches(await runFolder(), requestFor([endpoint]));
  expect(result.status).toBe("complete");
  expect(said).toContain("it is looked for at the endpoint");
  expect(server.batches).toHaveLength(1);
  expect(server.files.size).toBe(api === "openai" ? 1 : 0);
});

test("an endpoint without a list of batches is not asked twice on a guess", async () => {
  const server = await startBatchServer({
    created: () => true,
    intercept: (_request, response, path) => {
      if (path !== "GET /v1/batches") return false;
      response.writeHead(404).end("{}");
      return true;
    },
  });
  const dir = await runFolder();
  const request = requestFor([declared(endpointAt(server.origin, "gpt"))]);
  const { result } = await runInBatches(dir, request);
  expect(result.targets[0]?.ended?.message).toMatch(/stays open: .*--abandon-batches/);
  expect(server.batches).toHaveLength(1);
  await expect(sampleRun(dir, request, { limits, date })).rejects.toThrow(/which may have been submitted/);
});

test("a key that is refused while waiting leaves the batch open", async () => {
  let refused = true;
  const server = await startBatchServer({
    intercept: (_request, response, path) => {
      if (!refused || path !== "GET /v1/batches/batch_1") return false;
      response
        .writeHead(401)
        .end(JSON.stringify({ error: { message: "Incorrect API key", code: "invalid_api_key" } }));
      return true;
    },
  });
  const dir = await runFolder();
  const request = requestFor([declared(endpointAt(server.origin, "gpt"))]);
  const { result } = await runInBatches(dir, request);
  expect(result.targets[0]?.ended).toMatchObject({ errorClass: "auth" });
  refused = false;
  expect((await runInBatches(dir, request)).result.status).toBe("complete");
  expect(server.batches).toHaveLength(1);
});

test("a page of HTML in place of results loses nothing and asks nothing again", async () => {
  const server = await startBatchServer({ lines: () => ["<html>", "sign in", "</html>"] });
  const dir = await runFolder();
  const request = requestFor([declared(endpointAt(server.origin, "gpt"))]);
  const { result } = await runInBatches(dir, request);
  expect(result.targets[0]?.ended?.message).toContain("hold none of its 12 requests");
  server.options = {};
  expect((await runInBatches(dir, request)).result.status).toBe("complete");
  expect(server.batches).toHaveLength(1);
});

test("an address where nobody answers is given up, and costs nothing", async () => {
  const dir = await runFolder();
  const { result } = await runInBatches(dir, requestFor([declared(endpointAt("http://127.0.0.1:9", "gpt"))]));
  expect(result).toMatchObject({ status: "stopped", targets: [{ ended: { errorClass: "network" } }] });
  const server = await startBatchServer();
  const request = requestFor([declared(endpointAt(server.origin, "other"))]);
  expect((await runInBatches(dir, request)).result.status).toBe("complete");
});

test("a batch that somebody cancelled is collected, and what it lacks waits for the next command", async () => {
  const server = await startBatchServer({
    item: (body, _batch, place) => (place > 3 ? { expired: true } : { text: body.messages[0].content }),
    created: (batch) => {
      batch.cancelled = true;
      return false;
    },
  });
  const dir = await runFolder();
  const request = requestFor([declared(endpointAt(server.origin, "gpt"))]);
  const { result } = await runInBatches(dir, request);
  expect(result).toMatchObject({ status: "stopped", targets: [{ recorded: 4, failed: 8 }] });
  expect(server.batches).toHaveLength(1);
  server.options = {};
  expect((await runInBatches(dir, request)).result.status).toBe("complete");
});

test("keys are sent, and never written", async () => {
  const key = "sk-batch-secret-0123456789";
  const server = await startBatchServer({
    item: (body, _batch, place) =>
      place === 0
        ? { status: 400, error: { message: `key ${key} seen` } }
        : { text: `the key is ${key}, asked ${body.messages[0].content}` },
  });
  const dir = await runFolder();
  const request = requestFor([declared(endpointAt(server.origin, "gpt", { apiKey: key }))]);
  const { said } = await runInBatches(dir, request, { secrets: [{ name: "GPT_KEY", value: key }] });
  expect([...server.keys]).toEqual([`Bearer ${key}`]);
  expect(said).not.toContain(key);
  const { readdir } = await import("node:fs/promises");
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  expect(files.map(({ name }) => name)).toContain("gpt.jsonl");
  for (const { parentPath, name } of files)
    expect(await readFile(join(parentPath, name), "utf8")).not.toContain(key);
  expect(await readFile(batchesPath(dir, "gpt"), "utf8")).toContain("[secret:GPT_KEY]");
});

test.each(["validation", "results"])(
  "a key that the provider repeats far into its %s is not cut, but taken out",
  async (where) => {
    const key = "sk-batch-secret-0123456789";
    // Of a text that is shortened first, the beginning of the key would be left.
    const message = (length: number) => `${"x".repeat(length - 10)}${key}`;
    const server = await startBatchServer({
      ...(where === "validation"
        ? { refuse: () => ({ code: "invalid", message: message(500) }) }
        : {
            item: () => ({ expired: true as const }),
            lines: (lines: string[]) =>
              lines.map((line) => line.replace("This request could not be executed in time.", message(300))),
          }),
    });
    const dir = await runFolder();
    const request = requestFor([declared(endpointAt(server.origin, "gpt", { apiKey: key }))]);
    const { said } = await runInBatches(dir, request, { secrets: [{ name: "GPT_KEY", value: key }] });
    const log = await readFile(batchesPath(dir, "gpt"), "utf8");
    expect(log).toContain("xxx[secret:");
    for (const text of [said, log]) expect(text).not.toContain(key.slice(0, 6));
  },
);

test("more samples than a batch takes go in several", async () => {
  const server = await startBatchServer();
  const dir = await runFolder();
  const request = requestFor([declared(endpointAt(server.origin, "gpt"))], { samples: 20 });
  const { result } = await runInBatches(dir, request, { batch: { ...quick, mostBytes: 5_000 } });
  expect(result.status).toBe("complete");
  expect(server.batches.length).toBeGreaterThan(2);
  expect(Object.values(promptsOf(server.batches))).toEqual([20, 20, 20, 20]);
  for (const content of server.files.values()) expect(content.length).toBeLessThanOrEqual(5_000);
});

function failOnce(path: string, status: number): Intercept {
  let failed = false;
  return (_request, response, asked) => {
    if (failed || asked !== path) return false;
    failed = true;
    response.writeHead(status).end(JSON.stringify({ error: { message: "not now" } }));
    return true;
  };
}

/** Ends the connection instead of answering; a download ends in the middle of a line. */
function breakOnce(path: string): Intercept {
  let broken = false;
  return (_request, response, asked) => {
    if (broken || asked !== path) return false;
    broken = true;
    if (asked.startsWith("GET")) {
      response.writeHead(200, { "content-length": "100000" });
      response.write('{"custom_id": "ab', () => response.destroy());
    } else response.destroy();
    return true;
  };
}
