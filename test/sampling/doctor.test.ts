import { expect, onTestFinished, test } from "vitest";
import { judgeTarget } from "../../src/analysis/doctor/judge-target.ts";
import { systemClock } from "../../src/sampling/clock.ts";
import { examineTarget, mostRequests } from "../../src/sampling/doctor/examine-target.ts";
import { targetSchema } from "../../src/schema/target.ts";
import { drawLab } from "../../src/zoo/lab.ts";
import { startModelServer } from "../../src/zoo/model-server.ts";
import { layCommonGround, trainLab } from "../../src/zoo/population.ts";
import { sendJson } from "../providers/fault-server.ts";
import { chatAnswer, everything, refuse, startEndpoint, writes } from "./imitated-servers.ts";

const key = "sk-planted-0123456789abcdef";

/** Examines an address and judges it; with the verdicts by parameter. */
async function doctor(
  baseURL: string,
  options: {
    api?: "openai" | "openai-completions" | "anthropic";
    apiKey?: string | null;
    model?: string;
  } = {},
) {
  const { api = "openai", apiKey = key, model = "toy-1" } = options;
  const target = targetSchema.parse({ name: "t", api, baseURL, model, lab: null, params: {} });
  const examination = await examineTarget(
    { target, apiKey, headers: {} },
    { timeoutMs: 5000, clock: systemClock, signal: new AbortController().signal, scrub: (text) => text },
  );
  const report = judgeTarget(examination);
  const verdicts = Object.fromEntries(
    report.parameters.map(({ parameter, verdict }) => [parameter, verdict]),
  );
  const why = Object.fromEntries(report.parameters.map(({ parameter, why: text }) => [parameter, text]));
  return { report, verdicts, why, notes: report.notes.map(({ code }) => code) };
}

test("a server that takes everything: every parameter accepted with its evidence, nothing to change", async () => {
  const server = await startEndpoint(
    (body, response, { headers }) => {
      if (headers.authorization !== `Bearer ${key}`)
        return refuse(response, 401, "Incorrect API key provided");
      if (body.model !== "toy-1") return refuse(response, 404, "The model does not exist");
      const answer = chatAnswer(body, everything);
      const [first] = answer.choices;
      const logprobs = body.logprobs
        ? {
            content: [
              {
                token: "a",
                logprob: -1,
                top_logprobs: [
                  { token: "a", logprob: -1 },
                  { token: "b", logprob: -2 },
                ],
              },
            ],
          }
        : undefined;
      const choices =
        body.n === 2
          ? [first, { ...first, index: 1, message: chatAnswer(body, everything).choices[0]?.message }]
          : [{ ...first, logprobs }];
      sendJson(response, 200, { ...answer, choices });
    },
    { "/v1/models": { data: [{ id: "toy-1", created: 1_700_000_000, owned_by: "toys" }] } },
  );
  const { report, verdicts, why, notes } = await doctor(`${server.origin}/v1`);
  expect(verdicts).toEqual({
    key: "accepted",
    "model name": "accepted",
    temperature: "accepted",
    top_p: "accepted",
    max_tokens: "accepted",
    max_completion_tokens: "accepted",
    stop: "accepted",
    seed: "accepted",
    n: "accepted",
    logprobs: "accepted",
    "system role": "accepted",
  });
  expect(why.temperature).toBe("at 0 1 different of 5 answers, at 1.5 5 of 5 (p = 0.0040)");
  expect(why.logprobs).toBe("chat shape (content), 1 tokens, 2 alternatives at the first");
  expect(notes).toEqual([]);
  expect(report.suggestion).toEqual({ params: {}, rename: {}, drop: [], extraBody: {} });
  expect(report.requests).toBe(server.requests.length);
  expect(report.requests).toBeLessThanOrEqual(mostRequests);
  expect(report.pages[0]).toMatchObject({ status: 200, facts: { listed: true, created: "2023-11-14" } });
});

test("the key goes to the API alone: not to pages beside it, and not where its absence is tried", async () => {
  const server = await startEndpoint((body, response) =>
    sendJson(response, 200, chatAnswer(body, everything)),
  );
  const { verdicts } = await doctor(`${server.origin}/v1`);
  const withKey = server.requests.filter(({ headers }) => JSON.stringify(headers).includes(key));
  expect(new Set(withKey.map(({ path }) => path))).toEqual(new Set(["/v1/chat/completions", "/v1/models"]));
  expect(server.requests.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["/props", "/version", "/api/version"]),
  );
  expect(verdicts.key).toBe("no-effect");
});

test("a server that ignores everything is found out, parameter by parameter", async () => {
  const server = await startEndpoint((body, response) => sendJson(response, 200, chatAnswer(body, {})));
  const { verdicts, why } = await doctor(`${server.origin}/v1`, { apiKey: null });
  expect(verdicts).toMatchObject({
    temperature: "no-effect",
    top_p: "no-effect",
    max_tokens: "no-effect",
    max_completion_tokens: "no-effect",
    stop: "no-effect",
    seed: "no-effect",
    n: "no-effect",
    logprobs: "no-effect",
    "system role": "no-effect",
    "model name": "no-effect",
  });
  expect(why["model name"]).toMatch(/echoes what is asked/);
  expect(why["system role"]).toMatch(/did not grow by the system message/);
});

test("one canned answer: nothing varies, and repeats count as one sample", async () => {
  const server = await startEndpoint((body, response) =>
    sendJson(response, 200, {
      ...chatAnswer({ ...body, messages: [], temperature: 0 }, everything),
      model: "one",
    }),
  );
  const { verdicts, notes } = await doctor(`${server.origin}/v1`, { apiKey: null });
  expect(verdicts).toMatchObject({ temperature: "no-effect", top_p: "no-effect", seed: "unknown" });
  expect(verdicts["model name"]).toBe("no-effect");
  expect(notes).toContain("answers-do-not-vary");
});

test("a reasoning model: max_tokens renamed, temperature dropped, empty short answers asked again with room", async () => {
  const server = await startEndpoint((body, response) => {
    if ("max_tokens" in body)
      return refuse(
        response,
        400,
        "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
        "max_tokens",
      );
    if (body.temperature !== undefined && body.temperature !== 1)
      return refuse(
        response,
        400,
        "Unsupported value: 'temperature' does not support 0. Only the default (1) is supported.",
      );
    if (body.top_p !== undefined || body.logprobs !== undefined)
      return refuse(response, 400, "Unsupported parameter.");
    const thinks = body.max_completion_tokens < 100;
    const answer = chatAnswer(body, everything, {});
    sendJson(
      response,
      200,
      thinks
        ? {
            ...answer,
            choices: [{ index: 0, message: { role: "assistant", content: "" }, finish_reason: "length" }],
            usage: {
              prompt_tokens: 9,
              completion_tokens: body.max_completion_tokens,
              completion_tokens_details: { reasoning_tokens: body.max_completion_tokens },
            },
          }
        : answer,
    );
  });
  const { report, verdicts, why, notes } = await doctor(`${server.origin}/v1`);
  expect(verdicts).toMatchObject({
    max_tokens: "rejected",
    max_completion_tokens: "accepted",
    temperature: "rejected",
    top_p: "rejected",
    logprobs: "rejected",
    seed: "accepted",
  });
  expect(why.temperature).toMatch(/^0 is refused \(1 is taken\): HTTP 400/);
  expect(report.suggestion).toMatchObject({
    rename: { max_tokens: "max_completion_tokens" },
    drop: ["temperature", "top_p", "logprobs", "top_logprobs"],
  });
  expect(notes).toContain("reasons-first");
});

test("an early llama.cpp: n = 2 is a 500, any model is echoed, its defaults are named, an over-long prompt is cut", async () => {
  const server = await startEndpoint(
    (body, response) => {
      if (body.n === 2) return refuse(response, 500, "Only one completion choice is allowed");
      sendJson(response, 200, chatAnswer(body, { ...everything, system: false }));
    },
    {
      "/v1/models": { data: [{ id: "/models/x.gguf", owned_by: "llamacpp", meta: { n_params: 260_000 } }] },
      "/props": {
        default_generation_settings: {
          n_ctx: 512,
          params: { temperature: 0.8, top_k: 40, top_p: 0.95, min_p: 0.05 },
        },
        model_path: "/home/someone/models/x.gguf",
        build_info: "b4500-abc",
        chat_template: "{% for m in messages %}<|im_start|>{% endfor %}",
      },
    },
  );
  const { report, verdicts, why, notes } = await doctor(`${server.origin}/v1`, { apiKey: null });
  expect(verdicts).toMatchObject({ n: "rejected", "model name": "no-effect", "system role": "no-effect" });
  expect(why.n).toMatch(/HTTP 500.*Only one completion choice/);
  expect(notes.toSorted()).toEqual(["chat-template-chatml", "default-sampling", "prompt-cut"]);
  expect(report.suggestion).toMatchObject({
    params: { temperature: 1, top_p: 1 },
    extraBody: { top_k: 0, min_p: 0 },
  });
  expect(JSON.stringify(report.pages)).not.toContain("/home/someone");
});

test("LM Studio: logprobs null; Groq: 400 on logprobs and n; both are said apart", async () => {
  const studio = await startEndpoint((body, response) => {
    const answer = chatAnswer(body, everything);
    sendJson(response, 200, {
      ...answer,
      choices: answer.choices.map((choice) => ({ ...choice, logprobs: null })),
    });
  });
  const groq = await startEndpoint((body, response) =>
    body.logprobs !== undefined || (body.n ?? 1) !== 1
      ? refuse(response, 400, "property 'logprobs' is unsupported")
      : sendJson(response, 200, chatAnswer(body, everything)),
  );
  const [one, other] = await Promise.all([
    doctor(`${studio.origin}/v1`, { apiKey: null }),
    doctor(`${groq.origin}/v1`),
  ]);
  expect([one.verdicts.logprobs, one.why.logprobs]).toEqual(["no-effect", "logprobs is null in the answer"]);
  expect(other.verdicts).toMatchObject({ logprobs: "rejected", n: "rejected", temperature: "accepted" });
  expect(other.report.suggestion.drop).toEqual(["logprobs", "top_logprobs"]);
});

test("n = 2 that shares a seed is said not to be two samples", async () => {
  const server = await startEndpoint((body, response) => {
    const answer = chatAnswer(body, everything);
    const [first] = answer.choices;
    sendJson(response, 200, { ...answer, choices: body.n === 2 ? [first, { ...first, index: 1 }] : [first] });
  });
  const { why } = await doctor(`${server.origin}/v1`);
  expect(why.n).toMatch(
    /the same text, while 5 of 5 separate answers differ \(p = 0.048\): they seem to share a seed/,
  );
});

test("Anthropic that refuses temperature, and top_p beside it", async () => {
  const server = await startEndpoint((body, response, { headers }) => {
    if (headers.authorization !== `Bearer ${key}`)
      return sendJson(response, 401, {
        type: "error",
        error: { type: "authentication_error", message: "invalid x-api-key" },
      });
    if (body.temperature !== undefined)
      return sendJson(response, 400, {
        type: "error",
        error: { type: "invalid_request_error", message: "`temperature` is deprecated for this model." },
      });
    const { text, cut, tokens } = writes(
      {
        ...body,
        messages: [...(body.system ? [{ role: "user", content: body.system }] : []), ...body.messages],
      },
      everything,
    );
    sendJson(response, 200, {
      type: "message",
      model: "claude-toy-20261101",
      content: [{ type: "text", text }],
      stop_reason: cut ? "max_tokens" : "end_turn",
      usage: { input_tokens: 10, output_tokens: tokens },
    });
  });
  const { report, verdicts } = await doctor(server.origin, { api: "anthropic" });
  expect(report.error).toBe(null);
  expect(verdicts).toMatchObject({
    key: "accepted",
    temperature: "rejected",
    top_p: "accepted",
    max_tokens: "accepted",
    stop_sequences: "accepted",
    seed: "unknown",
    "system role": "accepted",
  });
  expect(report.suggestion).toMatchObject({
    rename: { stop: "stop_sequences" },
    drop: ["seed", "logprobs", "top_logprobs", "temperature"],
  });
  // Nothing was sent that this API does not have.
  expect(server.requests.some(({ body }) => body !== null && ("seed" in body || "n" in body))).toBe(false);
});

test("HTML, a dead port, a bad key: one error each, few requests, no verdicts", async () => {
  const html = await startEndpoint((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<html>hello</html>");
  });
  const locked = await startEndpoint((_, response) => refuse(response, 401, "Incorrect API key provided"));
  const results = await Promise.all([
    doctor(`${html.origin}/v1`),
    doctor("http://127.0.0.1:9/v1"),
    doctor(`${locked.origin}/v1`),
  ]);
  expect(results.map(({ report }) => report.error?.errorClass)).toEqual(["malformed", "network", "auth"]);
  for (const { report } of results) {
    expect(report.parameters).toEqual([]);
    expect(report.requests).toBeLessThanOrEqual(2);
  }
});

test("hostile answers: no shape of body makes it throw", async () => {
  const bodies = [
    {
      choices: [{ message: { content: "x" }, logprobs: { content: [null] } }],
      usage: { completion_tokens: -4 },
    },
    {
      choices: [{ message: { content: "\u202e\u0007 o" }, logprobs: { content: {} } }, { text: 4 }],
      model: { a: 1 },
    },
    {
      choices: [{ message: { content: "ok then" }, logprobs: { tokens: [], top_logprobs: [null] } }],
      usage: "many",
    },
  ];
  let count = 0;
  const hostile = {
    data: [{ id: 4 }],
    version: {},
    default_generation_settings: { n_ctx: "many", params: [] },
  };
  const server = await startEndpoint((_, response) => sendJson(response, 200, bodies[count++ % 3]), {
    "/v1/models": hostile,
    "/props": hostile,
    "/version": hostile,
    "/api/version": [1],
  });
  const { report } = await doctor(`${server.origin}/v1`);
  expect(report.parameters.length).toBe(11);
});

test("a server that stops answering half-way: what is known is said, the rest is unknown", async () => {
  let count = 0;
  const server = await startEndpoint((body, response) => {
    if (++count > 12) response.destroy();
    else sendJson(response, 200, chatAnswer(body, everything));
  });
  const { report, verdicts } = await doctor(`${server.origin}/v1`);
  expect(verdicts).toMatchObject({ temperature: "accepted", seed: "unknown", n: "unknown" });
  expect(report.error?.errorClass).toBe("network");
  expect(report.requests).toBeLessThan(25);
});

test("the zoo's real server, chat and raw completions", async () => {
  const ground = layCommonGround();
  const server = await startModelServer({ seed: 11, vocabulary: ground.vocabulary });
  onTestFinished(() => server.close());
  const model = "tiny";
  server.serve(model, trainLab(ground, drawLab({ seed: 8 }), 4));
  const { baseURL } = server;
  const [chat, raw] = await Promise.all([
    doctor(baseURL, { model, apiKey: null }),
    doctor(baseURL, { model, apiKey: null, api: "openai-completions" }),
  ]);
  const common = {
    "model name": "accepted",
    max_tokens: "accepted",
    stop: "accepted",
    n: "accepted",
    logprobs: "accepted",
    top_p: "no-effect",
    temperature: "accepted",
  };
  expect(chat.verdicts).toMatchObject({ ...common, "system role": "unknown" });
  expect(chat.why["system role"]).toMatch(
    /it reaches the prompt .*, but this model follows the instruction from nobody/,
  );
  expect(raw.verdicts).toMatchObject(common);
  // Its answers repeat by chance too, so that a seed need not show.
  for (const { verdicts } of [chat, raw]) expect(["accepted", "unknown"]).toContain(verdicts.seed);
  expect(raw.why.logprobs).toMatch(/^completions shape/);
}, 60_000);
